package history_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/natstest"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

func count(t testing.TB, f *history.File) int {
	t.Helper()
	require.NoError(t, f.CatchUp(t.Context()))
	return f.Rows(t)
}

// TestACrashLosesNothing ends between the log and the file, between a send and its outcome, and
// with the file deleted or of another store.
func TestACrashLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, history.FileName)
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, sqlite.FileName)})
	require.NoError(t, err)
	f := open(t, back, path)
	say(t, back, 1, "1@chatroom", "wxid_a", "in the file")
	assert.Equal(t, 1, count(t, f))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	say(t, back, 2, "1@chatroom", "wxid_a", "only in the log")
	say(t, back, 2, "1@chatroom", "wxid_a", "only in the log") // the handler is run again
	leave(t, back, "k", "said by the bot")
	require.NoError(t, f.Close())
	require.NoError(t, back.Close())

	back, err = sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(dir, sqlite.FileName)})
	require.NoError(t, err)
	defer func() { require.NoError(t, back.Close()) }()
	f = open(t, back, path)
	page := func() []string {
		t.Helper()
		p, err := f.Messages(t.Context(), history.Query{})
		require.NoError(t, err)
		return texts(p)
	}
	assert.Equal(t, []string{"in the file", "only in the log"}, page(), "the send has no outcome yet")
	s, err := back.Ledger().Get(t.Context(), "k")
	require.NoError(t, err)
	s.State, s.Result = store.Sent, []byte(`{"newMsgId":77}`)
	_, err = back.Ledger().Update(t.Context(), s)
	require.NoError(t, err)
	assert.Equal(t, []string{"in the file", "only in the log", "said by the bot"}, page())
	m, err := f.Message(t.Context(), "wx_a:77")
	require.NoError(t, err)
	assert.Equal(t, "sent", m.State)

	require.NoError(t, f.Close())
	require.NoError(t, os.Remove(path))
	f = open(t, back, path)
	assert.Equal(t, []string{"in the file", "only in the log", "said by the bot"}, page(), "the log has it all")

	other := newStore(t)
	say(t, other, 1, "1@chatroom", "wxid_a", "in the file")
	say(t, other, 9, "1@chatroom", "wxid_a", "of another store")
	require.NoError(t, f.Close())
	f = open(t, other, path)
	assert.Equal(t, []string{"in the file", "only in the log", "of another store", "said by the bot"}, page())

	require.NoError(t, f.Close())
	_, err = f.Messages(t.Context(), history.Query{})
	require.ErrorIs(t, err, history.ErrClosed)
}

// leave appends a message of the bot that leaves, and what the ledger has of it.
func leave(t testing.TB, back store.Store, key, text string) {
	t.Helper()
	now := time.Now()
	data, err := json.Marshal(map[string]any{
		"op": "say", "key": "send/" + key, "account": "wx_a", "chat": "1@chatroom", "type": "group", "kind": "text", "self": true,
		"time": now.UnixMilli(), "text": text, "state": "sending", "attempt": 1,
	})
	require.NoError(t, err)
	_, _, err = back.Log().Append(context.Background(), "history", store.Line{ID: "say/send/" + key, Time: now, Data: data}, 0)
	require.NoError(t, err)
	_, _, err = back.Ledger().Reserve(context.Background(), store.Send{
		Key: key, Account: "wx_a", Target: "1@chatroom", Endpoint: "/message/postText", State: store.Sending, Attempts: 1,
	})
	require.NoError(t, err)
}

// TestTwoFilesOfOneLog follows the log of a NATS cluster from two processes: each has all, also
// what a person is forgotten in the other.
func TestTwoFilesOfOneLog(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, nil)
	connect := func() store.Store {
		back, err := nats.Open(t.Context(), nats.Config{URL: natstest.URLs(server), Replicas: 1})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, back.Close()) })
		return back
	}
	one, two := connect(), connect()
	a, b := open(t, one, filepath.Join(t.TempDir(), history.FileName)), open(t, two, "")
	for i := range 20 {
		say(t, []store.Store{one, two}[i%2], i, "1@chatroom", fmt.Sprint("wxid_", i%3), fmt.Sprint("消息", i))
	}
	assert.Equal(t, 20, count(t, a))
	assert.Equal(t, 20, count(t, b))
	n, err := a.Forget(t.Context(), "wxid_0")
	require.NoError(t, err)
	assert.Equal(t, 7, n)
	assert.Equal(t, 13, count(t, b))
	late := open(t, two, "")
	assert.Equal(t, 13, count(t, late), "a file that begins anew has not seen the person")
}

// TestManyAtOnce asks and follows from many goroutines, in two processes of one file.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	back := newStore(t)
	path := filepath.Join(t.TempDir(), history.FileName)
	files := []*history.File{open(t, back, path), open(t, back, path)}
	const workers, each = 8, 30
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range each {
				say(t, back, w*each+i, "1@chatroom", "wxid_a", "同时 word"+strings.Repeat("x", w))
				_, err := files[w%2].Search(t.Context(), history.Query{Words: "同时", Limit: 5})
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	assert.Equal(t, workers*each, count(t, files[0]))
	assert.Equal(t, workers*each, count(t, files[1]))
}

// TestPlans looks at how the questions are answered: by an index, and without sorting.
func TestPlans(t *testing.T) {
	t.Parallel()
	back := newStore(t)
	f := open(t, back, filepath.Join(t.TempDir(), history.FileName))
	say(t, back, 1, "1@chatroom", "wxid_a", "你好世界")
	require.Equal(t, 1, count(t, f))
	chat := []string{"1@chatroom"}
	from := time.Now().Add(-48 * time.Hour)
	for name, q := range map[string]struct {
		history.Query
		search bool
		want   string
	}{
		"the latest":     {history.Query{Chats: chat}, false, "INDEX messages_chat (chat=? AND time>"},
		"older":          {history.Query{Chats: chat, Before: "9-9"}, false, "INDEX messages_chat (chat=? AND time>"},
		"newer":          {history.Query{Chats: chat, After: "1-1"}, false, "INDEX messages_chat (chat=? AND time>"},
		"by time":        {history.Query{Chats: chat, From: from, To: time.Now()}, false, "INDEX messages_chat (chat=? AND time>"},
		"all chats":      {history.Query{From: from}, false, "INDEX messages_time (time>"},
		"words":          {history.Query{Words: "世界"}, true, "words VIRTUAL TABLE INDEX"},
		"more words":     {history.Query{Words: "世界 你", Chats: chat, Person: "wxid_a"}, true, "words VIRTUAL TABLE INDEX"},
		"older by words": {history.Query{Words: "世界", Before: "9-9"}, true, "words VIRTUAL TABLE INDEX"},
	} {
		plan := f.Plan(t, q.Query, q.search)
		assert.Contains(t, plan, q.want, name)
		assert.NotContains(t, plan, "TEMP B-TREE", "%s: it sorts", name)
		for line := range strings.SplitSeq(plan, "\n") {
			if strings.HasPrefix(line, "SCAN") {
				assert.Contains(t, line, "words VIRTUAL TABLE INDEX", "%s: it reads a whole table", name)
			}
		}
		p, err := f.Messages(t.Context(), history.Query{Chats: chat})
		require.NoError(t, err)
		assert.Len(t, p.Messages, 1)
	}
}
