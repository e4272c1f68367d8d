package schedule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/schedule"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

func parse(t *testing.T, spec string, z *time.Location) schedule.Times {
	t.Helper()
	times, err := schedule.Parse(spec, z)
	require.NoError(t, err)
	return times
}

// TestTimes lists the times after a moment, also where the clock jumps.
func TestTimes(t *testing.T) {
	t.Parallel()
	const layout = "2006-01-02 15:04:05 -0700"
	for name, test := range map[string]struct{ spec, zone, after, want string }{
		"daily in Shanghai": {"0 22 * * *", "Asia/Shanghai", "2026-05-01 21:59:59 +0800",
			"2026-05-01 22:00:00 +0800|2026-05-02 22:00:00 +0800"},
		"the zone of after is another": {"0 22 * * *", "Asia/Shanghai", "2026-05-01 14:00:00 +0000", "2026-05-02 22:00:00 +0800"},
		"days of the week": {"30 8 * * 1-5", "Asia/Shanghai", "2026-05-01 09:00:00 +0800",
			"2026-05-04 08:30:00 +0800|2026-05-05 08:30:00 +0800"},
		"an interval": {"@every 90m", "UTC", "2026-05-01 09:00:00 +0000",
			"2026-05-01 10:30:00 +0000|2026-05-01 12:00:00 +0000"},
		"spring, in the gap": {"30 2 * * *", "America/New_York", "2026-03-07 12:00:00 -0500",
			"2026-03-08 03:00:00 -0400|2026-03-09 02:30:00 -0400"},
		"spring, behind the gap": {"0 3 * * *", "America/New_York", "2026-03-07 12:00:00 -0500",
			"2026-03-08 03:00:00 -0400|2026-03-09 03:00:00 -0400"},
		"spring, two in the gap": {"0,30 2 * * *", "Europe/Berlin", "2026-03-29 01:00:00 +0100",
			"2026-03-29 03:00:00 +0200|2026-03-30 02:00:00 +0200"},
		"spring, midnight is skipped": {"0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00:00 -0300",
			"2018-11-04 01:00:00 -0200|2018-11-05 00:00:00 -0200"},
		"spring, every hour": {"0 * * * *", "America/New_York", "2026-03-08 00:30:00 -0500",
			"2026-03-08 01:00:00 -0500|2026-03-08 03:00:00 -0400"},
		"autumn, repeated": {"30 1 * * *", "America/New_York", "2026-10-31 12:00:00 -0400",
			"2026-11-01 01:30:00 -0400|2026-11-02 01:30:00 -0500"},
		"autumn, after is the second": {"30 1 * * *", "America/New_York", "2026-11-01 01:15:00 -0500", "2026-11-02 01:30:00 -0500"},
		"autumn, behind it":           {"30 2 * * *", "America/New_York", "2026-10-31 12:00:00 -0400", "2026-11-01 02:30:00 -0500"},
		"autumn, every hour": {"0 * * * *", "America/New_York", "2026-11-01 00:30:00 -0400",
			"2026-11-01 01:00:00 -0400|2026-11-01 01:00:00 -0500|2026-11-01 02:00:00 -0500"},
		"half an hour is repeated": {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00:00 +1100",
			"2026-04-05 01:45:00 +1100|2026-04-06 01:45:00 +1030"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			times := parse(t, test.spec, zone(t, test.zone))
			at, err := time.Parse(layout, test.after)
			require.NoError(t, err)
			for want := range strings.SplitSeq(test.want, "|") {
				at = times.Next(at)
				assert.Equal(t, want, at.Format(layout))
			}
		})
	}
}

func TestParseMistakes(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"":                    "five fields",
		"0 22 * *":            "five fields",
		"0 25 * * *":          "five fields",
		"often":               "five fields",
		"TZ=0":                "the zone is a setting of its own",
		"CRON_TZ=UTC 0 * * *": "the zone is a setting of its own",
		"0 0 31 2 *":          "never happens",
		"@every soon":         "five fields",
	} {
		_, err := schedule.Parse(spec, nil)
		require.ErrorContains(t, err, want, spec)
	}
	assert.Equal(t, "0 22 * * * Asia/Shanghai", parse(t, " 0  22 * * * ", zone(t, "Asia/Shanghai")).String())
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{"0 22 * * *", "*/5 1-3,7 1 jan mon", "@every 90m", "@daily", "TZ=", "0 0 31 2 *", "1/ * * * *",
		"@every 9999999h"} {
		f.Add(spec)
	}
	now := time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		times, err := schedule.Parse(spec, time.UTC)
		if err == nil {
			assert.True(t, times.Next(now).After(now), spec)
		}
	})
}
