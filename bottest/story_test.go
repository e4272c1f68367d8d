package bottest_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// welcome greets all who join within 20 seconds at once, 4 seconds later.
type welcome struct{ made time.Time }

func (*welcome) Name() string { return "welcome" }

func (p *welcome) Setup(h *bot.Handle) error {
	p.made = h.Now()
	h.MemberJoined(func(c *router.Context, m *xmlmsg.System) error {
		return c.Later("greet", c.ChatKey(), 24*time.Second, m.Joined(), bot.Merge(
			func(before, now []xmlmsg.Person) []xmlmsg.Person { return append(before, now...) }))
	})
	h.Task("greet", func(t *bot.Task[[]xmlmsg.Person]) error {
		if !t.Now().Equal(t.Due) {
			return errors.New("greeting at another time than is due")
		}
		var names []string
		for _, person := range t.Data {
			names = append(names, "@"+person.Nickname)
		}
		return t.Reply(strings.Join(append(names, "欢迎"), " "))
	})
	return nil
}

func (*welcome) Close() error { return nil }

func TestATaskSurvivesARestart(t *testing.T) {
	t.Parallel()
	var made []*welcome
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		made = append(made, &welcome{})
		return b.Install(made[len(made)-1])
	}})
	a := sim.Group("A")
	a.Add("li si", "wang wu")
	sim.Advance(10 * time.Second)
	sim.Restart()
	a.JoinByQR("grace")
	sim.Advance(23 * time.Second)
	a.ExpectNothing()
	sim.Advance(time.Second)
	a.ExpectText("@Li Si @Wang Wu @Grace 欢迎")
	sim.Restart()
	sim.Advance(time.Hour)
	a.ExpectNothing()
	assert.Len(t, made, 3)
	assert.Equal(t, 10*time.Second, made[1].made.Sub(made[0].made), "the time of the clock")
}

func TestGroupsChange(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var notices []string
	sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
		b.Observe(func(c *router.Context) error {
			if m, ok := c.Payload().(*xmlmsg.System); ok {
				mu.Lock()
				defer mu.Unlock()
				notices = append(notices, string(m.Notice))
			}
			return nil
		})
		return nil
	}})
	a := sim.Group("A")
	a.As("bob").Add("li si")
	a.JoinByQR("grace", "henry")
	a.Leave("li si")
	sim.Group("B").Phone().Remove("carol")
	a.Rename("Book club")
	sim.Group("Book club").As("alice").Announce("no meeting today")
	sim.Idle()
	slices.Sort(notices)
	assert.Equal(t, []string{"member_invited", "member_joined_qr", "member_joined_qr", "member_removed", "renamed"}, notices)
	members := sim.Simulator().State().Groups[0].Members
	assert.Contains(t, members, simulator.MemberState{Wxid: "wxid_grace", Nickname: "Grace"})
	assert.NotContains(t, members, simulator.MemberState{Wxid: "wxid_li_si", Nickname: "Li Si"})
	assert.NotContains(t, sim.Simulator().State().Groups[1].Members, simulator.MemberState{Wxid: "wxid_carol", Nickname: "Carol"})
}

func TestSentShowsAll(t *testing.T) {
	t.Parallel()
	sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
		b.Text(func(c *router.Context, m *xmlmsg.Text) error {
			if m.Body == "me" {
				_, err := c.Send(api.PostText{
					AppID: c.Account(), To: c.Conversation().ID, Content: "@Alice here", At: api.WxidList{c.Sender()},
				})
				return err
			}
			return c.Reply(m.Body)
		})
		return nil
	}})
	a := sim.Group("A")
	alice := a.As("alice")
	alice.Say("1")
	alice.Say("me")
	alice.Say("2")
	a.ExpectContains("here")
	var texts []string
	for _, m := range a.Sent() {
		texts = append(texts, m.Text)
	}
	assert.Equal(t, []string{"1", "2"}, texts)
	assert.Empty(t, a.Sent())
	a.ExpectNothing()
	alice.Say("me")
	assert.Equal(t, []string{"wxid_alice"}, a.Sent()[0].At)
}

func TestSeveralAccounts(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Accounts = append(world.Accounts, simulator.Account{
		AppID: "wx_demo0000000000000002", Wxid: "wxid_second", Nickname: "Second", Friends: []string{"wxid_grace"},
	})
	sim := bottest.RunWith(t, bottest.Config{World: world}, bottest.Must(echo()))
	sim.Person("grace").Say("hi")
	m := sim.Person("grace").ExpectText("re hi")
	assert.Equal(t, "wx_demo0000000000000002", m.AppID)
}
