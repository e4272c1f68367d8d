package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestOutbox works on the outbox of a running bot, whose store is open all the time.
func TestOutbox(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	back := openedStore(t, data)
	sent := make(chan string, 10)
	send := func(_ context.Context, m api.Send) (*api.SentMessage, error) {
		sent <- api.TargetOf(m)
		return &api.SentMessage{}, nil
	}
	o, err := outbox.New(outbox.Config{Store: back, Sweep: 20 * time.Millisecond, Send: send})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	running := make(chan error, 1)
	go func() { running <- o.Run(ctx) }()
	for key, hold := range map[string]string{"sent/1": "", "held/1": "money", "held/2": "money"} {
		_, err := o.Send(ctx, outbox.Message{
			Send: api.PostText{AppID: "wx_a", To: "wxid_" + key[:4], Content: "geheim"}, Key: key, Hold: hold, Class: outbox.Answer,
		})
		require.NoError(t, err)
	}
	assert.Equal(t, "wxid_sent", <-sent)

	command := storeCommand(t, data, "outbox")
	out, _ := command(0, "list")
	for _, want := range []string{"TIME", "held", "answer", "/message/postText", "wxid_held", "held/1", "held/2", "money"} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "sent/1")
	assert.NotContains(t, out, "geheim", "text is shown on demand only")
	out, _ = command(0, "list", "--text")
	assert.Contains(t, out, "geheim")
	out, _ = command(0, "list", "--state", "sent", "--json")
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &line))
	assert.Equal(t, "sent/1", line["key"])
	assert.NotContains(t, line, "text")
	out, _ = command(0, "list", "--account", "wx_b")
	assert.Equal(t, "nothing\n", out)
	out, errOut := command(0, "list", "--limit", "1")
	assert.Equal(t, 2, strings.Count(out, "\n"))
	assert.Contains(t, errOut, "--after ")
	_, errOut = command(1, "list", "--state", "lost")
	assert.Contains(t, errOut, "queued, held")

	_, errOut = command(1, "resend", "held/1", "nobody/1")
	assert.Contains(t, errOut, "hongyan outbox list shows the keys")
	assert.Equal(t, "wxid_held", <-sent, "the bot finds it")
	out, _ = command(0, "drop", "held/2")
	assert.Equal(t, "held/2: dropped\n", out)
	s, err := back.Ledger().Get(ctx, "held/2")
	require.NoError(t, err)
	assert.Equal(t, store.Refused, s.State)
	assert.Empty(t, s.Body)

	command(0, "pause", "--reason", "a complaint")
	command(0, "pause", "--account", "wx_a")
	require.NoError(t, os.WriteFile(filepath.Join(data, "STOP"), nil, 0o600))
	// Another process has paused it.
	require.Eventually(t, func() bool { return o.Paused(ctx, "wx_b") != "" }, 5*time.Second, 10*time.Millisecond)
	_, errOut = command(0, "list")
	assert.Contains(t, errOut, "sending is stopped for all accounts since ")
	assert.Contains(t, errOut, "a complaint")
	assert.Contains(t, errOut, filepath.Join(data, "STOP"))
	_, errOut = command(exitPerson, "resume", "--account", "wx_a")
	assert.Contains(t, errOut, "all accounts are still stopped (a complaint): resume without --account ends that")
	assert.Contains(t, errOut, "STOP: resume without --account removes it")
	command(0, "pause", "--account", "wx_a")
	out, errOut = command(0, "resume")
	assert.Contains(t, out, "all accounts may send again, stopped since ")
	assert.Contains(t, out, "wx_a may send again")
	assert.Contains(t, out, "resumed")
	assert.Empty(t, errOut)
	assert.NoFileExists(t, filepath.Join(data, "STOP"))
	out, _ = command(0, "resume")
	assert.Contains(t, out, "nothing was stopped")
	require.Eventually(t, func() bool { return o.Paused(ctx, "wx_a") == "" }, 5*time.Second, 10*time.Millisecond)

	stop()
	require.ErrorIs(t, <-running, context.Canceled)
	require.NoError(t, o.Close(t.Context()))
	code, _, errOut := hongyan(t, "", "outbox", "list", "--data", filepath.Join(data, "missing"))
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no bot has kept anything in "+filepath.Join(data, "missing"))
}

// TestTheKeyThatTheAuthorGave is what list shows and drop takes, also if the store has a longer
// one.
func TestTheKeyThatTheAuthorGave(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName)})
	require.NoError(t, err)
	o, err := outbox.New(outbox.Config{Store: back, Send: func(context.Context, api.Send) (*api.SentMessage, error) { return nil, nil }})
	require.NoError(t, err)
	for _, account := range []string{"wx_a", "wx_b"} {
		for _, key := range []string{"both", "only " + account} {
			m := router.NewMessage(api.PostText{AppID: account, To: "wxid_x", Content: "hi"}, router.Key(key), router.Hold("money"))
			_, err := o.Send(t.Context(), m)
			require.NoError(t, err)
		}
	}
	require.NoError(t, o.Close(t.Context()))
	require.NoError(t, back.Close())
	_, out, _ := hongyan(t, "", "outbox", "list", "--data", data)
	assert.Contains(t, out, "only wx_a")
	assert.NotContains(t, out, "key/")
	code, out, errOut := hongyan(t, "", "outbox", "drop", "only wx_a", "both", "key/wx_b/both", "--data", data)
	assert.Equal(t, 1, code)
	assert.Equal(t, "only wx_a: dropped\nkey/wx_b/both: dropped\n", out)
	assert.Contains(t, errOut, `give one of ["key/wx_a/both" "key/wx_b/both"]`)
}
