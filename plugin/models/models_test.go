package models_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/digest"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/models"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a model that answers "fine", and counts how often.
func server(t *testing.T, asked *atomic.Int32) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, `{"choices":[{"message":{"content":"fine"}}],"usage":{"prompt_tokens":1000,"completion_tokens":500}}`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestShared: two plugins share a model, and what may be spent on it on a day, also over a restart.
func TestShared(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	known := models.Known{"default": {
		Backend: models.Backend{URL: server(t, &asked), Model: "m"}, Price: models.Price{In: 1000, Out: 2000}, CostPerDay: 3, // an answer costs 2
	}}
	where := plugin.Scope{In: []string{"A"}}
	talk := llm.Config{Scope: where, Debounce: -1}
	sum := digest.Config{Scope: where, Ask: digest.Ask{Command: "/总结", Cooldown: time.Minute}}
	talk.Model, sum.Model.Model = "default", "default"
	require.NoError(t, talk.UseModels(known))
	require.NoError(t, sum.UseModels(known))
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Setup: func(b *bot.Bot) error {
		shared, err := models.New(known)
		require.NoError(t, err)
		return b.Install(shared, bottest.Must(digest.New(sum)), bottest.Must(llm.New(talk)))
	}})
	alice := sim.Group("A").As("alice")
	ask := func() {
		alice.SayAt("how are you?")
		sim.Advance(10 * time.Second)
	}
	digested := func() {
		alice.Say("/总结 3小时")
		sim.Advance(10 * time.Second)
	}
	ask()
	sim.Group("A").ExpectContains("fine")
	digested()
	sim.Group("A").ExpectContains("fine")
	require.EqualValues(t, 2, asked.Load())

	sim.Restart()
	ask()
	sim.Group("A").ExpectContains("请稍后再来")
	sim.Advance(2 * time.Minute)
	digested()
	sim.Group("A").ExpectContains("最热闹") // by counting
	assert.EqualValues(t, 2, asked.Load(), "4 of 3 are spent")

	sim.Advance(24 * time.Hour)
	ask()
	sim.Group("A").ExpectContains("fine")
}

// TestFile reads shared models of a file, and names mistakes with their places.
func TestFile(t *testing.T) {
	t.Parallel()
	read := func(text string) error {
		_, err := app.Reader{Sim: true}.Parse("bot.yaml", []byte(text))
		return err
	}
	require.NoError(t, read(`
models:
  default: {url: "http://127.0.0.1:11434/v1", model: qwen3, price: {in: 2, out: 8, minute: 0.1}, cost_per_day: 5}
  deep: {model: deepseek-reasoner, key: k}
  ours: {backend: dify, url: "https://dify.example.com/v1", key: k}
plugins:
  llm: {in: [A], model: deep, chats: {B: {prompt: short, model: ours}}}
  digest: {in: [A], at: "22:00", model: {model: default, cost_per_day: 2}, prompt: be short}
  collect: {in: [A], summary: {model: ours}}
  guard: {in: [A], words: [x], model: default}
  handover: {in: [private], summary: {model: default}}
`))
	for text, want := range map[string]string{
		"models: {a b: {url: 'http://x.example', model: m}}":                `bot.yaml:1: models.a b: "a b" cannot be the name of a model`,
		"models: {a: {model: m}}":                                           "bot.yaml:1: models.a.",
		"models: {a: {model: gpt-5}}":                                       "bot.yaml:1: models.a.key: it is missing: gpt-5 answers at https://api.openai.com/v1",
		"models: {a: {url: x, model: m}}":                                   "bot.yaml:1: models.a.url: it is not an address",
		"models: {a: {url: 'http://x.example', model: m, price: {in: -1}}}": "bot.yaml:1: models.a.price: a price is less than 0",
		"models: {fast: {url: 'http://x.example', model: m}}\nplugins:\n  digest:\n    in: [A]\n    at: '22:00'\n    model: fsat": `bot.yaml:6:12: plugins.digest.model.model: there is no model "fsat" in models; did you mean fast?`,
		"plugins:\n  llm:\n    in: [A]\n    model: default":                                                                       `bot.yaml:4:12: plugins.llm.model: there is no model "default" in models: write`,
	} {
		require.ErrorContains(t, read(text), want, text)
	}
}
