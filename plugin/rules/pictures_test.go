package rules_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin/rules"
)

// web is a network on which one server answers everything with a body, until the link expires.
type web struct {
	body    string
	expired atomic.Bool
	asked   atomic.Int32
}

func (w *web) Listen(address string) (net.Listener, error)   { return net.Listen("tcp", address) }
func (w *web) Transport(http.RoundTripper) http.RoundTripper { return w }
func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked.Add(1)
	status := http.StatusOK
	if w.expired.Load() {
		status = http.StatusGone
	}
	return &http.Response{StatusCode: status, Request: r, Body: io.NopCloser(strings.NewReader(w.body)), Header: http.Header{}}, nil
}

// TestPictureByLink copies a picture when the rules are loaded, and sends the copy when the link
// has expired, also after a restart.
func TestPictureByLink(t *testing.T) {
	t.Parallel()
	list := written(t, "  - {name: price, on: text, keyword: 价格, reply: {image: \"https://img.example.com/p?key=secret\"}}\n")
	w := &web{body: "GIF89a, and more"}
	sim := bottest.RunWith(t, bottest.Config{
		Durable: true, Bot: func(c *bot.Config) { c.Network = w },
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(rules.New(list))) },
	})
	assert.EqualValues(t, 1, w.asked.Load(), "it is copied before anybody asks")
	w.expired.Store(true)
	alice := sim.Person("alice")
	alice.Say("价格")
	alice.ExpectImage()
	assert.EqualValues(t, 1, w.asked.Load())
	sim.Restart()
	alice.Say("价格？")
	alice.ExpectImage()
}

// TestPictureThatIsNone sends nothing that is no picture, or is too large, and asks no address that
// is not public.
func TestPictureThatIsNone(t *testing.T) {
	t.Parallel()
	for link, w := range map[string]*web{
		"https://img.example.com/a": {body: "<html>"}, "https://img.example.com/b": {body: "GIF89a" + strings.Repeat("x", 10<<20)},
		"http://127.0.0.1:1/c": nil,
	} {
		list := written(t, "  - {name: price, on: text, keyword: 价格, reply: [{image: \""+link+"\"}, 见上图]}\n")
		sim := bottest.RunWith(t, bottest.Config{
			Bot: func(c *bot.Config) {
				if w != nil {
					c.Network = w
				}
			},
			Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(rules.New(list))) },
		})
		alice := sim.Person("alice")
		alice.Say("价格")
		alice.ExpectText("见上图")
		alice.ExpectNothing()
		sim.ExpectError("rules: the picture of a link")
	}
	_, err := app.Reader{}.Parse("f", []byte("service: {sim: true}\nrules: [{name: a, on: text, reply: {image: \"file:///etc/a.png\"}}]\n"))
	require.ErrorContains(t, err, "f:2: rules[0].reply.image: it is not a plain http or https URL")
}
