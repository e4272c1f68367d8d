package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/store"
)

// TestEachTimeRunsOnce lets three processes with clocks that differ share a job. They die in the
// middle of things, and are started again: each time succeeds once, and no two that live run at
// once.
func TestEachTimeRunsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		period := rapid.IntRange(1, 7).Draw(rt, "minutes between the times")
		deaths := rapid.IntRange(0, 6).Draw(rt, "deaths")
		synctest.Test(t, func(t *testing.T) {
			w := &world{t: t, state: newState(t), random: rand.New(rand.NewPCG(seed, 1)), done: map[string]int{}}
			spec := fmt.Sprintf("*/%d * * * *", period)
			begun := time.Now()
			var processes [3]*process
			for i := range processes {
				processes[i] = w.begin(spec)
			}
			for range deaths {
				time.Sleep(time.Duration(w.number(600)) * time.Second)
				i := w.number(len(processes))
				processes[i].kill()
				time.Sleep(time.Duration(w.number(120)) * time.Second)
				processes[i] = w.begin(spec)
			}
			time.Sleep(15 * time.Minute)
			ended := time.Now().Add(-10 * time.Minute) // long enough for a take-over, or three
			for _, p := range processes {
				p.kill()
			}
			synctest.Wait()

			times := parse(t, spec, time.UTC)
			// The record begins with the first process, whose clock may be ahead.
			for at := times.Next(begun.Add(maxSkew)); at.Before(ended); at = times.Next(at) {
				assert.Equal(t, 1, w.done[at.Format(time.RFC3339)], "%v, seed %d", at, seed)
			}
			assert.Zero(t, w.overlaps, "seed %d", seed)
		})
	})
}

const maxSkew = 5 * time.Second

type world struct {
	t     *testing.T
	state store.State

	mu       sync.Mutex
	random   *rand.Rand
	done     map[string]int // successes by time
	running  int            // in processes that live
	overlaps int
}

func (w *world) number(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

// process is a scheduler that can die.
type process struct {
	world *world
	state *dying
	dead  chan struct{}
	stop  func()
}

func (w *world) begin(spec string) *process {
	p := &process{world: w, state: &dying{State: w.state}, dead: make(chan struct{})}
	skew := time.Duration(w.number(int(maxSkew)))
	skewed := clock.Func(func() time.Time { return time.Now().Add(skew) })
	s, err := schedule.New(schedule.Config{State: p.state, MaxAttempts: 99, Clock: skewed})
	require.NoError(w.t, err)
	require.NoError(w.t, s.Add(schedule.Schedule{Name: "x", Times: parse(w.t, spec, time.UTC), CatchUp: schedule.All(1000), Run: p.run}))
	s.Start()
	p.stop = func() { assert.NoError(w.t, s.Stop(context.Background())) }
	return p
}

// run takes its time, and does nothing any more when the process is dead.
func (p *process) run(ctx context.Context, due time.Time) error {
	w := p.world
	w.mu.Lock()
	if w.running++; w.running > 1 {
		w.overlaps++
	}
	w.mu.Unlock()
	alive := true
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.running--
		if alive {
			w.done[due.Format(time.RFC3339)]++
		}
	}()
	select {
	case <-time.After(time.Duration(w.number(90)) * time.Second):
		return nil
	case <-ctx.Done():
	case <-p.dead:
	}
	alive = false
	return errors.New("dead")
}

func (p *process) kill() {
	p.state.die()
	close(p.dead)
	p.stop()
}
