package schedule_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/schedule"
)

// TestAClockThatIsSetBackByLess than a day. Each job runs once before, at 00:30.
func TestAClockThatIsSetBackByLess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spec  string
		back  time.Duration // at 01:00 of the second
		fails bool          // and is to be tried again
		hours time.Duration // from then on
		want  []string      // what runs in them
	}{
		"every hour, by 23 hours": {"30 * * * *", 23 * time.Hour, false, 3 * time.Hour, []string{"01 02:30", "01 03:30", "01 04:30"}},
		"every hour, by an hour":  {"30 * * * *", time.Hour, false, 3 * time.Hour, []string{"02 01:30", "02 02:30"}},
		"every hour, by a minute": {"30 * * * *", time.Minute, false, 2 * time.Hour, []string{"02 01:30", "02 02:30"}},
		"often, by 20 hours": {"10,30,50 * * * *", 20 * time.Hour, false, time.Hour,
			[]string{"01 04:50", "01 05:10", "01 05:30", "01 05:50"}},
		"once a day, by an hour":        {"30 0 * * *", time.Hour, false, 26 * time.Hour, []string{"03 00:30"}},
		"what failed, by 23 hours":      {"30 0 * * *", 23 * time.Hour, true, time.Hour, []string{"02 00:30"}},
		"what failed, by half a minute": {"30 0 * * *", 30 * time.Second, true, time.Hour, []string{"02 00:30"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var r runs
				var ahead atomic.Int64
				now := func() time.Time { return time.Now().Round(0).Add(time.Duration(ahead.Load())) }
				begun := make(chan bool, 1)
				job := r.job(t, c.spec, schedule.Skip())
				inner := job.Run
				job.Run = func(ctx context.Context, due time.Time) error {
					select {
					case begun <- true: // the first run
						if c.fails {
							return errors.New("not now")
						}
						return nil
					default:
						return inner(ctx, due)
					}
				}
				ahead.Store(int64(24 * time.Hour))
				s, err := schedule.New(schedule.Config{State: newState(t), Clock: clock.Func(now), Lease: time.Hour})
				require.NoError(t, err)
				time.Sleep(29*time.Minute + 30*time.Second)
				require.NoError(t, s.Add(job))
				s.Start()
				time.Sleep(time.Minute)
				synctest.Wait()
				require.Len(t, begun, 1)
				ahead.Add(-int64(c.back))
				if !c.fails {
					time.Sleep(29*time.Minute + 30*time.Second)
				}
				time.Sleep(c.hours)
				synctest.Wait()
				assert.Equal(t, c.want, r.taken())
				require.NoError(t, s.Stop(t.Context()))
			})
		})
	}
}
