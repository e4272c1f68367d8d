package outbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/outbox"
)

func TestParseWindow(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"08:00-23:00", "23:30-07:15", "00:00-24:00"} {
		w, err := outbox.ParseWindow(good)
		require.NoError(t, err)
		assert.Equal(t, good, w.String())
	}
	w, err := outbox.ParseWindow(" 8:05 - 9:00 ")
	require.NoError(t, err)
	assert.Equal(t, "08:05-09:00", w.String())
	assert.Empty(t, outbox.Window{}.String())
	for _, bad := range []string{"", "08:00", "08:00-", "8-9", "08:00-08:00", "25:00-26:00", "08:60-09:00", "a-b"} {
		_, err := outbox.ParseWindow(bad)
		require.ErrorContains(t, err, "write 08:00-23:00", bad)
	}
}

// TestHours looks at both ends of windows, also on days that have no 24 hours.
func TestHours(t *testing.T) {
	t.Parallel()
	const layout = "2006-01-02 15:04"
	berlin := outbox.Window{From: 8 * time.Hour, To: 9 * time.Hour, Zone: "Europe/Berlin"}
	for name, test := range map[string]struct {
		window outbox.Window
		at     string // by the clock of the window's zone
		began  string // empty if at is outside
	}{
		"inside":                   {outbox.Window{From: 8 * time.Hour, To: 23 * time.Hour}, "2026-03-02 12:00", "2026-03-02 08:00"},
		"its first moment":         {outbox.Window{From: 8 * time.Hour, To: 23 * time.Hour}, "2026-03-02 08:00", "2026-03-02 08:00"},
		"its end is outside":       {outbox.Window{From: 8 * time.Hour, To: 23 * time.Hour}, "2026-03-02 23:00", ""},
		"before":                   {outbox.Window{From: 8 * time.Hour, To: 23 * time.Hour}, "2026-03-02 07:59", ""},
		"before midnight":          {outbox.Window{From: 23 * time.Hour, To: 7 * time.Hour}, "2026-03-02 23:30", "2026-03-02 23:00"},
		"after midnight":           {outbox.Window{From: 23 * time.Hour, To: 7 * time.Hour}, "2026-03-01 06:59", "2026-02-28 23:00"},
		"until 24:00":              {outbox.Window{From: 22 * time.Hour, To: 24 * time.Hour}, "2026-03-02 23:59", "2026-03-02 22:00"},
		"from 24:00":               {outbox.Window{From: 24 * time.Hour, To: 7 * time.Hour}, "2026-03-02 01:00", "2026-03-02 00:00"},
		"the whole day":            {outbox.Window{To: 24 * time.Hour}, "2026-03-02 00:00", "2026-03-02 00:00"},
		"empty":                    {outbox.Window{From: 8 * time.Hour, To: 8 * time.Hour}, "2026-03-02 08:00", ""},
		"a day of 23 hours":        {berlin, "2026-03-29 08:00", "2026-03-29 08:00"},
		"a day of 25 hours":        {berlin, "2026-10-25 08:59", "2026-10-25 08:00"},
		"a day of 25 hours, after": {berlin, "2026-10-25 09:00", ""},
	} {
		hours, err := test.window.Hours()
		require.NoError(t, err, name)
		at, err := time.ParseInLocation(layout, test.at, hours.Zone())
		require.NoError(t, err)
		began, inside := hours.Began(at.UTC())
		assert.Equal(t, test.began != "", inside, name)
		assert.Equal(t, inside, hours.Contains(at.UTC()), name)
		if inside {
			assert.Equal(t, test.began, began.Format(layout), name)
		}
	}
}

// FuzzParseWindow checks that what is read is written and read the same.
func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"08:00-23:00", "23:00-07:30", "00:00-24:00", "", "-", "24:00-24:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := outbox.ParseWindow(s)
		if err != nil {
			return
		}
		again, err := outbox.ParseWindow(w.String())
		require.NoError(t, err)
		assert.Equal(t, w, again)
	})
}
