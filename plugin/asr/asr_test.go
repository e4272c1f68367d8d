package asr_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/asr"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine is a service that understands the same words in each voice.
type engine struct {
	URL string

	mu     sync.Mutex
	words  string
	status int
	heard  []map[string]string // the fields of the requests
}

func newEngine(t *testing.T, words string) *engine {
	t.Helper()
	e := &engine{words: words, status: http.StatusOK}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	e.URL = server.URL + "/v1"
	return e
}

func (e *engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, _, err := r.FormFile("file")
	if err != nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	sound, _ := io.ReadAll(file)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, map[string]string{
		"path": r.URL.Path, "model": r.FormValue("model"), "key": r.Header.Get("Authorization"),
		"sound": string(sound[:min(4, len(sound))]),
	})
	w.WriteHeader(e.status)
	_ = json.NewEncoder(w).Encode(map[string]string{"text": e.words})
}

func (e *engine) requests() []map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]map[string]string(nil), e.heard...)
}

func (e *engine) says(words string, status int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.words, e.status = words, status
}

// run runs a bot with a rule and a command of the people in charge.
func run(t *testing.T, c asr.Config, config bottest.Config) *bottest.Sim {
	t.Helper()
	config.Owners = []string{"erin"}
	config.Setup = func(b *bot.Bot) error {
		b.Text(router.Say("restarted"), match.Keyword("restart"), match.Owner())
		b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply("heard: " + m.Body) }, match.Prefix("小鸿"))
		b.Text(func(c *router.Context, _ *xmlmsg.Text) error { return c.ReplyQuote("9:00-18:00") }, match.Keyword("营业时间"))
		return b.Install(bottest.Must(asr.New(c)))
	}
	return bottest.RunWith(t, config)
}

func config(e *engine) asr.Config {
	return asr.Config{Scope: plugin.Scope{In: []string{"private", "A"}}, URL: e.URL, Key: "k3y"}
}

// TestPassOn: a friend says 营业时间 by voice, and the rule answers as for a text; once, also if the
// service delivers the voice again.
func TestPassOn(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "请问营业时间是？")
	sim := run(t, config(e), bottest.Config{Durable: true})
	alice := sim.Person("alice")
	sim.Break(simulator.Fault{Endpoint: "callback", Kind: simulator.FaultDuplicate})
	alice.Voice(3)
	sim.Advance(time.Minute)
	alice.Expect("an answer", func(m simulator.Message) bool { return m.Text == "9:00-18:00" })
	alice.ExpectNothing()
	require.Len(t, e.requests(), 1)
	assert.Equal(t, map[string]string{
		"path": "/v1/audio/transcriptions", "model": "whisper-1", "key": "Bearer k3y", "sound": "RIFF",
	}, e.requests()[0])
	sim.Restart()
	sim.Advance(time.Minute)
	alice.ExpectNothing()
}

// TestQuote: in a group the words are the answer.
func TestQuote(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "营业时间")
	sim := run(t, config(e), bottest.Config{})
	sim.Group("A").As("alice").Voice(3)
	sim.Advance(time.Minute)
	answer := sim.Group("A").Expect("a quote", func(m simulator.Message) bool { return m.Kind == simulator.KindQuote })
	assert.Equal(t, "营业时间", answer.Text)
	sim.Group("A").ExpectNothing()
	sim.Group("B").As("alice").Voice(3)
	sim.Advance(time.Minute)
	sim.Group("B").ExpectNothing()
	require.Len(t, e.requests(), 1)
}

// TestPassOnInGroups keeps who has spoken, and where.
func TestPassOnInGroups(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "营业时间")
	c := config(e)
	c.Then.Group = "pass_on"
	sim := run(t, c, bottest.Config{})
	sim.Group("A").As("alice").Voice(3)
	sim.Advance(time.Minute)
	sim.Group("A").Expect("an answer", func(m simulator.Message) bool { return m.Text == "9:00-18:00" })
}

// TestNobodysCommand: what an owner says by voice is no command.
func TestNobodysCommand(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "restart")
	sim := run(t, config(e), bottest.Config{})
	erin := sim.Person("erin")
	erin.Voice(3)
	sim.Advance(time.Minute)
	erin.ExpectNothing()
	require.Len(t, e.requests(), 1)
	erin.Say("restart")
	erin.ExpectText("restarted")
}

// TestDown: the engine is down, or says nothing, and the text is sent once within 20 seconds.
func TestDown(t *testing.T) {
	t.Parallel()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	const nobody = "http://127.0.0.1:1"
	for _, url := range []string{nobody, silent.URL} {
		c := asr.Config{Scope: plugin.Scope{In: []string{"private"}}, URL: url + "/v1", Timeout: 100 * time.Millisecond}
		sim := run(t, c, bottest.Config{})
		alice := sim.Person("alice")
		alice.Voice(3)
		sim.Advance(20 * time.Second)
		alice.ExpectText("没听清，请打字。")
		sim.Advance(time.Hour)
		alice.ExpectNothing()
		if url == nobody { // it was tried twice; what took too long is a warning
			sim.ExpectError("it cannot be reached")
		}
	}
}

// TestFailures: no words, a refusal, a voice that is too long, and one above the limit.
func TestFailures(t *testing.T) {
	t.Parallel()
	e := newEngine(t, " ")
	c := config(e)
	c.Cap.PerPerson = plugin.Limit{Most: 2, Per: 24 * time.Hour}
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	for range 2 {
		alice.Voice(3)
		sim.Advance(time.Minute)
		alice.ExpectText("没听清，请打字。")
		e.says("", http.StatusUnauthorized)
	}
	require.Len(t, e.requests(), 2, "neither is tried again")
	alice.Voice(3)
	sim.Advance(time.Minute)
	alice.ExpectNothing()
	sim.Person("bob").Voice(59 + 2)
	sim.Advance(time.Minute)
	sim.Person("bob").ExpectNothing()
	require.Len(t, e.requests(), 2)
}

func isHours(m simulator.Message) bool { return m.Text == "9:00-18:00" }

// TestWords: in a group only what begins with a word counts, however the engine spells it; what it
// calls is left alone, and so is a failure. In private the words do not matter.
func TestWords(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "小红，营业时间是几点？")
	c := config(e)
	c.Then.Group, c.Words = "pass_on", []string{"小鸿"}
	sim := run(t, c, bottest.Config{})
	alice := sim.Group("A").As("alice")
	say := func() {
		alice.Voice(3)
		sim.Advance(time.Minute)
	}
	say()
	sim.Group("A").ExpectContains("heard: 小鸿 营业时间是几点？")
	for _, other := range []string{"我问小红营业时间", "营业时间", " "} {
		e.says(other, http.StatusOK)
		say()
		sim.Group("A").ExpectNothing()
	}
	e.says("营业时间", http.StatusOK)
	sim.Person("bob").Voice(3)
	sim.Advance(time.Minute)
	sim.Person("bob").Expect("hours", isHours)
}

// TestCost: no more voices are heard than may be paid on a day, also by a shared model.
func TestCost(t *testing.T) {
	t.Parallel()
	e := newEngine(t, "营业时间")
	c := config(e)
	c.Cap.CostPerDay, c.Price.Minute = 1, 6 // ten seconds cost 1
	sim := run(t, c, bottest.Config{Durable: true})
	alice := sim.Person("alice")
	say := func() {
		alice.Voice(10)
		sim.Advance(time.Minute)
	}
	say()
	alice.Expect("hours", isHours)
	sim.Restart()
	say()
	alice.ExpectNothing()
	sim.Advance(24 * time.Hour)
	say()
	alice.Expect("hours", isHours)

	shared := asr.Config{Scope: plugin.Scope{In: []string{"private"}}, Model: "ears"}
	require.NoError(t, shared.UseModels(models.Known{"ears": {Backend: models.Backend{URL: e.URL, Model: "whisper-1", Key: "s"}}}))
	sim = run(t, shared, bottest.Config{})
	sim.Person("alice").Voice(3)
	sim.Advance(time.Minute)
	sim.Person("alice").Expect("hours", isHours)
	requests := e.requests()
	assert.Equal(t, "Bearer s", requests[len(requests)-1]["key"])
	require.ErrorContains(t, (&asr.Config{Model: "nose"}).UseModels(nil), `there is no model "nose"`)
}

// TestFiles parses the small and the whole section of a file, and reports mistakes.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{asr.Definition().Example, `asr:
    in: [private, 项目群]
    from: all
    url: "https://api.example.com/v1"
    key: "${ASR_KEY}"
    model: whisper-1
    longest: 60s
    then: {private: pass_on, group: quote}
    failed: "没听清，请打字"
    cap: {per_person: 50/24h, cost_per_day: 2}
    words: [小鸿]
`} {
		lookup := func(string) (string, bool) { return "k", true }
		file, err := app.Reader{Lookup: lookup}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+text))
		require.NoError(t, err)
		require.NotEmpty(t, file.Plugins)
	}
	c := asr.Config{Failed: "{{.Nobody}}", URL: "ftp://x"}
	c.Then.Group = "shout"
	_, err := asr.New(c)
	for _, field := range []string{"in: ", "url: ", "failed: ", "then.group: "} {
		require.ErrorContains(t, err, field, fmt.Sprint(err))
	}
}
