package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAppendOnce adds a line once, after one that a crash has cut off, and never outside of the
// directory.
func TestAppendOnce(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "a.csv")
	path := filepath.Join(dir, "t", "a.csv")
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte("cut of"), 0o600))
	for _, key := range []string{"k1", "k1", "k2", "k1"} {
		require.NoError(t, appendOnce(dir, "t/a.csv", key, []byte("x,"+key+"\n")))
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "cut of\nx,k1\nx,k2\n", string(text))

	require.NoError(t, os.WriteFile(outside, nil, 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "b.csv")))
	require.Error(t, appendOnce(dir, "b.csv", "k", []byte("x\n")))
	require.Error(t, appendOnce(dir, "../a.csv", "k", []byte("x\n")))
	require.ErrorIs(t, appendOnce("", "a.csv", "k", nil), errNoData)
}
