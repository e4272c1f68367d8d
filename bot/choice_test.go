package bot_test

import (
	"context"
	"fmt"
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
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// startTwo runs one bot with both accounts, which answers everything with the name of the account.
func startTwo(t *testing.T, change func(*bot.Config)) (*simulator.Test, *bot.Bot) {
	t.Helper()
	sim := simulator.Start(t, twoAccounts)
	config := configFor(sim.Simulator)
	if change != nil {
		change(&config)
	}
	b := newBot(t, config)
	b.Observe(func(*router.Context) error { return nil })
	b.Command("form", func(c *router.Context) error {
		name, err := c.Ask("name?")
		if err != nil {
			return err
		}
		return c.Reply(c.Account() + " knows " + name)
	}).Named("form")
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(c.Account() + ": " + m.Body) })
	start(t, b, sim.Simulator)
	return sim, b
}

// answers are the API messages in a group, as soon as the bot has seen all that was said.
func answersIn(t *testing.T, sim *simulator.Test, b *bot.Bot, group string, seen int) []simulator.Message {
	t.Helper()
	require.Eventually(t, func() bool {
		s := b.Stats()
		dropped := 0
		for _, n := range s.Dropped {
			dropped += n
		}
		return s.Handled+dropped >= seen
	}, 10*time.Second, time.Millisecond, "%+v", b.Stats())
	said, err := sim.Messages(group, 0)
	require.NoError(t, err)
	var answers []simulator.Message
	for _, m := range said {
		if m.ByBot() {
			answers = append(answers, m)
		}
	}
	return answers
}

// TestOneOfTwoAccountsAnswers has both accounts in a group: each message gets one answer, from the
// account that is mentioned, else always from the same one. What one account says is not a message
// for the other.
func TestOneOfTwoAccountsAnswers(t *testing.T) {
	t.Parallel()
	for name, listed := range map[string][]bot.Account{
		"all of the token": nil,
		"listed":           {{AppID: simulator.DefaultAppID}, {AppID: secondApp}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, b := startTwo(t, func(c *bot.Config) { c.Accounts = listed })
			alice, bob := sim.Group("A").Member("alice"), sim.Group("A").Member("bob")
			// Each message is seen by two accounts, and so is each answer by the other account.
			alice.Says("one")
			require.Len(t, answersIn(t, sim, b, "A", 3), 1)
			bob.Says("two")
			require.Len(t, answersIn(t, sim, b, "A", 6), 2)
			alice.Says("@小雁 three", secondWxid)
			require.Len(t, answersIn(t, sim, b, "A", 9), 3)
			alice.Says("@鸿雁 four", simulator.DefaultWxid)
			require.Len(t, answersIn(t, sim, b, "A", 12), 4)
			bob.Says("five")
			answers := answersIn(t, sim, b, "A", 15)
			require.Len(t, answers, 5)
			assert.Equal(t, secondApp, answers[2].AppID)
			assert.Equal(t, simulator.DefaultAppID, answers[3].AppID)
			assert.Equal(t, answers[0].AppID, answers[1].AppID, "a stable choice")
			assert.Equal(t, answers[0].AppID, answers[4].AppID, "a mention changes it for one message")
			assert.Equal(t, 5, b.Stats().Dropped["another account answers"])
			assert.Equal(t, 5, b.Stats().Dropped["self"])
			sim.Group("C").Member("alice").Says("alone") // the second account is not in this group
			sim.Group("C").ExpectText(simulator.DefaultAppID + ": alone")
		})
	}
}

func TestAllAccountsAnswerIfTheyShall(t *testing.T) {
	t.Parallel()
	sim, b := startTwo(t, func(c *bot.Config) { c.AllAnswer = true })
	sim.Group("A").Member("alice").Says("hi")
	answers := answersIn(t, sim, b, "A", 4)
	require.Len(t, answers, 2)
	assert.NotEqual(t, answers[0].AppID, answers[1].AppID)
}

// TestAFormOfAnAccountGoesOnWithIt lets a person begin a form with the account that does not
// usually answer in the group.
func TestAFormOfAnAccountGoesOnWithIt(t *testing.T) {
	t.Parallel()
	sim, b := startTwo(t, nil)
	alice := sim.Group("A").Member("alice")
	alice.Says("hello")
	first := answersIn(t, sim, b, "A", 3)[0].AppID
	other, wxid := secondApp, secondWxid
	if first == secondApp {
		other, wxid = simulator.DefaultAppID, simulator.DefaultWxid
	}
	alice.Says("form", wxid)
	sim.Group("A").ExpectText("name?")
	answersIn(t, sim, b, "A", 6) // the form is stored: no person answers while its question is still on its way
	alice.Says("Alice")
	sim.Group("A").ExpectText(other + " knows Alice")
	assert.Len(t, answersIn(t, sim, b, "A", 9), 3, "and only with it")
}

// TestAccountsOfOneBotDoNotAnswerEachOther lets one account write to the other, as a schedule
// would.
func TestAccountsOfOneBotDoNotAnswerEachOther(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bot.Config){
		"learned": func(*bot.Config) {},
		"configured": func(c *bot.Config) {
			c.Accounts = []bot.Account{{AppID: simulator.DefaultAppID, Wxid: simulator.DefaultWxid}, {AppID: secondApp}}
		},
		"keep self": func(c *bot.Config) { c.KeepSelf = true },
		"by another process": func(c *bot.Config) {
			c.Store = memory.New(memory.Config{})
			_, err := c.Store.State().Put(context.Background(), "bot/account/"+simulator.DefaultAppID, []byte(simulator.DefaultWxid), 0)
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, b := startTwo(t, change)
			seen := 1
			if name == "learned" || name == "keep self" {
				sim.Friend("alice").Says("hi") // the first account gets it
				sim.Friend("alice").ExpectText(simulator.DefaultAppID + ": hi")
				seen++
			}
			_, err := b.Client().Message.Send(t.Context(),
				api.PostText{AppID: simulator.DefaultAppID, To: secondWxid, Content: "report"})
			require.NoError(t, err)
			answersIn(t, sim, b, "", seen)
			assert.Equal(t, map[string]int{"self": 1}, b.Stats().Dropped)
		})
	}
}

// processes is a bot in several processes with one store, each with one account of a group.
func TestProcessesAgreeWhoAnswers(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t, twoAccounts)
	state := memory.New(memory.Config{})
	var bots []*bot.Bot
	runs := make(chan string, 100)
	for range 2 {
		config := configFor(sim.Simulator)
		config.Store = ownInbox{memory.New(memory.Config{}), state.State()}
		b := newBot(t, config)
		b.Text(func(c *router.Context, m *xmlmsg.Text) error { runs <- c.Account() + " " + m.Body; return nil }, match.Group())
		start(t, b, nil)
		bots = append(bots, b)
	}
	apps := []string{simulator.DefaultAppID, secondApp}
	wxids := []string{simulator.DefaultWxid, secondWxid}
	for i := range 10 {
		for p := range 2 {
			p = (p + i) % 2 // now the one, now the other is first
			assert.Equal(t, 200, post(t, bots[p], "/callback", groupText(apps[p], wxids[p], i)))
		}
	}
	require.Eventually(t, func() bool {
		a, b := bots[0].Stats(), bots[1].Stats()
		return a.Handled+b.Handled+a.Dropped["another account answers"]+b.Dropped["another account answers"] == 20
	}, 10*time.Second, time.Millisecond)
	require.Len(t, runs, 10)
	first := <-runs
	for range 9 {
		assert.Equal(t, strings.Fields(first)[0], strings.Fields(<-runs)[0])
	}
}

func groupText(app, wxid string, i int) string {
	return fmt.Sprintf(`{"TypeName":"AddMsg","Appid":%q,"Wxid":%q,"Data":{"MsgType":1,"NewMsgId":%d,"FromUserName":{"string":%q},`+
		`"ToUserName":{"string":%q},"Content":{"string":"wxid_alice:\nn%d"},"CreateTime":%d}}`, app, wxid, 4000000000000000001+i, groupA,
		wxid, i, time.Now().Unix())
}

// ownInbox is a store of which only the state is shared.
type ownInbox struct {
	store.Store
	state store.State
}

func (s ownInbox) State() store.State { return s.state }

// TestAnotherAccountTakesOver lets the account that answers in a group leave it, or log out.
func TestAnotherAccountTakesOver(t *testing.T) {
	t.Parallel()
	left := `{"TypeName":"DelContacts","Appid":%q,"Wxid":%q,"Data":{"UserName":{"string":"` + groupA + `"}}}`
	out := `{"TypeName":"Offline","Appid":%q,"Wxid":%q}`
	for name, body := range map[string]string{"left": left, "logged out": out} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t, twoAccounts)
			b := newBot(t, configFor(sim.Simulator))
			runs := make(chan string, 10)
			b.Text(func(c *router.Context, m *xmlmsg.Text) error { runs <- c.Account() + " " + m.Body; return nil })
			start(t, b, nil)
			post(t, b, "/callback", groupText(simulator.DefaultAppID, simulator.DefaultWxid, 1))
			assert.Equal(t, simulator.DefaultAppID+" n1", <-runs)
			post(t, b, "/callback", groupText(secondApp, secondWxid, 1))
			require.Eventually(t, func() bool { return b.Stats().Dropped["another account answers"] == 1 },
				10*time.Second, time.Millisecond)
			post(t, b, "/callback", fmt.Sprintf(body, simulator.DefaultAppID, simulator.DefaultWxid))
			require.Eventually(t, func() bool {
				s := b.Stats()
				return s.Handled+s.Unhandled+s.Dropped["another account answers"] == 3
			}, 10*time.Second, time.Millisecond)
			post(t, b, "/callback", groupText(secondApp, secondWxid, 2))
			select {
			case run := <-runs:
				assert.Equal(t, secondApp+" n2", run)
			case <-time.After(10 * time.Second):
				t.Fatalf("nobody took over: %+v", b.Stats())
			}
		})
	}
}
