package plugin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin"
)

// TestDays knows workdays, weekends and holidays, and the days of work at a weekend.
func TestDays(t *testing.T) {
	t.Parallel()
	lists := plugin.Days{Holidays: []string{"2026-10-01..2026-10-07", "2026-12-25"}, Working: []string{"2026-10-10"}}
	for words, want := range map[string]string{
		"all":      "09-30 10-01 10-03 10-08 10-10 10-11",
		"workdays": "09-30 10-08 10-10",
		"weekends": "10-03 10-11",
		"holidays": "10-01 10-03",
		"thu 周日":   "10-01 10-08 10-11",
		"saturday": "10-03 10-10",
	} {
		d := lists
		d.Days = strings.Fields(words)
		require.NoError(t, d.Check())
		var got []string
		for _, day := range []string{"09-30", "10-01", "10-03", "10-08", "10-10", "10-11"} {
			at, err := time.Parse(time.DateOnly, "2026-"+day)
			require.NoError(t, err)
			if d.Has(at) {
				got = append(got, day)
			}
		}
		assert.Equal(t, want, strings.Join(got, " "), words)
	}
	for field, d := range map[string]plugin.Days{
		"days[0]":     {Days: []string{"someday"}},
		"holidays[0]": {Days: []string{"all"}, Holidays: []string{"2026-10-07..2026-10-01"}},
		"working[0]":  {Days: []string{"all"}, Working: []string{"soon"}},
		"holidays":    {Days: []string{"holidays"}},
	} {
		var wrong *plugin.FieldError
		require.ErrorAs(t, d.Check(), &wrong, field)
		assert.Equal(t, field, wrong.Field)
	}
}

// TestClock reads times of the day.
func TestClock(t *testing.T) {
	t.Parallel()
	var c plugin.Clock
	require.NoError(t, c.UnmarshalText([]byte("9:05")))
	assert.Equal(t, "5 9 * * *", c.Cron())
	require.Error(t, c.UnmarshalText([]byte("25:00")))
}

// FuzzDays checks that no list of days makes it panic, and that only a valid one has a day.
func FuzzDays(f *testing.F) {
	for _, s := range []string{"mon", "周天", "2026-10-01..2026-10-07", "..", "礼拜", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := plugin.Days{Days: []string{s}, Holidays: []string{s}, Working: []string{s}}
		err := d.Check()
		for day := range 7 {
			if d.Has(time.Date(2026, 1, day+1, 0, 0, 0, 0, time.UTC)) {
				require.Error(t, err, "a word cannot be a day of the week and a date")
				continue
			}
		}
	})
}

// TestCleanText keeps lines, and takes out what is no text.
func TestCleanText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a\nb", plugin.CleanText(" a\r\n\u202eb\x1b\xff ", 10))
	assert.Equal(t, "一二…", plugin.CleanText("一二三", 2))
	assert.Equal(t, "一二", plugin.CleanText("一二", 2))
}
