package monitor_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TestAnAnswerOutlivesAPause asks an account that has been paused, with the default settings of
// monitor and outbox: the trial comes long before the answer expires, and the first send that works
// ends the pause for the next.
func TestAnAnswerOutlivesAPause(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails    func(*testing.T) error
		failures int // in all
	}{
		"a gateway for a moment":      {gateway, 3},
		"a gateway for a while":       {gateway, 5},
		"refusals":                    {refused, 3},
		"a session that is dead":      {session, 3},
		"refusals that last a while":  {refused, 6},
		"the account in a bad minute": {session, 6},
	} {
		err := c.fails(t)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				back := memory.New(memory.Config{})
				left := c.failures
				var m *monitor.Monitor
				o, openErr := outbox.New(outbox.Config{Store: back, Send: func(_ context.Context, s api.Send) (*api.SentMessage, error) {
					began := time.Now()
					time.Sleep(time.Second)
					if left--; left >= 0 {
						m.Sent(app, api.TargetOf(s), began, err)
						return nil, err
					}
					m.Sent(app, api.TargetOf(s), began, nil)
					return &api.SentMessage{To: api.TargetOf(s)}, nil
				}})
				require.NoError(t, openErr)
				m, openErr = monitor.New(monitor.Config{
					Store: back, Metrics: monitor.NewMetrics(), Accounts: []string{app}, Silence: -1,
					Online: func(context.Context, string) (bool, error) { return true, nil },
					Pause:  func(ctx context.Context, a string) error { return outbox.Pause(ctx, back.State(), a, "zombie") },
					Resume: func(ctx context.Context, a string) error { return outbox.Resume(ctx, back.State(), a) },
				})
				require.NoError(t, openErr)
				ctx, stop := context.WithCancel(t.Context())
				running := make(chan struct{})
				go func() { m.Run(ctx); close(running) }()
				send := func(to string) error {
					_, err := o.Send(ctx, outbox.Message{Send: api.PostText{AppID: app, To: to, Content: "hello"}, Class: outbox.Answer})
					return err
				}
				for range c.failures { // each trial that fails costs one
					for _, to := range []string{alice, bob, carol} {
						if left > 0 {
							require.Error(t, send(to))
						}
					}
				}
				asked := time.Now()
				require.NoError(t, send(alice))
				assert.Less(t, time.Since(asked), outbox.DefaultAnswerTTL/4)
				asked = time.Now()
				require.NoError(t, send(bob))
				assert.LessOrEqual(t, time.Since(asked), 2*time.Second)
				time.Sleep(time.Second)
				assert.Equal(t, monitor.Online, m.StateOf(app))
				assert.False(t, m.Paused(app))
				stop()
				<-running
				require.NoError(t, o.Close(context.Background()))
			})
		})
	}
}
