package llm_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestNewestWins: a slow answer on its way, the person writes again: only the answer to both is
// sent, with one mention. Meanwhile the chat goes on: another member's keyword is answered.
func TestNewestWins(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	begun, ended := make(chan struct{}), make(chan struct{})
	m.answer = func(w http.ResponseWriter, r *http.Request, a asked) {
		if len(a.last()) > 1 {
			says(w, "both")
			return
		}
		close(begun)
		<-r.Context().Done()
		close(ended)
	}
	answered := make(chan error, 1)
	sim := run(t, config(m), bottest.Config{Setup: func(b *bot.Bot) error {
		b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
			err := c.Reply("9:00-18:00")
			answered <- err
			return err
		}, match.Keyword("hours"))
		return nil
	}})
	a := sim.Group("A")
	a.As("alice").SayAt("the first")
	<-begun
	a.As("bob").Say("your hours?")
	require.NoError(t, <-answered)
	a.As("alice").SayAt("the second")
	<-ended
	sent := a.Sent()
	require.Len(t, sent, 2)
	assert.Equal(t, "9:00-18:00", sent[0].Text)
	assert.Contains(t, sent[1].Text, "both")
	assert.Equal(t, []string{"wxid_alice"}, sent[1].At)
	requests := m.requests()
	assert.Equal(t, []said{{From: "Alice", Text: "the first"}, {From: "Alice", Text: "the second"}}, requests[len(requests)-1].last())
}

// TestDebounce: three quick messages are one question, and a picture ends it at once.
func TestDebounce(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	c := config(m)
	c.Debounce = 2 * time.Second
	sim := run(t, c, bottest.Config{})
	alice := sim.Person("alice")
	for _, text := range []string{"one", "two", "three"} {
		alice.Say(text)
		sim.Advance(time.Second)
	}
	assert.Empty(t, m.requests())
	sim.Advance(2 * time.Second)
	require.Len(t, m.requests(), 1)
	assert.Len(t, m.requests()[0].last(), 3)
	alice.ExpectText("re: three")
	alice.Say("look")
	alice.Image()
	sim.Idle()
	require.Len(t, m.requests(), 2, "at once")
	assert.Equal(t, "look", m.requests()[1].last()[0].Text)
}

// TestParts: at most so many characters, at the ends of sentences, a mention on the first only.
func TestParts(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	sentence := strings.Repeat("很", 99) + "。"
	m.answer = func(w http.ResponseWriter, _ *http.Request, _ asked) { says(w, strings.Repeat(sentence, 20)) }
	sim := run(t, config(m), bottest.Config{})
	ask(sim, sim.Group("A").As("alice"), "a long one")
	sent := sim.Group("A").Sent()
	require.Len(t, sent, 3)
	var all strings.Builder
	for i, part := range sent {
		assert.LessOrEqual(t, utf8.RuneCountInString(part.Text), 800)
		assert.True(t, strings.HasSuffix(part.Text, "。"))
		assert.Equal(t, i == 0, len(part.At) == 1)
		all.WriteString(part.Text)
	}
	assert.True(t, strings.HasSuffix(all.String(), strings.Repeat(sentence, 20)), "nothing is lost")
}

// TestPartsKeepThePace: between two parts there is the gap of the account, and with quote only the
// first part quotes the question.
func TestPartsKeepThePace(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	m.answer = func(w http.ResponseWriter, _ *http.Request, _ asked) {
		says(w, "第一句话在这里。第二句话在这里。第三句话在这里。")
	}
	c := config(m)
	c.Split, c.Quote = 10, true
	sim := run(t, c, bottest.Config{Paced: true})
	a := sim.Group("A")
	a.As("alice").SayAt("a long one")
	sim.Advance(time.Minute)
	sent := a.Sent()
	require.Len(t, sent, 3)
	for i, part := range sent {
		assert.Equal(t, i == 0, part.Endpoint == "/message/postAppMsg", "part %d", i)
		if i > 0 {
			assert.Empty(t, part.At)
			assert.Greater(t, part.Time, sent[i-1].Time, "part %d", i)
		}
	}
	assert.Contains(t, sent[0].Content, "a long one")
	assert.Equal(t, []string{"第二句话在这里。", "第三句话在这里。"}, []string{sent[1].Text, sent[2].Text})
}

// TestFailures: what may pass is tried again, the rest is said once; no text and no key is logged.
func TestFailures(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	status := http.StatusServiceUnavailable
	m.answer = func(w http.ResponseWriter, _ *http.Request, a asked) {
		if len(m.requests()) == 2 {
			says(w, "at last")
			return
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"code":"bad_key","message":"wrong key k3y for %s"}}`, a.last()[0].Text)
	}
	sim := run(t, config(m), bottest.Config{})
	alice := sim.Person("alice")
	alice.Say("hello")
	sim.Advance(time.Minute)
	alice.ExpectText("at last")
	sim.ExpectError("the answer was 503 Service Unavailable (bad_key)")
	status = http.StatusUnauthorized
	alice.Say("hello again")
	sim.Advance(time.Minute)
	alice.ExpectText("我暂时没法回答，请稍后再试。")
	alice.ExpectNothing()
	require.Len(t, m.requests(), 3)
}
