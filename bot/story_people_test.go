package bot_test

import (
	"errors"
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

var errFull = errors.New("too many new friends")

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
		m, now := t.Data, t.Now()
		_, err := router.Update(t, t.Store(router.ByAccount), "friends", 0, func(list map[string]time.Time) (map[string]time.Time, error) {
			next, today, lately := map[string]time.Time{m.FromUsername: now}, 0, 0
			for wxid, at := range list {
				if now.Sub(at) < 24*time.Hour && wxid != m.FromUsername {
					next[wxid], today = at, today+1
				}
				if now.Sub(at) < 10*time.Minute && wxid != m.FromUsername {
					lately++
				}
			}
			if _, again := list[m.FromUsername]; !again && (lately >= 3 || today >= 30) {
				return nil, errFull
			}
			return next, nil
		})
		if errors.Is(err, errFull) {
			return t.Later("accept", m.FromUsername, 10*time.Minute, m)
		}
		return errors.Join(err, t.Once("accept", func() error {
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

var errNoPoll = errors.New("no such choice")

func polls(b *bot.Bot) {
	b.Command("/投票", func(c *router.Context, p poll) error {
		lines := []string{p.Title + "？请回复数字"}
		for i, option := range p.Options {
			lines = append(lines, strconv.Itoa(i+1)+". "+option)
		}
		return errors.Join(c.Store(router.ByChat).Set(c, "poll", p, 0), c.Reply(strings.Join(lines, "\n")))
	}, match.Group())
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		n, _ := strconv.Atoi(m.Body)
		_, err := router.Update(c, c.Store(router.ByChat), "poll", 0, func(p poll) (poll, error) {
			if n < 1 || n > len(p.Options) {
				return p, errNoPoll
			}
			if p.Votes == nil {
				p.Votes = map[string]int{}
			}
			p.Votes[c.Sender()] = n
			return p, nil
		})
		if errors.Is(err, errNoPoll) {
			return router.Next
		}
		return err
	}, match.Group(), match.Regexp(`^[1-9]$`))
	b.Command("/结束投票", func(c *router.Context) error {
		var p poll
		if ok, err := c.Store(router.ByChat).Get(c, "poll", &p); err != nil || !ok {
			return err
		}
		count := make([]int, len(p.Options)+1)
		for _, n := range p.Votes {
			count[n]++
		}
		lines := []string{p.Title}
		for i, option := range p.Options {
			lines = append(lines, option+" "+strconv.Itoa(count[i+1]))
		}
		return errors.Join(c.Reply(strings.Join(lines, "\n")), c.Store(router.ByChat).Delete(c, "poll"))
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
	a.ExpectText("午饭？请回复数字\n1. 面\n2. 米 饭")
	says("alice", "1")
	says("bob", "1")
	says("carol", "3")
	sim.Restart()
	says("alice", "2")
	says("alice", "2")
	sim.Group("B").As("alice").Say("1")
	a.ExpectNothing()
	says("bob", "/结束投票")
	a.ExpectText("午饭\n面 1\n米 饭 1")
	says("bob", "/结束投票")
	a.ExpectNothing()
}
