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
	name, at, text string
	got            *string
	fails          error
}

func (p servePlugin) Name() string { return p.name }
func (p servePlugin) Close() error { return nil }
func (p servePlugin) Setup(h *bot.Handle) error {
	address, err := h.Serve(p.at, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
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
	get := func() string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, http.NoBody)
		require.NoError(t, err)
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return string(text)
	}
	require.Equal(t, "one", get())
	require.Error(t, b.Replace("page", servePlugin{name: "page", at: "127.0.0.1:0", text: "two", fails: errors.New("broken")}))
	require.Equal(t, "one", get())
	require.NoError(t, b.Replace("page", servePlugin{name: "page", at: "127.0.0.1:0", text: "two"}))
	require.Equal(t, "two", get())
	require.ErrorContains(t, b.Install(servePlugin{name: "other", at: "127.0.0.1:0"}), "the plugin page does")

	http.DefaultClient.CloseIdleConnections()
	require.NoError(t, b.Uninstall("page"))
	var dialer net.Dialer
	_, err := dialer.DialContext(t.Context(), "tcp", address)
	require.Error(t, err)
}
