// Package consoletest has a bot with a console and with troubles, for the tests of the console.
package consoletest

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Token is the token of the console, Password its password.
const (
	Token    = "token-of-the-tests" //nolint:gosec // it opens nothing
	Password = "password of the tests"
)

// Secret is what nobody may see in a page unless it is asked for: it is in all messages of Trouble.
const Secret = "SECRET-MARKER"

// World is a bot that runs, with its console and the simulator that it talks to.
type World struct {
	*simulator.Test
	Bot   *bot.Bot
	Store store.Store
	URL   string // of the console: "http://127.0.0.1:1234/console/"
	// Mended lets the handler work that failed.
	Mended *atomic.Bool
}

// greeter is a plugin.
type greeter struct{}

func (greeter) Name() string { return "welcome" }

func (greeter) Setup(h *bot.Handle) error {
	h.Text(router.Say("欢迎！先看群公告。"), match.Keyword("你好")).Named("welcome/hello")
	h.Task("remind", func(*bot.Task[string]) error { return nil })
	h.Schedule("digest", "0 22 * * *", func(j *bot.Job) error { return j.To("wxid_alice").SendText("晚安") }, bot.Zone("Asia/Shanghai"))
	return nil
}

func (greeter) Close() error { return nil }

// Start starts the bot. An empty console.Config has the password and the token of this package.
func Start(t testing.TB, c console.Config, prepare ...func(*bot.Config)) *World {
	t.Helper()
	if c.Password == "" && c.Token == "" && c.Print == nil {
		c.Password, c.Token = Password, Token
	}
	sim := simulator.Start(t)
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), sqlite.FileName)})
	require.NoError(t, err)
	unlimited := outbox.Unlimited()
	config := bot.Config{
		BaseURL: sim.BaseURL(), Token: sim.Token(), Listen: "127.0.0.1:0", Admin: "127.0.0.1:0", Store: back, Data: t.TempDir(),
		MaxAttempts: 1, Allow: bot.Allow{Everyone: true}, Pace: &unlimited, Logger: zap.NewNop(),
	}
	for _, change := range prepare {
		change(&config)
	}
	b, err := bot.New(config)
	require.NoError(t, err)
	w := &World{Test: sim, Bot: b, Store: back, Mended: &atomic.Bool{}}
	w.routes()
	made, err := console.New(c)
	require.NoError(t, err)
	kept, err := history.New(history.Config{})
	require.NoError(t, err)
	require.NoError(t, b.Install(greeter{}, kept, made))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }() // ended by the clean-up
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	address, err := b.AdminAddress(t.Context())
	require.NoError(t, err)
	w.URL = "http://" + address + "/console/"
	require.NoError(t, sim.AwaitCallback(t.Context()))
	return w
}

// errTables is why the handler "sheets" fails until it is mended.
var errTables = errors.New("sheets: 503 from http://tables.example.com") //nolint:gochecknoglobals // a constant

func (w *World) routes() {
	w.Bot.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("几点开门")).Named("hours")
	w.Bot.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if !w.Mended.Load() {
			return errTables
		}
		return c.Reply("记下了：" + m.Body)
	}, match.Regexp("表格")).Named("sheets")
	w.Bot.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("收到 " + m.Body) }, match.Regexp("回声")).Named("echo")
	w.Bot.Text(router.Say("在催了"), match.Keyword("催一下"), router.Cooldown(router.BySender, time.Hour)).Named("hurry")
	w.Bot.Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if text, ok := m.Send.(api.PostText); ok && strings.Contains(text.Content, "工资") {
			v.Hold = "the text has a word of the list: 工资"
		}
		return v
	})
}

// Trouble has messages fail in all ways: two dead letters, an unknown send, a held and a refused
// one. All of them have Secret in their text.
func (w *World) Trouble(t testing.TB) {
	t.Helper()
	alice, bob := w.Friend("alice"), w.Friend("bob")
	alice.Says("几点开门")
	alice.ExpectText("营业时间 9:00-18:00")
	alice.Says("表格 一 " + Secret)
	bob.Says("表格 二 " + Secret)
	w.await(t, func(n queueNumbers) bool { return n.dead == 2 })
	bob.Says("回声 工资 " + Secret)
	w.await(t, func(n queueNumbers) bool { return n.sends[store.Held] == 1 })
	w.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultRefuse})
	alice.Says("回声 一 " + Secret)
	w.await(t, func(n queueNumbers) bool { return n.sends[store.Refused] == 1 })
	w.Breaks(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop})
	bob.Says("回声 二 " + Secret)
	w.await(t, func(n queueNumbers) bool { return n.sends[store.Unknown] == 1 })
}

type queueNumbers struct {
	dead  int
	sends map[store.SendState]int
}

// await waits until the store is as it should be.
func (w *World) await(t testing.TB, is func(queueNumbers) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		stats, err := w.Store.Inbox().Stats(t.Context())
		require.NoError(t, err)
		sends, err := w.Store.Ledger().Count(t.Context())
		require.NoError(t, err)
		return is(queueNumbers{stats.Dead, sends})
	}, time.Minute, 5*time.Millisecond)
}
