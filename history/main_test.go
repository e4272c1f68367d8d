package history_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a bot with a history that says "hello" for "hi".
type fixture struct {
	*bottest.Sim
	t testing.TB
	h *history.History // the latest one
}

func start(t testing.TB, c history.Config, change ...func(*bottest.Config)) *fixture {
	t.Helper()
	f := &fixture{t: t}
	config := bottest.Config{Setup: func(b *bot.Bot) (err error) {
		if f.h, err = history.New(c); err != nil {
			return err
		}
		b.Text(router.Say("hello 你好呀"), match.Keyword("hi"))
		return b.Install(f.h)
	}}
	config.Bot = func(c *bot.Config) { c.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}} }
	for _, x := range change {
		x(&config)
	}
	f.Sim = bottest.RunWith(t, config)
	return f
}

// in are the texts of the messages of a chat.
func (f *fixture) in(chat string) (list []string) {
	f.t.Helper()
	f.Idle()
	p, err := f.h.Messages(f.t.Context(), history.Query{Chats: []string{chat}})
	require.NoError(f.t, err)
	return texts(p)
}

// found are the texts that a search finds.
func (f *fixture) found(words string) []string {
	f.t.Helper()
	f.Idle()
	p, err := f.h.Search(f.t.Context(), history.Query{Words: words})
	require.NoError(f.t, err)
	return texts(p)
}

func texts(p history.Page) []string {
	list := []string{}
	for _, m := range p.Messages {
		list = append(list, m.Text)
	}
	return list
}
