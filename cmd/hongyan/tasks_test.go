package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// TestTasks works on the tasks of a running bot, whose store is open all the time.
func TestTasks(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName)})
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	command := func(want int, args ...string) string {
		t.Helper()
		code, out, errOut := hongyan(t, "", append(args, "--data", data)...)
		require.Equal(t, want, code, "%s %s", out, errOut)
		return out + errOut
	}
	assert.Equal(t, "nothing\n", command(0, "tasks", "list"))
	tasks := tasksOf(back)
	for _, key := range []string{"wx_a/1", "wx_a/2", "wx_a/3"} {
		_, err := tasks.Later(t.Context(), task.Request{
			Name: "welcome/greet", Key: key, Delay: time.Hour, Data: json.RawMessage(`"geheim"`),
			Origin: task.Origin{Account: "wx_a", Conversation: "1@chatroom"},
		})
		require.NoError(t, err)
	}
	out := command(0, "tasks", "list")
	for _, want := range []string{"NAME", "welcome/greet", "wx_a/1", "pending", "1@chatroom"} {
		assert.Contains(t, out, want)
	}
	out = command(0, "tasks", "list", "--json", "--name", "welcome/greet", "--limit", "2")
	assert.Equal(t, 2, strings.Count(out, `"state":"pending"`))
	assert.NotContains(t, out, "geheim")
	assert.Contains(t, out, "there are more")
	assert.Equal(t, "nothing\n", command(0, "tasks", "list", "--name", "other"))
	assert.Contains(t, command(0, "inbox", "stats"), "welcome/greet 3 to be done later")

	assert.Equal(t, "welcome/greet wx_a/1: cancelled\n", command(0, "tasks", "cancel", "welcome/greet", "wx_a/1"))
	assert.Contains(t, command(1, "tasks", "cancel", "welcome/greet", "wx_a/1"), "hongyan tasks list shows")
	assert.JSONEq(t, `{"name":"welcome/greet","key":"wx_a/2","state":"due"}`,
		command(0, "tasks", "run-now", "welcome/greet", "wx_a/2", "--json"))
	lease := next(t, back)
	require.NoError(t, tasks.Park(t.Context(), task.Trigger{Name: "welcome/greet", Key: "wx_a/2", Revision: 1}, lease.Item))
	require.NoError(t, back.Inbox().Complete(t.Context(), lease))
	assert.Contains(t, command(0, "tasks", "list"), "waiting_for_plugin")
	assert.Contains(t, command(0, "tasks", "cancel", "welcome/greet", "wx_a/2"), "cancelled")

	command(0, "tasks", "run-now", "welcome/greet", "wx_a/3")
	require.NoError(t, back.Inbox().Bury(t.Context(), next(t, back), store.Failure{Reason: "it failed"}))
	assert.Contains(t, command(0, "dead", "list"), "task welcome/greet")
	assert.Contains(t, command(0, "dead", "list", "--json"), `"kind":"task","task":"welcome/greet"`)
}

// next leases what is ready.
func next(t *testing.T, back store.Store) store.Lease {
	t.Helper()
	leases, err := back.Inbox().Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	return leases[0]
}
