package bot_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Stories of users, as in taskstories_test.go: what stands between "begin" and "end" is what a user
// writes.

// begin: story 6, a friend request by password, then an invitation.

func befriend(b *bot.Bot, owner, group string) {
	b.FriendRequest(func(c *router.Context, m *xmlmsg.FriendRequest) error {
		if m.Content != "进群123" {
			if ok, err := c.AskOther(owner, m.FromNickname+" 申请加好友："+m.Content); err != nil || !ok {
				return err
			}
		}
		return c.Later("accept", m.FromUsername, 20*time.Second+rand.N(70*time.Second), *m)
	}).Named("friends")
	b.Task("accept", func(t *bot.Task[xmlmsg.FriendRequest]) error {
		m, friends := t.Data, t.Store(router.ByAccount)
		wait, err := friends.Limit(t, "ten minutes", 3, 10*time.Minute)
		if err == nil && wait == 0 {
			wait, err = friends.Limit(t, "a day", 30, 24*time.Hour)
		}
		if err != nil || wait > 0 {
			return errors.Join(err, t.Later("accept", m.FromUsername, wait, m))
		}
		return errors.Join(t.Once("accept", func() error {
			return b.Client().Contacts.AddContact(t, api.AddContactRequest{AppID: t.Account(), Scene: api.Scene(m.Scene),
				Option: api.ContactAccept, V3: m.EncryptUsername, V4: m.Ticket})
		}), b.Chat(t, t.Account(), m.FromUsername).SendText("你好！马上拉你进群。"), t.Once("invite", func() error {
			return b.Client().Group.InviteMember(t, api.InviteMemberRequest{
				AppID: t.Account(), ChatroomID: group, Wxids: api.WxidList{m.FromUsername}})
		}))
	})
}

// end

// begin: story 13, a poll.

type poll struct {
	Title   string         `arg:"题目"`
	Options []string       `arg:"选项"`
	Votes   map[string]int `arg:"-"`
}

func (p poll) String() string {
	count := make([]int, len(p.Options))
	for _, n := range p.Votes {
		count[n-1]++
	}
	var text strings.Builder
	text.WriteString(p.Title)
	for i, option := range p.Options {
		fmt.Fprintf(&text, "\n%d. %s（%d 票）", i+1, option, count[i])
	}
	return text.String()
}

func polls(b *bot.Bot) {
	b.Command("/投票", func(c *router.Context, p poll) error {
		p.Votes = map[string]int{}
		return errors.Join(c.Store(router.ByChat).Set(c, "poll", p, 0), c.Replyf("%v\n请回复数字", p))
	}, match.Group())
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		n, _ := strconv.Atoi(m.Body)
		_, err := router.Update(c, c.Store(router.ByChat), "poll", 0, func(p poll) (poll, error) {
			if n > len(p.Options) {
				return p, router.Next
			}
			p.Votes[c.Sender()] = n
			return p, nil
		})
		return err
	}, match.Group(), match.Regexp(`^[1-9]$`))
	b.Command("/结束投票", func(c *router.Context) error {
		var p poll
		if ok, err := c.Store(router.ByChat).Get(c, "poll", &p); err != nil || !ok {
			return err
		}
		return errors.Join(c.Replyf("%v", p), c.Store(router.ByChat).Delete(c, "poll"))
	}, match.Group())
}

// end

func TestStory6FriendByPassword(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"bob"}, Setup: func(b *bot.Bot) error {
		befriend(b, "wxid_bob", groupA)
		return nil
	}})
	isFriend := func(wxid string) bool {
		sim.Idle()
		for _, f := range sim.Simulator().State().Accounts[0].Friends {
			if f == wxid {
				return true
			}
		}
		return false
	}
	inA := func(wxid string) bool {
		for _, m := range sim.Simulator().State().Groups[0].Members {
			if m.Wxid == wxid {
				return true
			}
		}
		return false
	}
	sim.FriendRequest("li si", "进群123")
	sim.Advance(19 * time.Second)
	assert.False(t, isFriend("wxid_li_si"))
	sim.Restart()
	sim.Advance(71 * time.Second)
	assert.True(t, isFriend("wxid_li_si"))
	assert.True(t, inA("wxid_li_si"))
	sim.Person("li si").ExpectText("你好！马上拉你进群。")

	sim.FriendRequest("wang wu", "你好")
	sim.Advance(2 * time.Minute)
	assert.False(t, isFriend("wxid_wang_wu"))
	bob := sim.Person("bob")
	assert.Contains(t, bob.ExpectContains("申请加好友：你好").Text, "【问题】1")
	sim.Restart()
	bob.Say("同意 1")
	sim.Advance(90 * time.Second)
	assert.True(t, inA("wxid_wang_wu"))

	for _, name := range []string{"zhao liu", "qian qi", "sun ba"} {
		sim.FriendRequest(name, "进群123")
	}
	accepted := func() (n int) {
		for _, wxid := range []string{"wxid_zhao_liu", "wxid_qian_qi", "wxid_sun_ba"} {
			if isFriend(wxid) {
				n++
			}
		}
		return n
	}
	sim.Advance(2 * time.Minute)
	assert.Equal(t, 1, accepted(), "three in ten minutes")
	sim.Advance(10 * time.Minute)
	assert.Equal(t, 3, accepted())
}

func TestStory13Poll(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		polls(b)
		return nil
	}})
	a := sim.Group("A")
	says := func(name, text string) {
		a.As(name).Say(text)
		sim.Advance(5 * time.Second)
	}
	says("alice", "2")
	says("alice", "/投票 午饭 面 “米 饭”")
	a.ExpectText("午饭\n1. 面（0 票）\n2. 米 饭（0 票）\n请回复数字")
	says("alice", "1")
	says("bob", "1")
	says("carol", "3")
	sim.Restart()
	says("alice", "2")
	says("alice", "2")
	sim.Group("B").As("alice").Say("1")
	a.ExpectNothing()
	says("bob", "/结束投票")
	a.ExpectText("午饭\n1. 面（1 票）\n2. 米 饭（1 票）")
	says("bob", "/结束投票")
	a.ExpectNothing()
}
