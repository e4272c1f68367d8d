package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
)

// TestDead works on the dead letters of a running bot, whose store is open all the time.
func TestDead(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	back := openedStore(t, data)
	in := back.Inbox()
	const lane = "wx_a/wxid_a"
	var seqs []string
	for i := range 3 {
		body := fmt.Sprintf(`{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":%d,`+
			`"FromUserName":{"string":"wxid_a"},"Content":{"string":"geheim %d"}}}`, i+1, i+1)
		_, err := in.Append(t.Context(), store.Item{Key: fmt.Sprint("wx_a:", i+1), Lane: lane, Body: []byte(body), Received: time.Now()})
		require.NoError(t, err)
		leases, err := in.Lease(t.Context(), 1, time.Minute)
		require.NoError(t, err)
		seqs = append(seqs, strconv.FormatUint(leases[0].Seq, 10))
		require.NoError(t, in.Bury(t.Context(), leases[0], store.Failure{
			Reason: "plugin: the shop is closed\nsecond line", Stack: "main.go:7",
		}))
	}
	command := storeCommand(t, data)
	out, _ := command(0, "dead", "list")
	for _, want := range []string{"SEQ", "text", lane, "the shop is closed", seqs[0], seqs[2]} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "second line", "one line each")
	out, errOut := command(0, "dead", "list", "--limit", "2", "--json")
	assert.Equal(t, 2, strings.Count(out, "\n"))
	assert.Contains(t, errOut, "--after "+seqs[1])
	out, _ = command(0, "dead", "list", "--after", seqs[2])
	assert.Equal(t, "nothing\n", out)

	out, _ = command(0, "dead", "show", seqs[1])
	for _, want := range []string{"wx_a:2", "main.go:7", "second line"} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "geheim", "what was said is shown on demand only")
	out, _ = command(0, "dead", "show", seqs[1], "--body", "--json")
	var shown map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &shown))
	assert.Contains(t, shown["body"], "geheim 2")
	_, errOut = command(1, "dead", "show", "999")
	assert.Contains(t, errOut, "hongyan dead list shows the numbers")

	_, errOut = command(2, "dead", "retry")
	assert.Contains(t, errOut, "--all")
	_, errOut = command(1, "dead", "drop", seqs[0], "999")
	assert.Contains(t, errOut, "no dead letter 999")
	out, _ = command(0, "inbox", "stats")
	assert.Contains(t, out, "dead letters   2")
	out, _ = command(0, "dead", "retry", "--all")
	assert.Equal(t, 2, strings.Count(out, "back in the inbox"))
	for _, key := range []string{"wx_a:2", "wx_a:3"} {
		leases, err := in.Lease(t.Context(), 1, time.Minute) // the bot sees it although another process did it
		require.NoError(t, err)
		assert.Equal(t, key, leases[0].Key, "in their order")
		require.NoError(t, in.Complete(t.Context(), leases[0]))
	}
	out, _ = command(0, "inbox", "stats", "--json")
	var stats map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &stats))
	none := map[string]any{}
	assert.Equal(t, map[string]any{"pending": 0.0, "leased": 0.0, "dead": 0.0, "keys": 3.0, "tasks": none, "sends": none}, stats)
}
