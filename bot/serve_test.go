package bot_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store/memory"
)

// servePlugin serves its own text.
type servePlugin struct {
	name, at, path, text string
	got                  *string
	fails                error
}

func (p servePlugin) Name() string { return p.name }
func (p servePlugin) Close() error { return nil }
func (p servePlugin) Setup(h *bot.Handle) error {
	address, err := h.Serve(p.at, p.path, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, p.text)
	}))
	if p.got != nil {
		*p.got = address
	}
	return errors.Join(err, p.fails)
}

// TestServe serves the HTTP of a plugin at one address, also while another one takes its place.
func TestServe(t *testing.T) {
	t.Parallel()
	b := newBot(t, bot.Config{Token: "t", Allow: bot.Allow{Everyone: true}, Logger: zap.NewNop(), Store: memory.New(memory.Config{})})
	var address string
	require.NoError(t, b.Install(servePlugin{name: "page", at: "127.0.0.1:0", text: "one", got: &address}))
	at := func(path string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, http.NoBody)
		require.NoError(t, err)
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(text)
	}
	get := func() string { return at("/") }
	require.Equal(t, "one", get())
	require.Error(t, b.Replace("page", servePlugin{name: "page", at: "127.0.0.1:0", text: "two", fails: errors.New("broken")}))
	require.Equal(t, "one", get())
	require.NoError(t, b.Replace("page", servePlugin{name: "page", at: "127.0.0.1:0", text: "two"}))
	require.Equal(t, "two", get())
	require.ErrorContains(t, b.Install(servePlugin{name: "other", at: "127.0.0.1:0"}), "the plugin page does")

	require.NoError(t, b.Install(servePlugin{name: "join", at: "127.0.0.1:0", path: "/join", text: "three"}))
	require.NoError(t, b.Install(servePlugin{name: "shop", at: "127.0.0.1:0", path: "/join/shop/", text: "four"}))
	for path, text := range map[string]string{
		"/x": "two", "/joint": "two", "/join": "three", "/join/x.png": "three", "/join/shop": "four", "/join/shop/x": "four",
	} {
		require.Equal(t, text, at(path), path)
	}
	require.NoError(t, b.Uninstall("shop"))
	require.Equal(t, "three", at("/join/shop"))
	require.NoError(t, b.Uninstall("join"))
	require.Equal(t, "two", at("/join"))

	http.DefaultClient.CloseIdleConnections()
	require.NoError(t, b.Uninstall("page"))
	var dialer net.Dialer
	_, err := dialer.DialContext(t.Context(), "tcp", address)
	require.Error(t, err)
}
