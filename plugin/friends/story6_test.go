package friends_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/friends"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestACardAboveFortyMembers: into a group of more than 40 members WeChat lets nobody by an
// invitation alone: the friend gets a link, once, and is no member until they accept it.
func TestACardAboveFortyMembers(t *testing.T) {
	t.Parallel()
	for size, card := range map[int]bool{39: false, 60: true} {
		sim := run(t, friends.Config{Rule: ofA()}, func(c *bottest.Config) {
			c.World, c.Durable = simulator.DefaultWorld(), false
			i := slices.IndexFunc(c.World.Groups, func(g simulator.Group) bool { return g.Name == "A" })
			for n := len(c.World.Groups[i].Members); n < size; n++ {
				p := simulator.Contact{Wxid: fmt.Sprintf("wxid_m%d", n), Nickname: fmt.Sprintf("M%d", n)}
				c.World.Contacts = append(c.World.Contacts, p)
				c.World.Groups[i].Members = append(c.World.Groups[i].Members, simulator.Member{Wxid: p.Wxid})
			}
		})
		sim.FriendRequest("li si", "进群123")
		sim.Advance(2 * time.Minute)
		assert.Equal(t, !card, slices.Contains(members(t, sim, "A"), "wxid_li_si"), size)
		assert.Equal(t, 1, count(sim, "/group/inviteMember"))
		got := sim.Person("li si").Sent()
		if assert.NotEmpty(t, got) {
			assert.Equal(t, "你好 Li Si", got[0].Text)
		}
		assert.Equal(t, card, slices.ContainsFunc(got, func(m simulator.Message) bool { return m.Kind == simulator.KindGroupInvite }), got)
	}
}

// TestThirtyADay: the 31st of a day waits for the next.
func TestThirtyADay(t *testing.T) {
	t.Parallel()
	sim := run(t, friends.Config{Rule: ofA(), Caps: friends.Caps{PerDay: 30}}, func(c *bottest.Config) { c.Owners, c.Durable = nil, false })
	for i := range 31 {
		sim.FriendRequest(fmt.Sprintf("p%d", i), "进群123")
	}
	sim.Advance(23 * time.Hour)
	assert.Equal(t, 30, count(sim, "/contacts/addContacts"))
	sim.Advance(2 * time.Hour)
	assert.Equal(t, 31, count(sim, "/contacts/addContacts"))
}
