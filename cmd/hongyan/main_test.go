package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	goleak.VerifyTestMain(m)
}

// hongyan runs a command line.
func hongyan(t *testing.T, stdin string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(console{ctx: t.Context(), in: strings.NewReader(stdin), out: &o, errOut: &e}, args)
	return code, o.String(), e.String()
}

// storeCommand returns a function that runs a command on the store in data and expects its exit
// code.
func storeCommand(t *testing.T, data string, command ...string) func(want int, args ...string) (out, errOut string) {
	t.Helper()
	return func(want int, args ...string) (string, string) {
		t.Helper()
		code, out, errOut := hongyan(t, "", slices.Concat(command, args, []string{"--data", data})...)
		require.Equal(t, want, code, "%s %s", out, errOut)
		return out, errOut
	}
}

// openedStore opens the store in data, as a bot does, until the test ends.
func openedStore(t *testing.T, data string) *sqlite.Store {
	t.Helper()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName)})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	return back
}

func TestDemo(t *testing.T) {
	t.Parallel()
	code, out, errOut := hongyan(t, "", "demo", "--once")
	require.Equal(t, 0, code, errOut)
	previous := -1
	for _, line := range []string{
		"No account is involved", "Alice drops the file info.json", "forwarded it to group B by POST /message/forwardFile", "Bob asks",
		"The bot answered", "Carol starts to upload", "forwarded nothing", "/sim/messages", "Next: go run ./examples/echo",
	} {
		at := strings.Index(out, line)
		assert.Greater(t, at, previous, "%q must come next in\n%s", line, out)
		previous = at
	}
}

// TestDemoSaysWhatIsMissing kills the simulator half-way.
func TestDemoSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	b, err := demoBot()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan error, 1)
	go func() { running <- b.Run(ctx) }()
	var out bytes.Buffer
	err = console{out: &out, env: func(string) (string, bool) { return "", false }}.playDemo(ctx, b.Simulator(), func(step int) {
		if step == 0 {
			assert.NoError(t, b.Simulator().Close())
		}
	})
	require.ErrorContains(t, err, "missing: ")
	require.ErrorContains(t, err, "Bob asks")
	assert.Contains(t, out.String(), "forwarded it to group B")
	cancel()
	require.NoError(t, <-running)
}

func TestDecode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.json"), filepath.Join(dir, "bad.json")
	body := `{"TypeName":"AddMsg","Appid":"a","Wxid":"me","Data":{"MsgType":1,"NewMsgId":18446744073709551615,` +
		`"FromUserName":{"string":"wxid_a"},"Content":{"string":"a < b & c"}}}`
	require.NoError(t, os.WriteFile(good, []byte(body), 0o600))
	require.NoError(t, os.WriteFile(bad, []byte(`{"a`), 0o600))

	code, out, _ := hongyan(t, "", "decode", good, bad)
	assert.Equal(t, 0, code, "a body that is refused has been read")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 2)
	assert.JSONEq(t, fmt.Sprintf(`{"file":%q,"envelope":"wrapped","type_name":"AddMsg","appid":"a","wxid":"me","kind":"text","msg_type":1,
		"conversation":{"type":"private","id":"wxid_a"},"sender":"wxid_a","self":false,"new_msg_id":"18446744073709551615",
		"dedup_key":"a:18446744073709551615","fields":{"text":"a < b & c","at":[],"at_me":false,"at_all":false}}`, good), lines[0])
	assert.Contains(t, lines[0], "a < b & c", "the output is for people, too")
	var refused struct {
		File, Reason string
		Error        bool
	}
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &refused))
	assert.True(t, refused.Error)
	assert.Equal(t, bad, refused.File)
	assert.Contains(t, refused.Reason, "syntax error")

	code, out, _ = hongyan(t, body, "decode")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, `{"file":"-","envelope":"wrapped"`)

	recording := filepath.Join(dir, "rec.jsonl")
	require.NoError(t, os.WriteFile(recording, []byte(`{"received":"2026-03-02T12:00:00Z","body":`+body+"}\n"+body+"\n"), 0o600))
	code, out, _ = hongyan(t, "", "decode", recording)
	assert.Equal(t, 0, code)
	assert.Contains(t, out, `rec.jsonl:1","envelope":"wrapped"`)
	assert.Contains(t, out, `rec.jsonl:2","envelope":"wrapped"`)

	broken := strings.Replace(strings.Replace(body, `"MsgType":1`, `"MsgType":49`, 1), "a < b & c", "<msg><appmsg>", 1)
	code, out, _ = hongyan(t, broken, "decode", "--explain")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, `"degraded":true`)
	assert.Contains(t, out, `"explain":"xmlmsg: the XML is cut off"`)
	code, out, errOut := hongyan(t, "", "decode", filepath.Join(dir, "missing"), good)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "missing")
	assert.Contains(t, out, "good.json", "the others are printed all the same")
}

func TestWrongArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		help string
	}{
		{[]string{"nonsense"}, "hongyan --help"}, {[]string{"run"}, "hongyan run --help"},
		{[]string{"demo", "--twice"}, "hongyan demo --help"},
		{[]string{"dead", "show", "one"}, "hongyan dead show --help"}, {[]string{"outbox", "nonsense"}, "hongyan outbox --help"},
	} {
		code, _, errOut := hongyan(t, "", c.args...)
		assert.Equal(t, 2, code)
		assert.Contains(t, errOut, c.help)
	}
	code, out, _ := hongyan(t, "", "--help")
	assert.Equal(t, 0, code)
	for _, command := range []string{
		"demo", "run", "simulate", "decode", "routes", "login", "logout", "status", "callback", "doctor", "contacts", "groups", "members",
		"send", "forward", "download", "backup", "record", "replay", "version",
	} {
		assert.Contains(t, out, command)
	}
	code, out, _ = hongyan(t, "", "version")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "hongyan")
}

// background runs a command until the test ends, and returns its lines as they come.
func background(t *testing.T, args ...string) (next func() string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	reader, writer := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- run(console{ctx: ctx, in: strings.NewReader(""), out: writer, errOut: io.Discard}, args)
		_ = writer.Close()
	}()
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		var text []byte
		buffer := make([]byte, 4096)
		for {
			n, err := reader.Read(buffer)
			text = append(text, buffer[:n]...)
			for {
				line, rest, found := bytes.Cut(text, []byte("\n"))
				if !found {
					break
				}
				lines <- string(line)
				text = rest
			}
			if err != nil {
				return
			}
		}
	}()
	stop = func() int {
		cancel()
		code := <-exit
		for range lines { // until the reader has ended
		}
		return code
	}
	return func() string { return <-lines }, stop
}

// botOf makes the bot of a configuration file.
func botOf(t *testing.T, config string, look bool) *bot.Bot {
	t.Helper()
	file, err := app.Reader{}.Load(config)
	require.NoError(t, err)
	b, err := app.Open(t.Context(), config, file, look, nil)
	require.NoError(t, err)
	return b
}

func TestSimulateAndRun(t *testing.T) {
	t.Parallel()
	next, stop := background(t, "simulate", "--listen", "127.0.0.1:0", "--token", "T")
	url := next()
	require.True(t, strings.HasPrefix(url, "http://127.0.0.1:"), "the first line is the URL, not %q", url)

	sim := simulator.Start(t)
	config := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `
service: {provider: videosapi, base_url: "%s", token: %s}
callback: {listen: "127.0.0.1:0"}
callback: {secret: s}
pace: unlimited
allow: {everyone: true}
rules:
  - {name: hours, on: text, keyword: [营业时间], reply: "营业时间 9:00-18:00"}
`, sim.BaseURL(), sim.Token()), 0o600))

	open := filepath.Join(t.TempDir(), "open.yaml")
	require.NoError(t, os.WriteFile(open,
		[]byte("service: {token: t}\ncallback: {listen: \"0.0.0.0:8080\"}\nrules: [{name: a, on: text, reply: b}]\n"), 0o600))
	code, _, errOut := hongyan(t, "", "run", "--check", "--config", open)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "callback.secret")

	code, out, _ := hongyan(t, "", "run", "--check", "--config", config)
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "in order")
	code, out, _ = hongyan(t, "", "routes", "--config", config)
	assert.Equal(t, 0, code)
	assert.Equal(t, []string{"text", "hours", `Keyword("营业时间")`}, strings.Fields(out))

	b := botOf(t, config, true)
	ctx, cancel := context.WithCancel(t.Context())
	running := make(chan error, 1)
	go func() { running <- b.Run(ctx) }()
	wait, done := context.WithTimeout(ctx, 10*time.Second)
	defer done()
	address, err := b.Address(wait)
	require.NoError(t, err)
	require.NoError(t, sim.SetCallback(wait, "http://"+address+"/callback/s"))
	sim.Friend("alice").Says("营业时间？")
	sim.Friend("alice").ExpectText("营业时间 9:00-18:00")
	cancel()
	require.NoError(t, <-running)
	assert.Equal(t, 0, stop())

	code, _, errOut = hongyan(t, "", "run", "--config", filepath.Join(t.TempDir(), "missing.yaml"))
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "missing.yaml")
}

func TestSimulateMistakes(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "world.yaml")
	require.NoError(t, os.WriteFile(seed, []byte("accounts: []\nnonsense: 1\n"), 0o600))
	code, _, errOut := hongyan(t, "", "simulate", "--seed", seed)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "nonsense")
	taken := strings.TrimPrefix(simulator.Start(t).URL(), "http://")
	code, _, errOut = hongyan(t, "", "simulate", "--listen", taken)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "--listen 127.0.0.1:0, which takes any free port")
	code, _, errOut = hongyan(t, "", "simulate", "--listen", "0.0.0.0:0")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "loopback")
}
