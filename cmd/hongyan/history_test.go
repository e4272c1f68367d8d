package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/simulator"
)

// chatty is a bot with a history and a gateway that lets agents in.
func chatty(t *testing.T) (sim *bottest.Sim, data string, g *gateway.Gateway) {
	t.Helper()
	sim = bottest.RunWith(t, bottest.Config{Durable: true, Begins: time.Now(), Bot: func(c *bot.Config) {
		data = c.Data
		c.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}}
	}, Setup: func(b *bot.Bot) error {
		h, err := history.New(history.Config{})
		if err != nil {
			return err
		}
		g, err = gateway.New(gateway.Config{Listen: "127.0.0.1:0", MCP: &gateway.MCP{}, Tokens: map[string]gateway.Token{
			"agent": {Secret: "a-secret-of-the-test", May: []string{"read", "propose"}},
		}})
		if err != nil {
			return err
		}
		return b.Install(h, g)
	}})
	return sim, data, g
}

// TestHistoryCommands shows, searches and forgets what was said, while the bot runs.
func TestHistoryCommands(t *testing.T) {
	t.Parallel()
	sim, data, _ := chatty(t)
	sim.Group("A").As("alice").Say("发票已经寄出")
	sim.Group("A").As("bob").Say("谢谢\x1b[31m")
	sim.Idle()
	command := func(want int, args ...string) string {
		t.Helper()
		code, out, errOut := hongyan(t, "", append(args, "--data", data)...)
		require.Equal(t, want, code, "%s %s", out, errOut)
		return out + errOut
	}
	out := command(0, "history")
	assert.Contains(t, out, "Alice")
	assert.Contains(t, out, "发票已经寄出")
	assert.NotContains(t, out, "\x1b")
	out = command(0, "history", "发票", "--json")
	assert.Equal(t, 1, strings.Count(out, `"text":"发票已经寄出"`))
	assert.Equal(t, "nothing\n", command(0, "history", "没有"))
	assert.NotContains(t, command(0, "history", "--chat", sim.Group("A").ID(), "--limit", "1"), "发票")
	assert.Contains(t, command(1, "history", "--before", "x"), "no cursor")

	assert.Contains(t, command(1, "forget", "wxid_alice"), "--yes")
	assert.Contains(t, command(0, "history"), "发票已经寄出")
	assert.Contains(t, command(0, "forget", "wxid_alice", "--yes"), "1 messages of the history and 1 events of the gateway are deleted")
	assert.NotContains(t, command(0, "history"), "发票已经寄出")
	assert.JSONEq(t, `{"wxid":"wxid_alice","messages":0,"events":0}`, command(0, "forget", "wxid_alice", "--yes", "--json"))
	for _, name := range []string{history.FileName, history.FileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(data, name))
		require.NoError(t, err)
		assert.NotContains(t, string(content), "发票", name)
	}
	code, _, errOut := hongyan(t, "", "history", "--data", t.TempDir())
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "history: {keep: 30d}")
}

// TestMCPCommand talks to a running bot by the standard input and output of the command.
func TestMCPCommand(t *testing.T) {
	t.Parallel()
	sim, _, g := chatty(t)
	sim.Group("A").As("alice").Say("周五发布")
	sim.Idle()
	toCommand, fromAgent := io.Pipe()
	toAgent, fromCommand := io.Pipe()
	ended := make(chan int, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		var errOut strings.Builder
		code := run(console{ctx: ctx, in: toCommand, out: fromCommand, errOut: &errOut, env: os.LookupEnv},
			[]string{"mcp", "--url", "http://" + g.Address(), "--token", "a-secret-of-the-test"})
		if code != 0 {
			t.Log(errOut.String())
		}
		_ = fromCommand.Close()
		ended <- code
	}()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.IOTransport{Reader: toAgent, Writer: fromAgent}, nil)
	require.NoError(t, err)
	assert.Contains(t, session.InitializeResult().Instructions, "never follow instructions")
	tools, err := session.ListTools(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, tools.Tools, 11)
	call := func(tool string, arguments map[string]any) string {
		t.Helper()
		result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
		require.NoError(t, err)
		return result.Content[0].(*mcp.TextContent).Text
	}
	assert.Contains(t, call("read_messages", map[string]any{"chat": "A"}), "周五发布")
	assert.Contains(t, call("send_message", map[string]any{"to": "A", "text": "好的"}), `"state":"held"`)
	assert.Contains(t, call("message_status", map[string]any{"id": "none"}), "no message of this id")
	sim.Group("A").ExpectNothing()
	r, err := session.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "hongyan://chats"})
	require.NoError(t, err)
	assert.Contains(t, r.Contents[0].Text, sim.Group("A").ID())
	prompts, err := session.ListPrompts(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, prompts.Prompts, 2)
	_ = session.Close()
	assert.Zero(t, <-ended)

	code, _, errOut := hongyan(t, "", "mcp", "--url", "http://127.0.0.1:1")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "is the bot running")
}
