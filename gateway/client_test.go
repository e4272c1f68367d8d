package gateway_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/gateway"
)

const examples = "../examples/clients/"

// client is an example client that runs.
type client struct {
	t     *testing.T
	lines *bufio.Reader
}

// runClient runs an example client until the end of the test, as far as this machine has its
// language.
func runClient(t *testing.T, program string, args []string, env ...string) *client {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skip(program + " is not installed: the clients in its language are not tested")
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1"), env...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &client{t, bufio.NewReader(out)}
}

// line is the next line that it prints.
func (c *client) line() string {
	c.t.Helper()
	line, err := c.lines.ReadString('\n')
	require.NoError(c.t, err)
	return strings.TrimSpace(line)
}

// forClients is a bot whose gateway has a token for clients, and the environment that tells them.
func forClients(t *testing.T, consumer string) (f *fixture, env []string) {
	t.Helper()
	f = start(t, gateway.Config{Tokens: map[string]gateway.Token{"client": {Secret: secret, May: []string{"send", "read"}}}})
	if consumer != "" { // it begins before the client does, which takes a moment to start
		require.Equal(t, 200, f.get("/v1/events?consumer="+consumer, "Authorization", "Bearer "+secret).Status)
	}
	return f, []string{"HONGYAN_GATEWAY=http://" + f.at(), "HONGYAN_GATEWAY_TOKEN=" + secret}
}

// TestClientsEcho runs the smallest clients.
func TestClientsEcho(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ program, script, consumer string }{
		{"python3", "python/echo.py", "echo-py"}, {"node", "javascript/echo.mjs", "echo-js"},
	} {
		t.Run(x.program, func(t *testing.T) {
			t.Parallel()
			f, env := forClients(t, x.consumer)
			c := runClient(t, x.program, []string{examples + x.script}, env...)
			f.Group("A").As("alice").Say("good morning")
			f.Group("A").As("alice").Say("echo 你好")
			assert.Contains(t, c.line(), " sent")
			f.Group("A").ExpectText("你好")
			f.Group("A").ExpectNothing()
		})
	}
}

// backend is what a bridge asks: it answers each request in turn.
type backend struct {
	*httptest.Server
	mu      sync.Mutex
	got     []map[string]any
	answers []string // the last one again and again; empty for a failure
}

func newBackend(t *testing.T, path, key string, answers ...string) *backend {
	t.Helper()
	b := &backend{answers: answers}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		var body map[string]any
		data, _ := io.ReadAll(r.Body)
		if r.URL.Path != path || r.Header.Get("Authorization") != "Bearer "+key || json.Unmarshal(data, &body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		b.got = append(b.got, body)
		answer := b.answers[min(len(b.got), len(b.answers))-1]
		if answer == "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *backend) request(i int) map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got[i]
}

// difyStream is what Dify streams, from events and their answers.
func difyStream(events ...string) string {
	var b strings.Builder
	b.WriteString("event: ping\n\n")
	for _, x := range append(events, "message_end ") {
		event, text, _ := strings.Cut(x, " ")
		fmt.Fprintf(&b, "data: {\"event\":%q,\"conversation_id\":\"c1\",\"answer\":%q}\n\n", event, text)
	}
	return b.String()
}

// TestClientsDify has two people talk with an app of Dify, in a group and in private.
func TestClientsDify(t *testing.T) {
	t.Parallel()
	f, env := forClients(t, "dify")
	dify := newBackend(t, "/chat-messages", "app-key",
		// A chat app; an agent; an agent that closes with the whole; an answer that was moderated.
		difyStream("message 9:00-", "message 18:00"), difyStream("agent_message 9:00-", "agent_message 18:00"),
		difyStream("agent_message 9:", "agent_message 00", "message 9:00-18:00"), difyStream("message bad", "message_replace 9:00-18:00"))
	kept := filepath.Join(t.TempDir(), "kept.json")
	c := runClient(t, "python3", []string{examples + "python/dify.py"}, append(env, "DIFY_URL="+dify.URL, "DIFY_KEY=app-key",
		"DIFY_CONVERSATIONS="+kept)...)
	f.Group("A").As("alice").Say("not for the bot")
	f.Group("A").As("alice").SayAt("几点开门？")
	assert.Contains(t, c.line(), " sent")
	f.Group("A").ExpectText("9:00-18:00")
	f.Group("A").As("alice").SayAt("周末呢？")
	assert.Contains(t, c.line(), " sent")
	f.Person("bob").Say("hello")
	assert.Contains(t, c.line(), " sent")
	f.Person("bob").ExpectText("9:00-18:00")
	f.Person("bob").Say("again")
	assert.Contains(t, c.line(), " sent")
	f.Person("bob").ExpectText("9:00-18:00")
	first, second, third := dify.request(0), dify.request(1), dify.request(2)
	assert.Contains(t, first["query"], "几点开门？")
	assert.Equal(t, "streaming", first["response_mode"], "agents have nothing else")
	assert.Equal(t, f.Group("A").ID()+"/wxid_alice", first["user"])
	assert.Empty(t, first["conversation_id"])
	assert.Equal(t, "c1", second["conversation_id"], "the conversation goes on")
	assert.Equal(t, "wxid_bob/wxid_bob", third["user"])
	assert.Empty(t, third["conversation_id"], "bob has one of his own")
	text, err := os.ReadFile(kept)
	require.NoError(t, err)
	assert.JSONEq(t, `{"10000000001@chatroom/wxid_alice":"c1","wxid_bob/wxid_bob":"c1"}`, string(text))
}

// TestClientsAgent has a model use the tools: what it sends into another chat waits for a person.
func TestClientsAgent(t *testing.T) {
	t.Parallel()
	f, env := forClients(t, "agent")
	wants := func(calls string) string {
		return `{"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[` + calls + `]}}]}`
	}
	model := newBackend(t, "/chat/completions", "sk-key",
		wants(`{"id":"1","type":"function","function":{"name":"list_chats","arguments":"{}"}}`),
		wants(`{"id":"2","type":"function","function":{"name":"send_message",`+
			`"arguments":"{\"to\":\"20000000002@chatroom\",\"text\":\"库存？\"}"}},`+
			`{"id":"3","type":"function","function":{"name":"nonsense","arguments":""}}`),
		`{"choices":[{"message":{"role":"assistant","content":"问过了"}}]}`)
	env = append(env, "OPENAI_BASE_URL="+model.URL, "OPENAI_API_KEY=sk-key")
	c := runClient(t, "python3", []string{examples + "python/agent.py"}, env...)
	f.Person("alice").Say("问一下 B 群有没有库存")
	assert.Contains(t, c.line(), " sent")
	f.Person("alice").ExpectText("问过了")
	f.Group("B").ExpectNothing()
	last, err := json.Marshal(model.request(2)["messages"])
	require.NoError(t, err)
	assert.Contains(t, string(last), `20000000002@chatroom`)
	assert.Contains(t, string(last), `held`)
	assert.Contains(t, string(last), `there is no such tool`)
	held, err := f.Bot().Held(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.NoError(t, f.Bot().Release(t.Context(), held[0].Key))
	f.Group("B").ExpectText("库存？")
}

// TestClientsN8n plays the workflow: it answers by the answer of its webhook, or sends into another
// group by the API.
func TestClientsN8n(t *testing.T) {
	t.Parallel()
	f, env := forClients(t, "")
	c := runClient(t, "node", []string{examples + "n8n/play.mjs", examples + "n8n/answer.json"}, env...)
	require.NoError(t, f.g.Change(gateway.Config{
		Listen: "127.0.0.1:0", Tokens: map[string]gateway.Token{"client": {Secret: secret, May: []string{"send", "read"}}},
		Webhooks: []gateway.Webhook{{URL: c.line(), On: []string{"text"}, In: []string{"A"}, Reply: true}},
	}))
	f.Group("A").As("alice").Say("营业时间？")
	f.Group("A").ExpectText("9:00-18:00, Alice")
	f.Group("B").ExpectNothing()
	f.Group("A").As("alice").Say("有货吗")
	f.Group("B").ExpectText("Alice: 有货吗")
	f.Group("A").ExpectNothing()
}

// TestClientsOwnTests runs the tests of a client, which use the control API, faults and the clock.
func TestClientsOwnTests(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the clients in its language are not tested")
	}
	f, env := forClients(t, "")
	cmd := exec.CommandContext(t.Context(), python, "-m", "unittest", "-v", "test_echo")
	cmd.Dir = examples + "python"
	cmd.Env = append(append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "HONGYAN_SIM="+f.Simulator().URL()), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "Ran 4 tests")
	f.ExpectError("a message may have been sent")
	f.Group("A").Sent()
}

// TestClientsWechatbotWebhook sends and receives in the words of wechatbot-webhook.
func TestClientsWechatbotWebhook(t *testing.T) {
	t.Parallel()
	f, env := forClients(t, "wechatbot-webhook")
	forms := make(chan map[string]string, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := map[string]string{}
		for _, name := range []string{"type", "content", "source", "isMentioned", "isMsgFromSelf"} {
			got[name] = r.FormValue(name)
		}
		forms <- got
		_, _ = io.WriteString(w, `{"success":true,"data":[{"type":"text","content":"one"},{"type":"text","content":"two"}]}`)
	}))
	t.Cleanup(receiver.Close)
	env = append(env, "PORT=0", "RECVD_MSG_API="+receiver.URL)
	c := runClient(t, "python3", []string{examples + "python/wechatbot_webhook.py"}, env...)
	url := c.line()
	post := func(path, kind, body string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", kind)
		r.Close = true
		resp, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(text)
	}
	for _, test := range []struct {
		path, kind, body string
		want             int
	}{
		{"/webhook/msg", "application/json", `{"to":"A","isRoom":true,"type":"text","content":"first"}`, 200},
		{"/webhook/msg/v2", "application/json", `{"to":"Alice","data":[{"type":"text","content":"second"}]}`, 200},
		{"/webhook/msg", "application/json", `{"to":"nobody at all","type":"text","content":"x"}`, 422},
		{"/webhook/msg", "application/json", `{"to":"A","type":"fileUrl","content":"http://127.0.0.1:1/a"}`, 422},
		{"/webhook/msg", "application/json", `{"to":"A","type":"sound","content":"x"}`, 400},
		{"/webhook/msg", "application/json", `[1`, 400}, {"/webhook/msg", "application/json", `[1]`, 400},
		{"/webhook/msg", "text/plain", `{"to":"A","type":"text","content":"x"}`, 415}, {"/other", "application/json", `{}`, 404},
	} {
		status, text := post(test.path, test.kind, test.body)
		assert.Equal(t, test.want, status, "%s: %s", test.body, text)
		assert.Contains(t, text, fmt.Sprintf(`"success": %t`, test.want == 200))
	}
	f.Group("A").ExpectText("first")
	f.Person("alice").ExpectText("second")
	f.Group("A").As("alice").SayAt("在吗")
	got := <-forms
	assert.Equal(t, "text", got["type"])
	assert.Contains(t, got["content"], "在吗")
	assert.Equal(t, "1", got["isMentioned"])
	assert.JSONEq(t, `{
		"from": {"id": "wxid_alice", "payload": {"name": "Alice"}},
		"room": {"id": "10000000001@chatroom", "payload": {"topic": "A"}},
		"to": ""
	}`, got["source"])
	require.Eventually(t, func() bool {
		messages, err := f.Simulator().Messages("A", 0)
		return err == nil && messages[len(messages)-1].Text == "two"
	}, time.Minute, 10*time.Millisecond)
	f.Group("A").ExpectText("one")
	f.Group("A").ExpectText("two")
	f.Group("A").ExpectNothing()
}
