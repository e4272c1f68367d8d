package reach_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reach"
)

// TestUntilIsSilentAtTheEnd has a try that fails because ctx ends.
func TestUntilIsSilentAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, final := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		found, err := reach.Until(ctx, func(context.Context) (*reach.Problem, error) {
			cancel()
			return &reach.Problem{Final: final}, context.Canceled
		}, func(*reach.Problem, time.Duration) { t.Error("it reports a failure") })
		assert.Nil(t, found)
		require.NoError(t, err)
	}
}

func TestUntil(t *testing.T) {
	t.Parallel()
	down, wrong, failure := &reach.Problem{Cause: phrase.New("down")}, &reach.Problem{Cause: phrase.New("wrong"), Final: true},
		errors.New("failed")
	for name, c := range map[string]struct {
		found []*reach.Problem
		final *reach.Problem
	}{
		"works at once":   {[]*reach.Problem{nil}, nil},
		"works later":     {[]*reach.Problem{down, down, nil}, nil},
		"can never work":  {[]*reach.Problem{down, wrong}, wrong},
		"until ctx ended": {[]*reach.Problem{down, down, down, down, down, down, down, down, down, down, down, down}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				tries, failures := 0, 0
				final, err := reach.Until(ctx, func(ctx context.Context) (*reach.Problem, error) {
					tries++
					deadline, _ := ctx.Deadline()
					assert.Equal(t, tries == 1, time.Until(deadline) == 8*time.Second, "only the first try has a limit of its own")
					if found := c.found[tries-1]; found != nil {
						return found, failure
					}
					return nil, nil
				}, func(p *reach.Problem, rest time.Duration) {
					failures++
					assert.Same(t, down, p)
					assert.Positive(t, rest)
				})
				assert.Equal(t, c.final, final)
				if c.final != nil {
					require.ErrorIs(t, err, failure)
				} else {
					require.NoError(t, err)
				}
				if c.found[len(c.found)-1] != down {
					assert.Len(t, c.found, tries)
					assert.Equal(t, tries-1, failures)
				}
			})
		})
	}
}
