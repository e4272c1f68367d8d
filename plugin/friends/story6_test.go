package friends_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/friends"
)

// TestThirtyADay: the 31st of a day waits for the next.
func TestThirtyADay(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA(), Limit: friends.Caps{PerDay: 30}},
		func(c *bottest.Config) { c.Owners, c.Durable = nil, false })
	for i := range 31 {
		sim.FriendRequest(fmt.Sprintf("p%d", i), "进群123")
	}
	sim.Advance(23 * time.Hour)
	assert.Equal(t, 30, count(sim, "/contacts/addContacts"))
	sim.Advance(2 * time.Hour)
	assert.Equal(t, 31, count(sim, "/contacts/addContacts"))
}
