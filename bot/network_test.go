package bot_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store/memory"
)

// elsewhere is a network that listens at another port, and answers itself.
type elsewhere struct{ address string }

func (n *elsewhere) Listen(string) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		n.address = l.Addr().String()
	}
	return l, err
}

func (n *elsewhere) Transport(http.RoundTripper) http.RoundTripper { return n }

func (n *elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("for " + r.URL.Host)), Request: r}, nil
}

// TestNetwork: plugins serve and ask through the network of the bot; a port that is taken is none
// of theirs.
func TestNetwork(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	network := &elsewhere{}
	var got, address string
	b := newBot(t, bot.Config{
		Token: "t", Allow: bot.Allow{Everyone: true}, Logger: zap.NewNop(), Store: memory.New(memory.Config{}), Network: network,
	})
	require.NoError(t, b.Install(servePlugin{name: "page", at: taken.Addr().String(), text: "one", got: &address},
		askPlugin{t, &got}))
	assert.Equal(t, network.address, address)
	assert.Equal(t, "for nowhere.example.com", got)
	require.NoError(t, b.Close())
}

// askPlugin asks a service when it is installed.
type askPlugin struct {
	t   *testing.T
	got *string
}

func (p askPlugin) Name() string { return "ask" }
func (p askPlugin) Close() error { return nil }
func (p askPlugin) Setup(h *bot.Handle) error {
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "https://nowhere.example.com/", http.NoBody)
	require.NoError(p.t, err)
	response, err := h.HTTP(&http.Client{}).Do(r)
	require.NoError(p.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	*p.got = string(text)
	return err
}
