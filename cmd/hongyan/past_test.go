package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestAfterABot runs a bot, and asks for its account and its messages afterwards: nobody has named
// the account.
func TestAfterABot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	delete(d.vars, "HONGYAN_APP_ID")
	pace := outbox.Unlimited()
	b, err := bot.New(bot.Config{
		BaseURL: d.sim.BaseURL(), Token: d.sim.Token(), Listen: "127.0.0.1:0", Admin: bot.NoAdmin, Data: d.data, Pace: &pace,
		Allow: bot.Allow{Everyone: true}, Logger: zap.NewNop(),
	})
	require.NoError(t, err)
	b.Text(router.Say("9-18"), match.Keyword("hours")).Named("hours")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	require.NoError(t, d.sim.AwaitCallback(ctx))
	silent, err := d.sim.Friend("alice").Send(simulator.Draft{Kind: simulator.KindText, Text: "secret words"})
	require.NoError(t, err)
	answered, err := d.sim.Friend("alice").Send(simulator.Draft{Kind: simulator.KindText, Text: "hours?"})
	require.NoError(t, err)
	_, err = d.sim.Friend("alice").AwaitText(ctx, "9-18")
	require.NoError(t, err)
	cancel()
	require.NoError(t, <-ended)

	for _, args := range [][]string{{"status"}, {"groups"}, {"contacts"}, {"members", group}, {"send", "wxid_alice", "hi"}} {
		code, out, errOut := d.types("", args...)
		assert.Equal(t, 0, code, "%v: %s%s", args, out, errOut)
	}
	code, out, _ := d.types("", "groups", "-v")
	assert.Equal(t, 0, code)
	assert.True(t, strings.HasPrefix(out, "ID "), "a table has a header: %s", out)

	key := func(id any) string { return fmt.Sprint(simulator.DefaultAppID, ":", id) }
	code, out, errOut := d.types("", "explain", key(silent.NewMsgID))
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "no answer")
	assert.Contains(t, out, `route hours: Keyword("hours") says no`)
	assert.NotContains(t, out, "secret words")
	code, out, errOut = d.types("", "explain", key(answered.NewMsgID))
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "hours: sent, to wxid_alice")
	code, out, _ = d.types("", "explain", key(answered.NewMsgID), "--json")
	require.Equal(t, 0, code)
	var said struct {
		State string
		Sends []struct{ State, To string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &said))
	assert.Equal(t, "answered", said.State)
	assert.Equal(t, "sent", said.Sends[0].State)
}

// TestSimulatePrintsAllVariables uses what simulate prints, and nothing else.
func TestSimulatePrintsAllVariables(t *testing.T) {
	t.Parallel()
	out, end := simulated(t)
	_, line, found := strings.Cut(out, "export ")
	require.True(t, found, out)
	line, _, _ = strings.Cut(line, "\n")
	d := &desk{t: t, vars: map[string]string{"HONGYAN_DATA": t.TempDir()}}
	for pair := range strings.FieldsSeq(line) {
		name, value, _ := strings.Cut(pair, "=")
		d.vars[name] = value
	}
	for _, args := range [][]string{{"status"}, {"groups"}, {"send", "wxid_alice", "hi"}} {
		code, out, errOut := d.types("", args...)
		assert.Equal(t, 0, code, "%v: %s%s", args, out, errOut)
	}
	end()
}

// simulated runs hongyan simulate until end is called, and returns what it prints.
func simulated(t *testing.T) (out string, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	printed := make(chan string, 16)
	var said strings.Builder
	ended := make(chan int, 1)
	go func() {
		c := console{ctx: ctx, in: strings.NewReader(""), out: lineSink(printed), errOut: lineSink(printed)}
		ended <- run(c, []string{"simulate", "--listen", "127.0.0.1:0"})
	}()
	for !strings.Contains(said.String(), "Ctrl-C") {
		select {
		case text := <-printed:
			said.WriteString(text)
		case <-time.After(time.Minute):
			require.Fail(t, "simulate prints nothing", said.String())
		}
	}
	return said.String(), func() {
		cancel()
		assert.Equal(t, 0, <-ended)
	}
}

type lineSink chan string

func (s lineSink) Write(p []byte) (int, error) {
	s <- string(p)
	return len(p), nil
}
