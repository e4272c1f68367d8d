package monitor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/monitor"
)

func TestParseWindow(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"08:00-23:00", "23:30-07:15", "00:00-24:00"} {
		w, err := monitor.ParseWindow(good)
		require.NoError(t, err)
		assert.Equal(t, good, w.String())
	}
	w, err := monitor.ParseWindow(" 8:05 - 9:00 ")
	require.NoError(t, err)
	assert.Equal(t, "08:05-09:00", w.String())
	assert.Empty(t, monitor.Window{}.String())
	for _, bad := range []string{"", "08:00", "08:00-", "8-9", "08:00-08:00", "25:00-26:00", "08:60-09:00", "a-b"} {
		_, err := monitor.ParseWindow(bad)
		require.ErrorContains(t, err, "write 08:00-23:00", bad)
	}
}

// FuzzParseWindow checks that what is read is written and read the same.
func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"08:00-23:00", "23:00-07:30", "00:00-24:00", "", "-", "24:00-24:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := monitor.ParseWindow(s)
		if err != nil {
			return
		}
		again, err := monitor.ParseWindow(w.String())
		require.NoError(t, err)
		assert.Equal(t, w, again)
	})
}
