package schedule_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/store"
)

// TestAnOperatorRunsAJob once now; its own times stay.
func TestAnOperatorRunsAJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		s := start(t, newState(t), r.job(t, "0 12 * * *", schedule.Latest(time.Hour)))
		time.Sleep(10 * time.Hour)
		require.NoError(t, s.RunNow(t.Context(), "digest"))
		require.NoError(t, s.RunNow(t.Context(), "digest"), "a second click before it has begun")
		synctest.Wait()
		assert.Equal(t, []string{"01 10:00"}, r.taken())
		list, err := s.List(t.Context())
		require.NoError(t, err)
		assert.Zero(t, list[0].Due)
		assert.Equal(t, 12, list[0].Next.Hour())
		time.Sleep(3 * time.Hour)
		assert.Equal(t, []string{"01 12:00"}, r.taken())
		require.ErrorIs(t, s.RunNow(t.Context(), "none"), schedule.ErrNone)
	})
}

// TestAPausedJob does not run, also not after a restart, and has missed nothing when it goes on.
func TestAPausedJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		state := newState(t)
		job := r.job(t, "0 * * * *", schedule.All(100))
		first, err := schedule.New(schedule.Config{State: state})
		require.NoError(t, err)
		require.NoError(t, first.Add(job))
		first.Start()
		time.Sleep(90 * time.Minute)
		require.Equal(t, []string{"01 01:00"}, r.taken())
		require.NoError(t, first.Pause(t.Context(), "digest"))
		time.Sleep(3 * time.Hour)
		require.NoError(t, first.Stop(t.Context()))
		s := start(t, state, job)
		time.Sleep(3 * time.Hour)
		assert.Empty(t, r.taken())
		list, err := s.List(t.Context())
		require.NoError(t, err)
		assert.True(t, list[0].Paused)
		assert.Zero(t, list[0].Next)
		require.NoError(t, s.RunNow(t.Context(), "digest"))
		synctest.Wait()
		assert.Equal(t, []string{"01 07:30"}, r.taken(), "one that is asked for runs all the same")
		require.NoError(t, s.Resume(t.Context(), "digest"))
		require.NoError(t, s.Resume(t.Context(), "digest"))
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"01 08:00"}, r.taken())
	})
}

// TestAnotherProcessPauses a job while it runs: the run is not taken away, and the scheduler
// follows within a minute.
func TestAnotherProcessPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		state := newState(t)
		job := r.job(t, "0 * * * *", schedule.Skip())
		inner := job.Run
		job.Run = func(ctx context.Context, due time.Time) error {
			time.Sleep(2 * time.Minute) // longer than a lease
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return inner(ctx, due)
		}
		start(t, state, job)
		other := schedule.Operator{State: state}
		time.Sleep(time.Hour + time.Minute)
		require.NoError(t, other.Pause(t.Context(), "digest"))
		time.Sleep(2 * time.Hour)
		assert.Equal(t, []string{"01 01:00"}, r.taken())
		require.NoError(t, other.RunNow(t.Context(), "digest"))
		time.Sleep(4 * time.Minute)
		assert.Equal(t, []string{"01 03:01"}, r.taken())
		require.NoError(t, other.Resume(t.Context(), "digest"))
		list, err := other.List(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, "0 * * * * UTC", list[0].Times)
		assert.Equal(t, 4, list[0].Next.Hour())
		require.ErrorIs(t, other.Pause(t.Context(), "none"), schedule.ErrNone)
	})
}

// TestWhatFailsAndIsPaused does not keep an operator from a run.
func TestWhatFailsAndIsPaused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r runs
		state := newState(t)
		job := r.job(t, "0 * * * *", schedule.Skip())
		inner, fails := job.Run, true
		job.Run = func(ctx context.Context, due time.Time) error {
			if fails {
				return errors.New("not now")
			}
			return inner(ctx, due)
		}
		s := start(t, state, job)
		time.Sleep(time.Hour + time.Second)
		require.NoError(t, s.Pause(t.Context(), "digest"))
		time.Sleep(10 * time.Minute)
		fails = false
		require.NoError(t, s.RunNow(t.Context(), "digest"))
		time.Sleep(5 * time.Minute)
		assert.Equal(t, []string{"01 01:10"}, r.taken())
	})
}

// TestAnOperatorOfGarbage gets an error, and no panic.
func TestAnOperatorOfGarbage(t *testing.T) {
	t.Parallel()
	state := newState(t)
	for key, value := range map[string]string{"schedule/x": `{"times":"nonsense"}`, "schedule/y": `{`, "schedule-wish/x": `[`} {
		_, err := state.Put(t.Context(), key, []byte(value), 0)
		require.NoError(t, err)
	}
	o := schedule.Operator{State: state}
	require.Error(t, o.Pause(t.Context(), "x"))
	_, err := o.List(t.Context())
	require.Error(t, err)
	require.NoError(t, state.Delete(t.Context(), "schedule-wish/x"))
	list, err := o.List(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Zero(t, list[0].Next)
	_, err = state.Get(t.Context(), "schedule-wish/none")
	require.ErrorIs(t, err, store.ErrNotFound)
}
