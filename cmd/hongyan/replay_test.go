package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/simulator"
)

const replayConfig = `
service: {token: "${HONGYAN_TOKEN}"}
allow: {groups: [10000000001@chatroom]}
rules:
  - {name: hours, on: text, in: [10000000001@chatroom], regexp: '.', reply: "{{.Sender}}"}
`

const groupText = `{"TypeName":"AddMsg","Appid":"wx_device","Wxid":"wxid_me","Data":{"NewMsgId":4000000000000001,"MsgType":1,` +
	`"FromUserName":{"string":"10000000001@chatroom"},"ToUserName":{"string":"wxid_me"},` +
	`"Content":{"string":"wxid_alice:\nhello"},"CreateTime":1772366400}}`

// TestReplay records, replays with the ids of the configuration, and compares with a golden file.
func TestReplay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, golden, out := filepath.Join(dir, "bot.yaml"), filepath.Join(dir, "golden.jsonl"), filepath.Join(dir, "rec")
	require.NoError(t, os.WriteFile(config, []byte(replayConfig), 0o600))
	recorder, err := record.New(record.Config{Dir: out})
	require.NoError(t, err)
	require.NoError(t, recorder.Record([]byte(groupText)))
	require.NoError(t, recorder.Record([]byte(strings.NewReplacer("10000000001@", "20000000002@", "0001,", "0002,").Replace(groupText))))
	require.NoError(t, recorder.Close())

	code, calls, errOut := hongyan(t, "", "replay", "-c", config, "--explain", out)
	require.Equal(t, 0, code, errOut)
	assert.Equal(t, 1, strings.Count(calls, "\n"), calls)
	assert.Contains(t, calls, `"endpoint":"/message/postText"`)
	assert.NotContains(t, calls, "alice")
	assert.Contains(t, errOut, "dropped: not allowed")

	code, _, errOut = hongyan(t, "", "replay", "-c", config, "--golden", golden, out)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "--update writes it")
	code, _, errOut = hongyan(t, "", "replay", "-c", config, "--golden", golden, "--update", out)
	require.Equal(t, 0, code, errOut)
	code, diff, errOut := hongyan(t, "", "replay", "-c", config, "--golden", golden, out)
	require.Equal(t, 0, code, errOut)
	assert.Empty(t, diff)

	require.NoError(t, os.WriteFile(config, []byte(strings.Replace(replayConfig, "{{.Sender}}", "other", 1)), 0o600))
	code, diff, _ = hongyan(t, "", "replay", "-c", config, "--golden", golden, out)
	assert.Equal(t, 1, code)
	assert.Contains(t, diff, "+++ replay")
	assert.Contains(t, diff, "+{")

	body := filepath.Join(dir, "body.json")
	require.NoError(t, os.WriteFile(body, []byte(groupText), 0o600))
	code, calls, errOut = hongyan(t, "", "replay", "-c", config, "--fail", "/message/postText=refused", body)
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, calls, `"content":"other"`)
	assert.Contains(t, calls, "refused on order")
}

func TestReplayMistakes(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(config, []byte(replayConfig), 0o600))
	for want, args := range map[string][]string{
		"--golden FILE":         {"--update", config},
		"refused or as unknown": {"--fail", "/x=often", config},
		"no such file":          {"none.jsonl"},
		"is no key":             {"--key", config, config},
	} {
		code, _, errOut := hongyan(t, "", append([]string{"replay", "-c", config}, args...)...)
		assert.Equal(t, 1, code, want)
		assert.Contains(t, errOut, want)
	}
}

// TestRecord runs the listener, and posts callbacks to it.
func TestRecord(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "rec")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	var errOut bytes.Buffer
	done := make(chan int, 1)
	go func() {
		c := console{ctx: ctx, in: strings.NewReader(""), out: write, errOut: &errOut}
		done <- run(c, []string{"record", "--listen", "127.0.0.1:0", "--out", out})
		_ = write.Close()
	}()
	line := make([]byte, 4096)
	n, err := read.Read(line)
	require.NoError(t, err)
	url := strings.Fields(string(line[:n]))[5]
	require.True(t, strings.HasPrefix(url, "http://127.0.0.1:"), string(line[:n]))
	response, err := http.Post(url, "application/json", strings.NewReader(groupText))
	require.NoError(t, err)
	_ = response.Body.Close()
	assert.Equal(t, 200, response.StatusCode)
	http.DefaultClient.CloseIdleConnections()
	entries, err := replay.Read(out) // before the end: a 200 is a promise
	require.NoError(t, err)
	require.Len(t, entries, 1)
	assert.NotContains(t, string(entries[0].Body), "hello")
	cancel()
	_, _ = io.Copy(io.Discard, read)
	assert.Equal(t, 0, <-done, errOut.String())
}

// TestRunRecords runs a bot with a recording in its file, and replays the recording with the same
// file.
func TestRunRecords(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	dir := t.TempDir()
	config, out := filepath.Join(dir, "bot.yaml"), filepath.Join(dir, "rec")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `
service: {base_url: "%s", token: %s}
callback: {listen: "127.0.0.1:0"}
data: "%s"
allow: {everyone: true}
record: {dir: "%s"}
rules:
  - {name: hours, on: text, regexp: '.', reply: "{{.Sender}}"}
`, sim.BaseURL(), sim.Token(), filepath.Join(dir, "data"), out), 0o600))
	for _, look := range [][]string{{"run", "--check", "-c", config}, {"routes", "-c", config}} {
		code, _, errOut := hongyan(t, "", look...)
		require.Equal(t, 0, code, errOut)
		require.NoDirExists(t, out, "who only looks records nothing")
	}

	_, stop := background(t, "run", "-c", config)
	sim.ExpectCallback()
	sim.Friend("bob").Says("secret words")
	sim.Friend("bob").ExpectText("wxid_bob")
	assert.Equal(t, 0, stop())
	recorded, err := os.ReadFile(newest(t, out))
	require.NoError(t, err)
	assert.NotContains(t, string(recorded), "secret")
	code, calls, errOut := hongyan(t, "", "replay", "-c", config, out)
	require.Equal(t, 0, code, errOut)
	assert.Equal(t, 1, strings.Count(calls, `"endpoint":"/message/postText"`), calls)

	require.NoError(t, os.Chmod(out, 0o755))
	code, _, errOut = hongyan(t, "", "run", "-c", config)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "can be entered by others")
}

// newest is the last file of a recording.
func newest(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files[len(files)-1]
}

func TestRecordNeedsASecret(t *testing.T) {
	t.Parallel()
	code, _, errOut := hongyan(t, "", "record", "--listen", "0.0.0.0:0", "--out", filepath.Join(t.TempDir(), "rec"))
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "--secret")
}
