package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// missing reports whether the state has no entry of a key.
func missing(t *testing.T, s *sqlite.Store, key string) bool {
	t.Helper()
	_, err := s.State().Get(t.Context(), key)
	if err != nil {
		require.ErrorIs(t, err, store.ErrNotFound)
	}
	return err != nil
}

// TestWhatIsKnownToBeMissing follows each way in which a key may come and go, for few keys, which
// are all known, and for too many, which are not.
func TestWhatIsKnownToBeMissing(t *testing.T) {
	t.Parallel()
	for _, others := range []int{0, 10, 4200} {
		t.Run(strconv.Itoa(others), func(t *testing.T) {
			t.Parallel()
			now := newClock()
			s := open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName), Clock: clock.Func(now.Now)})
			var put sync.WaitGroup
			for i := range others {
				put.Go(func() {
					_, err := s.State().Put(t.Context(), fmt.Sprintf("form/%d", i), nil, time.Minute)
					assert.NoError(t, err)
				})
			}
			put.Wait()
			require.True(t, missing(t, s, "form/a"), "from now on, the keys are known")

			_, err := s.State().Swap(t.Context(), "form/a", nil, 0, 0)
			require.NoError(t, err)
			assert.False(t, missing(t, s, "form/a"))
			require.NoError(t, s.State().Delete(t.Context(), "form/a"))
			assert.True(t, missing(t, s, "form/a"))
			_, err = s.State().Put(t.Context(), "form/a", nil, time.Hour)
			require.NoError(t, err)
			now.advance(30 * time.Minute)
			require.NoError(t, s.Tidy(t.Context()))
			for i := range min(others, 20) {
				assert.True(t, missing(t, s, fmt.Sprintf("form/%d", i)))
			}
			assert.False(t, missing(t, s, "form/a"))
			now.advance(30 * time.Minute)
			assert.True(t, missing(t, s, "form/a"), "it has expired")

			tool := beside(t, s)
			_, err = tool.State().Put(t.Context(), "form/b", nil, 0)
			require.NoError(t, err)
			assert.Eventually(t, func() bool { return !missing(t, s, "form/b") }, 10*time.Second, 10*time.Millisecond)
		})
	}
}

// TestWritesWhileTheKeysAreRead believes the write, whether the file had it when it was read or
// not.
func TestWritesWhileTheKeysAreRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		found   []string
		written map[string]bool
		cleared bool
		want    bool
	}{
		"none":                      {want: true},
		"in the file":               {found: []string{"f/a"}},
		"written after the reading": {written: map[string]bool{"f/a": true}},
		"written before it":         {written: map[string]bool{"f/a": true}, found: []string{"f/a"}},
		"deleted after the reading": {written: map[string]bool{"f/a": false}, found: []string{"f/a"}, want: true},
		"another":                   {written: map[string]bool{"f/b": true}, found: []string{"f/c"}, want: true},
		"another process writes":    {cleared: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, then := sqlite.Lacks("f/a", test.found, test.written, test.cleared)
			assert.Equal(t, test.want, first)
			assert.Equal(t, test.want, then)
		})
	}
}
