package router_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestOnce runs a handler again whose process has died at its end.
func TestOnce(t *testing.T) {
	t.Parallel()
	steps, fails := 0, true
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		n, err := router.Remember(c, "number", func() (int, error) { steps++; return steps, c.Replyf("step %d", steps) })
		if err != nil {
			return err
		}
		if err := c.Once("other", func() error {
			if fails {
				return errors.New("not yet")
			}
			return nil
		}); err != nil {
			return err
		}
		return c.Replyf("number %d", n)
	}).Named("steps")
	k := newTalk(t, r)
	e := k.event("wxid_alice", 1, "x")
	_, err := k.serve(e)
	require.ErrorContains(t, err, "not yet")
	fails = false
	for range 2 {
		_, err = k.serve(e)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"step 1", "number 1", "number 1"}, trimmed(k.said), "to send once what is no step is the outbox's work")
	assert.Equal(t, []string{"wxid_alice: step 2", "wxid_alice: number 2"}, k.says("wxid_alice", "y"), "another message, another step")
}
