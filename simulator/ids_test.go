package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/simulator"
)

// TestIDs lets simulators with the same seed make other ids, as a bot that remembers wants it.
func TestIDs(t *testing.T) {
	t.Parallel()
	first := func(ids uint64) uint64 {
		sim := simulator.Start(t, func(c *simulator.Config) { c.IDs = ids })
		return sim.Friend("alice").Says("hi").NewMsgID
	}
	one := first(1)
	assert.Equal(t, one, first(1))
	assert.NotEqual(t, one, first(2))
	assert.NotEqual(t, one, first(0))
}
