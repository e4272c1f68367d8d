package llm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/models"
)

// TestDify asks with the id of the conversation that Dify has given, and again without it when Dify
// has forgotten that.
func TestDify(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	m.answer = func(w http.ResponseWriter, _ *http.Request, _ asked) {
		n := len(m.requests())
		if n == 3 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		parts := map[int]string{ // of a chat app, of an agent, and of one that closes with the whole
			1: `{"event":"message","answer":"ans"}|{"event":"message","answer":"wer 1"}`,
			2: `{"event":"agent_message","answer":"ans"}|{"event":"agent_thought"}|{"event":"agent_message","answer":"wer 2"}`,
			4: `{"event":"agent_message","answer":"ans"}|{"event":"message","answer":"answer 4"}`,
		}[n]
		fmt.Fprint(w, "event: ping\n\n")
		for _, part := range strings.Split(parts, "|") {
			fmt.Fprintf(w, "data: %s\n\n", part)
		}
		fmt.Fprintf(w, "data: {\"event\":\"message_end\","+
			"\"conversation_id\":\"c-%d\",\"metadata\":{\"usage\":{\"prompt_tokens\":3}}}\n\n", n)
	}
	c := config(m)
	c.Backend = llm.Backend{Backend: models.Backend{Kind: "dify", URL: m.URL + "/", Key: "app-1"}, Prompt: "be kind"}
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	for i, text := range []string{"one", "two", "three"} {
		alice.Say(text)
		sim.Advance(time.Second)
		alice.ExpectText(fmt.Sprintf("answer %d", []int{1, 2, 4}[i]))
	}
	requests := m.requests()
	require.Len(t, requests, 4)
	assert.Equal(t, "/v1/chat-messages", requests[0].Path)
	assert.Equal(t, "Bearer app-1", requests[0].Key)
	assert.Equal(t, "streaming", requests[0].Body["response_mode"], "agents have nothing else")
	assert.JSONEq(t, `[{"from":"Alice","text":"one"}]`, requests[0].Body["query"].(string))
	for i, id := range []string{"", "c-1", "c-2", ""} {
		assert.Equal(t, id, requests[i].Body["conversation_id"])
	}
	assert.Contains(t, requests[0].Body["inputs"].(map[string]any)["prompt"], "be kind")
	assert.NotContains(t, requests[0].Body["user"], "wxid")
}

// TestCoze reads the answer from the stream of events.
func TestCoze(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	m.answer = func(w http.ResponseWriter, _ *http.Request, _ asked) {
		if len(m.requests()) > 2 {
			fmt.Fprint(w, `{"code":4101,"msg":"the token is wrong"}`+"\n")
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event:conversation.chat.created\ndata:{\"id\":\"1\"}\n\n"+
			"event:conversation.message.delta\ndata:{\"type\":\"answer\",\"content\":\"half\"}\n\n"+
			"event:conversation.message.completed\ndata:{\"type\":\"answer\",\"content\":\"the whole\"}\n\n"+
			"event:conversation.message.completed\ndata:{\"type\":\"follow_up\",\"content\":\"more?\"}\n\n"+
			"event:conversation.chat.completed\ndata:{\"usage\":{\"input_count\":5,\"output_count\":6}}\n\nevent:done\ndata:\"[DONE]\"\n\n")
	}
	c := config(m)
	c.Backend = llm.Backend{Backend: models.Backend{Kind: "coze", URL: m.URL, Key: "pat", Model: "bot-1"}}
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	for _, text := range []string{"one", "two"} {
		alice.Say(text)
		sim.Advance(time.Second)
		alice.ExpectText("the whole")
	}
	alice.Say("three")
	sim.Advance(time.Minute)
	alice.ExpectText("我暂时没法回答，请稍后再试。")
	requests := m.requests()
	require.Len(t, requests, 3)
	assert.Equal(t, "/v1/v3/chat", requests[0].Path)
	assert.Equal(t, "bot-1", requests[0].Body["bot_id"])
	var said []struct{ Role, Content string }
	data, err := json.Marshal(requests[1].Body["additional_messages"])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &said))
	require.Len(t, said, 3)
	assert.Equal(t, "the whole", said[1].Content)
	assert.Equal(t, "assistant", said[1].Role)
}

// TestFastGPT has the interface of OpenAI, without a model.
func TestFastGPT(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.Backend = llm.Backend{Backend: models.Backend{Kind: "fastgpt", URL: m.URL, Key: "fastgpt-1"}}
	sim := run(t, c, bottest.Config{})
	sim.Person("alice").Say("hello")
	sim.Advance(time.Second)
	sim.Person("alice").ExpectText("re: hello")
	assert.NotContains(t, m.requests()[0].Body, "model")
	assert.NotContains(t, m.requests()[0].Body, "chatId")
}

// TestMistakes are all named, with their fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	c := llm.Config{Chats: map[string]llm.Backend{"A": {Backend: models.Backend{Kind: "dify"}}}, BlockedWords: []string{"nowhere.txt"}, Failed: "{{.Nobody}}"}
	c.Price.In = -1
	_, err := llm.New(c)
	for _, part := range []string{"in: ", "url: ", "chats.A.url: ", "blocked_words[0]: ", "failed: ", "price: "} {
		require.ErrorContains(t, err, part)
	}
}

// TestFiles parses the small and the whole section of a file.
func TestFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "words.txt"), []byte("one\n\ntwo\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "support.md"), []byte("Be kind."), 0o600))
	for _, text := range []string{llm.Definition().Example, `llm:
    - in: [产品群, private]
      backend: openai
      url: https://api.deepseek.com/v1
      key: ${LLM_KEY}
      model: deepseek-chat
      prompt: ` + dir + `/support.md
      when: {group: mentioned, private: always, words: [小雁]}
      memory: {per: person, turns: 12, idle: 1h}
      debounce: 2s
      limits: {per_person: 20/24h, per_chat: off, cost_per_day: 5.00}
      price: {in: 2, out: 8}
      over_limit: "今天的次数用完了，明天再来"
      blocked_words: ` + dir + `/words.txt
      split: 800
      chats:
        研发群: {prompt: "You help programmers.", backend: dify, url: "https://dify.example.com/v1", key: "${LLM_KEY}"}
    - {name: second, in: [B], url: "http://127.0.0.1:11434/v1", model: qwen3, debounce: off}
`} {
		lookup := func(string) (string, bool) { return "k", true }
		file, err := app.Reader{Lookup: lookup}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+text))
		require.NoError(t, err)
		require.NotEmpty(t, file.Plugins)
	}
}

// TestFileTests checks that a text in web: is what the service says, whichever it is, also whole
// and without a stream.
func TestFileTests(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"openai": "hello", "dify": "hello", "coze": "hello", "fastgpt": "hello", "dify, whole": `{"answer":"hello"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend, _, _ := strings.Cut(name, ",")
			file, err := app.Reader{Lookup: func(string) (string, bool) { return "k", true }}.Parse("bot.yaml", []byte(`service: {sim: true}
allow: {everyone: true}
plugins:
  llm: {in: [private], backend: `+backend+`, url: "https://llm.example.com", key: k, model: m, debounce: off}
tests:
  - {name: hello, as: alice, say: hi, web: {llm.example.com: '`+answer+`'}, wait: 10s, expect: hello}
`))
			require.NoError(t, err)
			results, err := file.Test(t.Context(), nil)
			require.NoError(t, err)
			require.Len(t, results, 1)
			require.True(t, results[0].OK, strings.Join(results[0].Lines, "\n"))
		})
	}
}
