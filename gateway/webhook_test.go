package gateway_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/simulator"
)

// consumer is the program behind a webhook.
type consumer struct {
	*httptest.Server
	mu     sync.Mutex
	down   bool
	got    []string
	answer string
	check  func(r *http.Request, body []byte)
}

func newConsumer(t *testing.T) *consumer {
	t.Helper()
	c := &consumer{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		body, _ := io.ReadAll(r.Body)
		var document struct{ Text string }
		_ = json.Unmarshal(body, &document)
		c.got = append(c.got, document.Text)
		if c.check != nil {
			c.check(r, body)
		}
		_, _ = io.WriteString(w, c.answer)
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *consumer) set(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

func (c *consumer) texts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.got...)
}

// TestAWebhookThatWasDown gets all in order when it is up again, also over a restart; it holds up
// nobody, and is reported once.
func TestAWebhookThatWasDown(t *testing.T) {
	t.Parallel()
	c, other := newConsumer(t), newConsumer(t)
	f := start(t, gateway.Config{Webhooks: []gateway.Webhook{{Name: "a", URL: c.URL}, {Name: "b", URL: other.URL}}},
		func(c *bottest.Config) { c.Durable = true })
	var want []string
	say := func() {
		want = append(want, fmt.Sprint("m", len(want)))
		f.Group("A").As("alice").Say(want[len(want)-1])
		f.Idle()
	}
	say()
	assert.Equal(t, want, c.texts())
	c.set(true)
	for range 60 { // more than a page
		say()
	}
	assert.Equal(t, want, other.texts(), "the other one has them")
	f.Advance(time.Hour)
	f.ExpectError("a webhook does not take its events")
	f.Restart()
	f.Advance(24 * time.Hour)
	assert.Equal(t, want[:1], c.texts())
	c.set(false)
	f.Advance(11 * time.Minute)
	assert.Equal(t, want, c.texts())
	say()
	assert.Equal(t, want, c.texts())
}

// TestSignatureAndReplies checks the signature as a receiver does, and answers.
func TestSignatureAndReplies(t *testing.T) {
	t.Parallel()
	c := newConsumer(t)
	key := []byte("0123456789abcdef")
	c.answer = `{"text":"9:00","replies":[{"text":"see you"},{"nothing":1}]}`
	c.check = func(r *http.Request, body []byte) {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), body)
		assert.Equal(t, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)), r.Header.Get("Webhook-Signature"))
	}
	f := start(t, gateway.Config{Webhooks: []gateway.Webhook{{
		Name: "n8n", URL: c.URL, On: []string{"text"}, In: []string{"A"}, Reply: true,
		Secret: "whsec_" + base64.StdEncoding.EncodeToString(key),
	}}})
	f.Group("B").As("alice").Say("elsewhere")
	f.Group("A").As("alice").Link("t", "https://example.com/")
	f.Group("A").As("alice").Say("opening hours?")
	f.Idle()
	require.Equal(t, []string{"opening hours?"}, c.texts())
	f.Group("A").ExpectText("9:00")
	f.Group("A").ExpectText("see you")
	f.Group("A").ExpectNothing()
	f.Group("B").ExpectNothing()
}

// TestRepliesAreMessages answers with what POST /v1/messages takes: a reply is held, has a time and
// a size, and goes nowhere else.
func TestRepliesAreMessages(t *testing.T) {
	t.Parallel()
	c := newConsumer(t)
	f := start(t, gateway.Config{Webhooks: []gateway.Webhook{{Name: "a", URL: c.URL, Reply: true}}})
	answer := func(text string) {
		c.mu.Lock()
		c.answer = text
		c.mu.Unlock()
		f.Group("A").As("alice").Say("hi")
		f.Idle()
	}
	answer(`{"text":"held","hold":true,"ttl":"1d","more":{"of":["the program"]}}`)
	f.Group("A").ExpectNothing()
	held, err := f.Bot().Held(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.NoError(t, f.Bot().Release(t.Context(), held[0].Key))
	f.Group("A").ExpectText("held")
	answer(`{"to":"A","text":"here","class":"proactive"}`)
	f.Group("A").ExpectText("here")
	for _, wrong := range []string{
		`{"to":"B","text":"elsewhere"}`, `{"account":"wx_other","text":"x"}`, `{"text":"x","class":"urgent"}`, `{"text":"x","ttl":"soon"}`,
		`{"text":"` + strings.Repeat("长", 16_001) + `"}`, `{"text":"x","mention":["没有这个人"]}`, `{"location":{"lat":1000,"lng":0}}`,
		`{"replies":[null,1,"x",[],{"text":1},{"text":"x","file":{"base64":"aGk="}}]}`, `{"card":{"id":"","name":""}}`,
		`{"file":{"url":"http://169.254.169.254/"}}`, `{"video":{"base64":"aGk="}}`,
		`{"link":{"url":"https://a.b/","title":"t","thumb_url":"http://127.0.0.1/"}}`,
	} {
		answer(wrong)
		f.Group("A").ExpectNothing()
		f.Group("B").ExpectNothing()
	}
}

// FuzzAnswers answers an event with anything: the webhook gets the next event, and the bot goes on.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		"", "null", "{}", "[]", `"text"`, `{"text":"9:00"}`, `{"text":""}`, `{"replies":[{"text":"a"},{"text":"b","hold":true}]}`,
		`{"replies":null,"text":"a"}`, `{"replies":{}}`, `{"replies":[[[[]]]]}`, `{"message":"Workflow was started"}`,
		`{"text":"a","to":"B"}`,
		`{"card":{"id":"a","name":"b"}}`, `{"location":{"lat":1e999}}`, `{"mini_program":{}}`, `{"video":{"cover":null}}`,
		`{"forward":"1"}`, `{"text":"a","quote":"0"}`, `{"text":"a","ttl":"9999999999h"}`, `{"text":"\ud800"}`, "\xff\x00",
		`{"text":"a"}{"text":"b"}`,
	} {
		f.Add([]byte(seed))
	}
	var answer atomic.Pointer[[]byte]
	posted := make(chan struct{}, 16)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(*answer.Load())
		posted <- struct{}{}
	}))
	f.Cleanup(server.Close)
	x := start(f, gateway.Config{Webhooks: []gateway.Webhook{{Name: "a", URL: server.URL, On: []string{"text"}, Reply: true}}})
	sim := x.Simulator()
	f.Fuzz(func(t *testing.T, body []byte) {
		answer.Store(&body)
		_, err := sim.Post(simulator.Draft{Kind: simulator.KindText, From: "alice", Text: "hi"})
		require.NoError(t, err)
		require.NoError(t, sim.Idle(t.Context()))
		<-posted
	})
}
