package bot_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Stories of users that are tasks, each as a plugin: what stands between "begin" and "end" is what
// a user writes.

// begin: story 3, one greeting for all who join within a while.

type welcomer struct{ wait time.Duration }

func (w *welcomer) Name() string { return "welcome" }
func (w *welcomer) Close() error { return nil }

func (w *welcomer) Setup(h *bot.Handle) error {
	h.MemberJoined(w.joined)
	h.Task("greet", w.greet, bot.RetryFor(time.Hour))
	return nil
}

func (w *welcomer) joined(c *router.Context, m *xmlmsg.System) error {
	return c.Later("greet", c.ChatKey(), w.wait, m.Joined(), bot.Merge(func(before, now []xmlmsg.Person) []xmlmsg.Person {
		return append(before, now...)
	}))
}

func (w *welcomer) greet(t *bot.Task[[]xmlmsg.Person]) error {
	var text strings.Builder
	var at []string
	for _, p := range t.Data {
		text.WriteString("@" + p.Nickname + "\u2005")
		at = append(at, p.Username)
	}
	_, err := t.Send(api.PostText{To: t.Conversation().ID, Content: text.String() + "欢迎！先看群公告。", At: at})
	return err
}

// end

// begin: story 9, a model that is slow, and a person who asks again.

type thinker struct {
	ask func(ctx context.Context, question string) (string, error)
}

func (p *thinker) Name() string { return "chat" }
func (p *thinker) Close() error { return nil }

func (p *thinker) Setup(h *bot.Handle) error {
	h.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("营业时间"))
	h.Text(func(c *router.Context, m *xmlmsg.Text) error {
		return c.Later("answer", c.SenderKey(), 0, m.Body)
	})
	h.Task("answer", func(t *bot.Task[string]) error {
		answer, err := p.ask(t, t.Data)
		if err != nil {
			return err
		}
		return t.ReplyAt(answer)
	}, bot.NewestWins(), bot.TaskTimeout(time.Minute))
	return nil
}

// end

// begin: story 10, what a person says in several messages is one turn; a picture ends it.

func turns(b *bot.Bot, wait time.Duration) {
	b.Batch(router.BySender, wait, func(c *router.Context, turn []*router.Context) error {
		var said []string
		for _, m := range turn {
			said = append(said, string(m.Event.Kind())+" "+m.Said())
		}
		return c.Reply(strconv.Itoa(len(turn)) + ": " + strings.Join(said, ", "))
	}, router.FlushOn(match.Kind(xmlmsg.KindImage))).Named("turns")
}

// end

func TestStoryWelcome(t *testing.T) {
	t.Parallel()
	people := []string{"Li Si", "Wang Wu", "Zhao Liu", "Qian Qi", "Sun Ba", "Zhou Jiu"}
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.World = friends(people...)
		members := []simulator.Member{{Wxid: "wxid_0"}, {Wxid: "wxid_hongyan_bot"}}
		c.World.Groups = []simulator.Group{{ID: groupA, Name: "A", Members: members}}
	})
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	require.NoError(t, b.Install(&welcomer{wait: 700 * time.Millisecond}))
	start(t, b, sim.Simulator)
	for i := range people {
		if i == 0 {
			continue
		}
		who := []string{"wxid_" + strconv.Itoa(i)}
		sim.Does(simulator.Action{Do: simulator.DoJoinByQR, From: "wxid_0", Who: who, Group: "A"})
	}
	m := sim.Group("A").Expect("a greeting", func(m simulator.Message) bool { return m.ByBot() })
	assert.Equal(t, "@Wang Wu\u2005@Zhao Liu\u2005@Qian Qi\u2005@Sun Ba\u2005@Zhou Jiu\u2005欢迎！先看群公告。", m.Text)
	assert.Equal(t, []string{"wxid_1", "wxid_2", "wxid_3", "wxid_4", "wxid_5"}, m.At)
	sim.Group("A").ExpectNothing()
}

// friends is a world of people, of whom the first is wxid_0.
func friends(names ...string) *simulator.World {
	w := &simulator.World{Accounts: []simulator.Account{{AppID: simulator.DefaultAppID, Wxid: "wxid_hongyan_bot", Nickname: "鸿雁"}}}
	for i, name := range names {
		w.Contacts = append(w.Contacts, simulator.Contact{Wxid: "wxid_" + strconv.Itoa(i), Nickname: name})
	}
	return w
}

func TestStoryChat(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	asked, ended, thought := make(chan string, 10), make(chan error, 10), make(chan struct{})
	require.NoError(t, b.Install(&thinker{ask: func(ctx context.Context, question string) (string, error) {
		asked <- question
		if question == "quick" {
			return "answer to quick", nil
		}
		select {
		case <-thought: // the model thinks for as long as the test wants
			ended <- nil
			return "answer to " + question, nil
		case <-ctx.Done():
			ended <- context.Cause(ctx)
			return "", ctx.Err()
		}
	}}))
	start(t, b, sim.Simulator)
	group := sim.Group("A")
	group.Member("alice").Says("first")
	assert.Equal(t, "first", <-asked)
	group.Member("bob").Says("营业时间")
	group.ExpectText("营业时间 9:00-18:00") // while the model thinks
	group.Member("bob").Says("second")
	assert.Equal(t, "second", <-asked, "of another person, at the same time")
	group.Member("alice").Says("quick")
	require.ErrorContains(t, <-ended, "a newer task of the same key")
	group.Expect("the answer to the newer question", func(m simulator.Message) bool {
		return m.ByBot() && strings.HasSuffix(m.Text, "answer to quick")
	})
	close(thought)
	require.NoError(t, <-ended)
	m := group.Expect("the answer to the other", func(m simulator.Message) bool { return m.ByBot() })
	assert.Equal(t, "@Bob\u2005answer to second", m.Text)
	group.ExpectNothing()
}

func TestStoryTurns(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b, err := bot.New(configFor(sim.Simulator))
	require.NoError(t, err)
	turns(b, 500*time.Millisecond)
	start(t, b, sim.Simulator)
	alice, bob := sim.Friend("alice"), sim.Friend("bob")
	for _, text := range []string{"one", "two", "three"} {
		alice.Says(text)
	}
	bob.Says("of another")
	alice.ExpectText("3: text one, text two, text three")
	bob.ExpectText("1: text of another")
	alice.Says("look")
	began := time.Now()
	alice.Shows()
	alice.Says("what is this?")
	alice.ExpectText("1: text look")
	assert.Less(t, time.Since(began), 450*time.Millisecond, "it does not wait")
	alice.ExpectText("2: image , text what is this?")
	alice.ExpectNothing()
}

// TestTurnsSurvive stops the bot between two messages of a turn.
func TestTurnsSurvive(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	data := t.TempDir()
	for i, text := range []string{"one", "two"} {
		config := configFor(sim.Simulator)
		config.Data = data
		b, err := bot.New(config)
		require.NoError(t, err)
		turns(b, 2*time.Second)
		stop := start(t, b, sim.Simulator)
		sim.Friend("alice").Says(text)
		require.NoError(t, sim.Settle(t.Context()))
		if i == 0 {
			require.NoError(t, stop())
		}
	}
	sim.Friend("alice").ExpectText("2: text one, text two")
}
