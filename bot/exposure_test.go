package bot_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestABotBehindATunnelMakesASecret has a listener on loopback that a tunnel makes public, and no
// secret is configured.
func TestABotBehindATunnelMakesASecret(t *testing.T) {
	t.Parallel()
	registered := make(chan string, 10)
	service := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/setCallback") {
			registered <- callbackURLOf(r)
		}
		says(200, `{"ret":200,"msg":"ok"}`)(w, r)
	})
	data := t.TempDir()
	body := `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"me","Data":{"MsgType":1,"NewMsgId":1,"FromUserName":"wxid_a","Content":"hello"}}`
	secrets := map[string]bool{}
	for range 2 {
		core, lines := observer.New(zap.InfoLevel)
		b, err := bot.New(bot.Config{
			BaseURL: service, Token: "t", Data: data, Listen: "127.0.0.1:0", Admin: bot.NoAdmin, Logger: zap.New(core),
			Callback: bot.Callback{PublicURL: "https://bot.example.com"}, Allow: bot.Allow{Everyone: true},
		})
		require.NoError(t, err)
		stop := start(t, b, nil)
		secret, ok := strings.CutPrefix(<-registered, "https://bot.example.com/callback/")
		require.True(t, ok)
		assert.GreaterOrEqual(t, len(secret), 26, "128 bits and more")
		secrets[secret] = true
		assert.Equal(t, http.StatusUnauthorized, post(t, b, "/callback", body), "a stranger knows no secret")
		assert.Equal(t, http.StatusUnauthorized, post(t, b, "/callback/", body))
		assert.Equal(t, http.StatusOK, post(t, b, "/callback/"+secret, body))
		require.NoError(t, stop())
		for _, line := range lines.All() {
			assert.NotContains(t, fmt.Sprint(line.Message, line.ContextMap()), secret)
		}
	}
	assert.Len(t, secrets, 1, "it is used again at the next start")
	entries, err := os.ReadDir(data)
	require.NoError(t, err)
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		if !e.IsDir() {
			assert.Zero(t, info.Mode().Perm()&0o077, "%s is for its owner only", e.Name())
		}
	}
}

// TestTheOwnSimulatorNeedsNoTunnel tries a configuration with a public URL, but no token yet: the
// simulator is in the same process.
func TestTheOwnSimulatorNeedsNoTunnel(t *testing.T) {
	t.Parallel()
	b, err := bot.New(bot.Config{Simulator: true, Logger: zap.NewNop(), Callback: bot.Callback{PublicURL: "https://bot.example.com"}})
	require.NoError(t, err)
	b.Text(router.Say("hello"))
	start(t, b, nil)
	sim := b.Simulator().Test(t)
	sim.ExpectCallback()
	sim.Friend("alice").Says("hi")
	sim.Friend("alice").ExpectText("hello")
}

// TestWhoMakesASecret knows the addresses that only this machine reaches.
func TestWhoMakesASecret(t *testing.T) {
	t.Parallel()
	for public, want := range map[string]bool{
		"": false, "http://127.0.0.1:8080": false, "http://localhost:8080": false, "http://[::1]:8080": false,
		"https://bot.example.com": true, "http://10.0.0.5:8080": true, "http://0.0.0.0:8080": true,
		"http://localhost.example.com": true, "http://bot": true,
	} {
		assert.Equal(t, want, bot.Callback{PublicURL: public}.MakesSecret(), public)
		assert.False(t, bot.Callback{PublicURL: public, Secret: "s"}.MakesSecret(), public)
	}
}

// TestForeignRequestsReachNoBot sends what a page in a browser of this machine, or a tunnel that is
// not configured, brings.
func TestForeignRequestsReachNoBot(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Admin, config.Data = "127.0.0.1:0", t.TempDir()
	b := newBot(t, config)
	b.Text(router.Say("answered"))
	start(t, b, nil)
	sim.ExpectCallback()
	address, err := b.Address(t.Context())
	require.NoError(t, err)
	admin, err := b.AdminAddress(t.Context())
	require.NoError(t, err)
	ours := map[string]bool{}
	request := func(method, url, host string, header ...string) int {
		t.Helper()
		id := 1000 + len(ours)
		ours[strconv.Itoa(id)] = true
		body := fmt.Sprintf(`{"TypeName":"AddMsg","Appid":%q,"Wxid":"wxid_hongyan_bot","Data":{"MsgType":1,"NewMsgId":%d,`+
			`"FromUserName":"wxid_alice","Content":"x"}}`,
			simulator.DefaultAppID, id)
		return fetchtest.Do(t, method, url, body, append(header, "Host", host)...).Status
	}
	for name, c := range map[string]struct {
		host   string
		header []string
	}{
		"a tunnel":             {host: "bot.example.com"},
		"a name of somebody":   {host: "evil.example:8080"},
		"a page":               {header: []string{"Origin", "https://evil.example", "Content-Type", "text/plain"}},
		"a sandboxed page":     {header: []string{"Origin", "null", "Content-Type", "text/plain"}},
		"a fetch":              {header: []string{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"}},
		"another local server": {header: []string{"Sec-Fetch-Site", "same-site", "Content-Type", "text/plain"}},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			assert.Equal(t, http.StatusForbidden, request(method, "http://"+address+"/callback", c.host, c.header...), name)
		}
		for _, path := range []string{"/", "/readyz", "/metrics", "/debug/pprof/"} {
			assert.Equal(t, http.StatusForbidden, request(http.MethodGet, "http://"+admin+path, c.host, c.header...), "%s: %s", name, path)
		}
	}
	assert.Equal(t, http.StatusForbidden, request(http.MethodPost, "http://"+address+"/callback", "", "X-Forwarded-For", "192.0.2.7"),
		"a tunnel that changes the Host")
	assert.Equal(t, http.StatusOK, request(http.MethodGet, "http://"+admin+"/livez", "localhost:1"))
	assert.Zero(t, b.Stats().Received, "nothing came in")
	assert.Equal(t, http.StatusOK, request(http.MethodPost, "http://"+address+"/callback", "localhost:8080"))
	sim.Friend("alice").ExpectText("answered")
}

// TestTheDataDirectoryIsNotSent tries to send what only the bot may read.
func TestTheDataDirectoryIsNotSent(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	config.Data = filepath.Join(t.TempDir(), "data")
	b := newBot(t, config)
	outside := t.TempDir()
	write := func(path string) string {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		return path
	}
	link := func(target, path string) string {
		t.Helper()
		require.NoError(t, os.Symlink(target, path))
		return path
	}
	database := filepath.Join(config.Data, "hongyan.db")
	refused := []string{
		database, database + "-wal", write(filepath.Join(config.Data, "recording", "1.jsonl")),
		write(filepath.Join(config.Data, "mediax", "a")),
		filepath.Join(config.Data, "media", "..", "hongyan.db"), write(filepath.Join(config.Data, "media", ".partial", "x")),
		link(database, filepath.Join(outside, "a.db")), link(config.Data, filepath.Join(outside, "dir")) + "/hongyan.db",
		link(database, filepath.Join(config.Data, "media", "b.db")),
	}
	hard := filepath.Join(outside, "hard.db")
	require.NoError(t, os.Link(database, hard))
	refused = append(refused, hard)
	sent := []string{
		write(filepath.Join(config.Data, "media", "a.txt")), write(filepath.Join(config.Data, "media", "2026", "b.txt")),
		write(filepath.Join(outside, "c.txt")),
		link(filepath.Join(config.Data, "media", "a.txt"), filepath.Join(outside, "d.txt")),
	}
	got := make(chan error, 1)
	paths := make(chan string, 1)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error { got <- c.ReplyFile(<-paths); return nil })
	start(t, b, sim.Simulator)
	reply := func(path string) error {
		sim.Friend("alice").Says("x")
		paths <- path
		return <-got
	}
	for _, path := range refused {
		err := reply(path)
		if strings.HasSuffix(path, "-wal") && errors.Is(err, fs.ErrNotExist) {
			continue // the store has none now
		}
		require.ErrorIs(t, err, media.ErrPrivate, path)
		assert.True(t, router.IsPermanent(err), "another try cannot mend it")
	}
	for _, path := range sent {
		require.NoError(t, reply(path), path)
	}
	var names []string
	for _, call := range sim.Calls() {
		if call.Endpoint == "/message/postFile" {
			names = append(names, sentTo(t, call, "fileName"))
		}
	}
	assert.Equal(t, []string{"a.txt", "b.txt", "c.txt", "d.txt"}, names)
}

// callbackURLOf is what a setCallback registers.
func callbackURLOf(r *http.Request) string {
	var body struct{ CallbackURL string }
	if json.NewDecoder(r.Body).Decode(&body) != nil {
		return ""
	}
	return body.CallbackURL
}
