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
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
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
