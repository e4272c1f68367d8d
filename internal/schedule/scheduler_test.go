package schedule_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// start runs a scheduler until the test ends. The clock of a synctest bubble begins at midnight UTC
// on 2000-01-01.
func start(t *testing.T, state store.State, jobs ...schedule.Schedule) *schedule.Scheduler {
	t.Helper()
	s, err := schedule.New(schedule.Config{State: state})
	require.NoError(t, err)
	for _, j := range jobs {
		require.NoError(t, s.Add(j))
	}
	s.Start()
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	return s
}

func newState(t *testing.T) store.State {
	t.Helper()
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return back.State()
}

// runs collects the times that a job has run for, as "15:04" or with the second.
type runs struct {
	mu   sync.Mutex
	list []string
}

func (r *runs) add(due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, due.Format("02 15:04"))
}

func (r *runs) job(t *testing.T, spec string, c schedule.CatchUp) schedule.Schedule {
	t.Helper()
	s := schedule.Schedule{Name: "digest", Times: parse(t, spec, time.UTC), CatchUp: c}
	s.Run = func(_ context.Context, due time.Time) error {
		r.add(due)
		return nil
	}
	return s
}

func (r *runs) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list = nil
	return list
}

// TestAClockThatIsSetBack was a year ahead when the job ran: it is not silent for a year.
func TestAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		var ahead atomic.Int64
		ahead.Store(int64(365 * 24 * time.Hour))
		s, err := schedule.New(schedule.Config{State: newState(t),
			Clock: clock.Func(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })})
		require.NoError(t, err)
		require.NoError(t, s.Add(r.job(t, "0 * * * *", schedule.Skip())))
		s.Start()
		time.Sleep(2*time.Hour + time.Minute)
		synctest.Wait()
		require.Len(t, r.taken(), 2)
		ahead.Store(0)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		assert.Equal(t, []string{"01 03:00", "01 04:00"}, r.taken())
		require.NoError(t, s.Stop(t.Context()))
	})
}

// TestMissed stops a scheduler, and starts another after a while.
func TestMissed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spec    string
		catchUp schedule.CatchUp
		down    time.Duration // from 12:00 on the first
		now     []string      // what runs at the start
		later   []string      // what runs in the 24 hours after
	}{
		"nothing missed": {"0 22 * * *", schedule.Latest(time.Hour), 9 * time.Hour, nil, []string{"01 22:00"}},
		"skipped":        {"0 22 * * *", schedule.Skip(), 10*time.Hour + 5*time.Minute, nil, []string{"02 22:00"}},
		"seconds late is not missed": {"0 22 * * *", schedule.Skip(), 10*time.Hour + 30*time.Second, []string{"01 22:00"},
			[]string{"02 22:00"}},
		"once": {"0 22 * * *", schedule.Latest(time.Hour), 10*time.Hour + 59*time.Minute, []string{"01 22:00"},
			[]string{"02 22:00"}},
		"once, too late": {"0 22 * * *", schedule.Latest(time.Hour), 11*time.Hour + time.Minute, nil, []string{"02 22:00"}},
		"once, of several": {"0 */6 * * *", schedule.Latest(24 * time.Hour), 49 * time.Hour, []string{"03 12:00"},
			[]string{"03 18:00", "04 00:00", "04 06:00", "04 12:00"}},
		"all": {"0 22 * * *", schedule.All(9), 49 * time.Hour, []string{"01 22:00", "02 22:00"},
			[]string{"03 22:00"}},
		"all, bounded": {"0 */6 * * *", schedule.All(2), 49 * time.Hour, []string{"03 06:00", "03 12:00"},
			[]string{"03 18:00", "04 00:00", "04 06:00", "04 12:00"}},
		"an interval stays in step": {"@every 9h", schedule.Latest(8 * time.Hour), 20 * time.Hour, []string{"02 06:00"},
			[]string{"02 15:00", "03 00:00"}},
		"an interval, missed, in step":  {"@every 9h", schedule.Skip(), 20 * time.Hour, nil, []string{"02 15:00", "03 00:00"}},
		"longer than All looks back":    {"0 0 1 * *", schedule.All(9), 100 * 24 * time.Hour, []string{"01 00:00"}, nil},
		"every minute, down for a year": {"* * * * *", schedule.All(1), 365 * 24 * time.Hour, []string{"31 12:00"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var r runs
				state := newState(t)
				time.Sleep(12 * time.Hour)
				first := start(t, state, r.job(t, test.spec, test.catchUp))
				synctest.Wait()
				require.NoError(t, first.Stop(t.Context()))
				require.Empty(t, r.taken(), "the first start misses nothing")
				time.Sleep(test.down)
				second := start(t, state, r.job(t, test.spec, test.catchUp))
				synctest.Wait()
				assert.Equal(t, test.now, r.taken())
				if test.later != nil {
					time.Sleep(24*time.Hour - time.Second)
					synctest.Wait()
					assert.Equal(t, test.later, r.taken())
				}
				require.NoError(t, second.Stop(t.Context()))
			})
		})
	}
}

// TestTwoProcesses run a job at the same times, and each time once.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		state := newState(t)
		job := r.job(t, "0 * * * *", schedule.Skip())
		start(t, state, job)
		start(t, state, job)
		time.Sleep(5*time.Hour + time.Second)
		synctest.Wait()
		assert.Equal(t, []string{"01 01:00", "01 02:00", "01 03:00", "01 04:00", "01 05:00"}, r.taken())
	})
}

// TestARunThatTakesLong keeps its claim, and the times that it takes are missed.
func TestARunThatTakesLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		job := r.job(t, "0 * * * *", schedule.Skip())
		quick := job.Run
		job.Run = func(ctx context.Context, due time.Time) error {
			_ = quick(ctx, due)
			time.Sleep(90 * time.Minute)
			return ctx.Err()
		}
		state := newState(t)
		start(t, state, job)
		start(t, state, job)
		time.Sleep(6*time.Hour + time.Second)
		assert.Equal(t, []string{"01 01:00", "01 03:00", "01 05:00"}, r.taken())
	})
}

// dying is the State of a process that can die: nothing of it gets through any more.
type dying struct {
	store.State
	mu   sync.Mutex
	dead bool
}

func (d *dying) die() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
}

func (d *dying) Swap(ctx context.Context, key string, value []byte, revision uint64, ttl time.Duration) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return 0, store.ErrUnavailable
	}
	return d.State.Swap(ctx, key, value, revision, ttl)
}

// TestTakeOver has a process die in the middle of a run: another does it when the lease is over.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		state := newState(t)
		first := &dying{State: state}
		var cause error
		times := parse(t, "0 * * * *", time.UTC)
		a := start(t, first, schedule.Schedule{Name: "digest", Times: times, Run: func(ctx context.Context, _ time.Time) error {
			time.Sleep(5 * time.Minute)
			first.die()
			<-ctx.Done()
			cause = context.Cause(ctx)
			return ctx.Err()
		}})
		time.Sleep(time.Hour + time.Second)
		var r runs
		start(t, state, r.job(t, "0 * * * *", schedule.Skip()))
		time.Sleep(5 * time.Minute)
		assert.Empty(t, r.taken(), "it is being run")
		time.Sleep(schedule.DefaultLease)
		synctest.Wait()
		assert.Equal(t, []string{"01 01:00"}, r.taken())
		require.ErrorContains(t, cause, "another process may have taken over")
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"01 02:00"}, r.taken())
		require.NoError(t, a.Stop(t.Context()))
	})
}

// TestFailures tries a job again that fails or panics, and gives it up in the end.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fails int
		runs  int
	}{"once": {1, 2}, "twice": {2, 3}, "for ever": {99, schedule.DefaultMaxAttempts}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ran := 0
				start(t, newState(t), schedule.Schedule{Name: "x", Times: parse(t, "@daily", time.UTC),
					Run: func(context.Context, time.Time) error {
						ran++
						switch {
						case ran > test.fails:
							return nil
						case ran == 2:
							panic("no")
						}
						return errors.New("no")
					}})
				time.Sleep(24*time.Hour + 30*time.Minute)
				synctest.Wait()
				assert.Equal(t, test.runs, ran)
			})
		})
	}
}

// TestStop waits for a run as long as it may, and leaves the rest to the next start.
func TestStop(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		grace time.Duration
		again []string
	}{"in time": {2 * time.Minute, nil}, "out of patience": {30 * time.Second, []string{"01 01:00"}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				state := newState(t)
				s := start(t, state, schedule.Schedule{Name: "digest", Times: parse(t, "0 * * * *", time.UTC),
					Run: func(ctx context.Context, _ time.Time) error {
						select {
						case <-time.After(time.Minute):
							return nil
						case <-ctx.Done():
							return context.Cause(ctx)
						}
					}})
				time.Sleep(time.Hour + time.Second)
				grace, cancel := context.WithTimeout(t.Context(), test.grace)
				defer cancel()
				require.NoError(t, s.Stop(grace))
				require.Error(t, s.Add(schedule.Schedule{Name: "y", Times: parse(t, "@daily", nil),
					Run: func(context.Context, time.Time) error { return nil }}))
				var r runs
				start(t, state, r.job(t, "0 * * * *", schedule.Skip()))
				synctest.Wait()
				assert.Equal(t, test.again, r.taken(), "at once, and not only when the lease is over")
			})
		})
	}
}

// TestOtherTimes changes the times of a job: nothing that the new ones would have had counts as
// missed.
func TestOtherTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		state := newState(t)
		s := start(t, state, r.job(t, "0 23 * * *", schedule.Latest(24*time.Hour)))
		time.Sleep(12 * time.Hour)
		require.NoError(t, s.Stop(t.Context()))
		start(t, state, r.job(t, "0 8 * * *", schedule.Latest(24*time.Hour)))
		synctest.Wait()
		assert.Empty(t, r.taken())
		time.Sleep(24 * time.Hour)
		assert.Equal(t, []string{"02 08:00"}, r.taken())
	})
}

func TestAddAndRemove(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		s := start(t, newState(t))
		require.NoError(t, s.Add(r.job(t, "0 * * * *", schedule.Skip())))
		require.ErrorContains(t, s.Add(r.job(t, "0 * * * *", schedule.Skip())), "there is a job digest already")
		time.Sleep(90 * time.Minute)
		s.Remove("digest")
		s.Remove("digest")
		time.Sleep(3 * time.Hour)
		assert.Equal(t, []string{"01 01:00"}, r.taken())
	})
}

// TestAStateThatFails is tried again.
func TestAStateThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		d := &dying{State: newState(t), dead: true}
		start(t, d, r.job(t, "0 * * * *", schedule.Skip()))
		time.Sleep(30 * time.Minute)
		d.mu.Lock()
		d.dead = false
		d.mu.Unlock()
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"01 01:00"}, r.taken())
	})
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := schedule.New(schedule.Config{})
	require.ErrorContains(t, err, "Config.State is nil")
	s := start(t, newState(t))
	for want, job := range map[string]schedule.Schedule{
		"needs a name": {Times: parse(t, "@daily", nil), Run: func(context.Context, time.Time) error { return nil }},
		"has no times": {Name: "x", Run: func(context.Context, time.Time) error { return nil }},
		"Run is nil":   {Name: "x", Times: parse(t, "@daily", nil)},
	} {
		require.ErrorContains(t, s.Add(job), want)
	}
}
