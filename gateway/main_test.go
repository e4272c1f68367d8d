package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a bot with a gateway, and a client.
type fixture struct {
	*bottest.Sim
	t  testing.TB
	at func() string // the address, of the latest gateway
	g  *gateway.Gateway
}

func start(t testing.TB, c gateway.Config, change ...func(*bottest.Config)) *fixture {
	t.Helper()
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	f := &fixture{t: t}
	config := bottest.Config{Setup: func(b *bot.Bot) error {
		g, err := gateway.New(c)
		if err != nil {
			return err
		}
		f.at, f.g = g.Address, g
		return b.Install(g)
	}}
	config.Bot = func(c *bot.Config) { c.Accounts = []bot.Account{{AppID: simulator.DefaultAppID}} }
	for _, x := range change {
		x(&config)
	}
	f.Sim = bottest.RunWith(t, config)
	return f
}

// answer is a response that was read.
type answer struct {
	Status int
	Header http.Header
	Text   string
	JSON   map[string]any
}

// do makes a request. headers are names and values in turn.
func (f *fixture) do(method, path, body string, headers ...string) answer {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, "http://"+f.at()+path, strings.NewReader(body))
	require.NoError(f.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	r.Close = true
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(f.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	require.NoError(f.t, err)
	a := answer{Status: resp.StatusCode, Header: resp.Header, Text: string(data)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		require.NoError(f.t, json.Unmarshal(data, &a.JSON), a.Text)
	}
	return a
}

func (f *fixture) post(path, body string, headers ...string) answer {
	f.t.Helper()
	return f.do(http.MethodPost, path, body, headers...)
}

func (f *fixture) get(path string, headers ...string) answer {
	f.t.Helper()
	return f.do(http.MethodGet, path, "", headers...)
}
