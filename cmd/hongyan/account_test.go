package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/login"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

const group = "10000000001@chatroom"

// desk is where somebody types commands, with a simulator behind them.
type desk struct {
	t     *testing.T
	sim   *simulator.Test
	vars  map[string]string
	data  string
	ahead atomic.Int64 // by how much the rests of logins have moved the clock
	free  uint64       // bytes on the disk; 0 means that it is asked
	wait  func()       // runs instead of each rest of a login
}

func (d *desk) now() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }

func newDesk(t *testing.T, configure ...func(*simulator.Config)) *desk {
	t.Helper()
	d := &desk{t: t, data: t.TempDir(), wait: func() {}}
	d.sim = simulator.Start(t, append([]func(*simulator.Config){func(c *simulator.Config) { c.Clock = d.now }}, configure...)...)
	d.vars = map[string]string{
		"HONGYAN_TOKEN": d.sim.Token(), "HONGYAN_BASE_URL": d.sim.BaseURL(), "HONGYAN_DATA": d.data, "HONGYAN_PACE": "unlimited",
		"HONGYAN_APP_ID": simulator.DefaultAppID,
	}
	return d
}

// types runs a command line, and makes sure that it keeps its secrets.
func (d *desk) types(stdin string, args ...string) (code int, out, errOut string) {
	d.t.Helper()
	var o, e bytes.Buffer
	c := console{
		ctx: d.t.Context(), in: strings.NewReader(stdin), out: &o, errOut: &e, now: d.now,
		env: func(name string) (string, bool) { value, ok := d.vars[name]; return value, ok },
		sleep: func(ctx context.Context, rest time.Duration) error {
			d.ahead.Add(int64(rest))
			d.wait()
			return ctx.Err()
		},
	}
	if d.free != 0 {
		c.free = func(string) (uint64, error) { return d.free, nil }
	}
	code = run(c, args)
	for _, text := range []string{o.String(), e.String()} {
		assert.NotContains(d.t, text, "password")
		if token := d.vars["HONGYAN_TOKEN"]; token != "" {
			assert.NotContains(d.t, text, token)
		}
	}
	return code, o.String(), e.String()
}

// state reads and writes the data directory.
func (d *desk) state(do func(store.State)) {
	d.t.Helper()
	s, err := openData(d.t.Context(), d.data, true)
	require.NoError(d.t, err)
	do(s.State())
	require.NoError(d.t, s.Close())
}

// step makes a step of a login on the phone.
func (d *desk) step(s simulator.LoginStep) {
	d.t.Helper()
	_, err := d.sim.Login(s)
	assert.NoError(d.t, err)
}

// steps makes one step at each rest of a login.
func (d *desk) steps(steps ...string) {
	d.wait = func() {
		if len(steps) == 0 {
			return
		}
		if steps[0] != "" {
			d.step(simulator.LoginStep{Action: steps[0]})
		}
		steps = steps[1:]
	}
}

func (d *desk) calls(endpoint string) []map[string]any {
	var bodies []map[string]any
	for _, c := range d.sim.Calls() {
		if c.Endpoint == endpoint {
			var body map[string]any
			require.NoError(d.t, json.Unmarshal(c.Body, &body))
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// offline ends the session of the simulator's account.
func (d *desk) offline() {
	d.step(simulator.LoginStep{AppID: simulator.DefaultAppID, Action: simulator.LoginDrop})
}

func TestLogin(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	delete(d.vars, "HONGYAN_APP_ID")
	d.vars["HONGYAN_PROXY"] = "socks5://user:password@192.0.2.1:1080"
	d.offline()

	code, _, errOut := d.types("", "login")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "310000 Shanghai 上海", "the regions are listed")
	code, _, errOut = d.types("", "login", "--region", "Atlantis")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "Atlantis")

	png := filepath.Join(t.TempDir(), "code.png")
	var picture []byte
	polls := 0
	d.wait = func() {
		switch polls++; polls {
		case 1:
			picture, _ = os.ReadFile(png)
		case 2:
			d.step(simulator.LoginStep{Action: simulator.LoginScan})
		case 4:
			d.step(simulator.LoginStep{Action: simulator.LoginConfirm})
		}
	}
	code, out, errOut := d.types("", "login", "--region", "上海", "--png", png)
	require.Equal(t, 0, code, errOut)
	assert.Equal(t, "\x89PNG", string(picture[:4]))
	assert.NoFileExists(t, png, "the picture does not stay")
	assert.Contains(t, errOut, "█", "the code is drawn")
	assert.NotContains(t, errOut+out, "weixin.qq.com")
	assert.NotContains(t, errOut+out, "qr.example.com", "nobody else draws it")
	assert.Contains(t, errOut, "has scanned it")
	assert.Contains(t, out, "wxid_hongyan_bot")
	first := d.calls("/login/getLoginQrCode")[0]
	assert.Empty(t, first["appId"])
	assert.Equal(t, "310000", first["regionId"])
	assert.Equal(t, "socks5://user:password@192.0.2.1:1080", first["proxyIp"])

	code, out, errOut = d.types("", "status")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "online")
	assert.Contains(t, out, "wxid_hongyan_bot")
	code, out, _ = d.types("", "login")
	assert.Equal(t, 0, code)
	assert.Contains(t, out, "Already online")

	d.step(simulator.LoginStep{Action: simulator.LoginDrop})
	code, out, _ = d.types("", "status")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "offline")
	assert.Contains(t, out, "night after its first login")
	d.steps("", simulator.LoginConfirm)
	code, out, errOut = d.types("", "login", "--dialog", "--json")
	require.Equal(t, 0, code, errOut)
	var device login.Device
	require.NoError(t, json.Unmarshal([]byte(out), &device))
	assert.Equal(t, "wxid_hongyan_bot", device.Wxid)
	codes := d.calls("/login/getLoginQrCode")
	assert.Equal(t, device.AppID, codes[len(codes)-1]["appId"], "the same device again")
	assert.Contains(t, errOut, "scan instead")
	assert.Empty(t, d.calls("/login/dialogLogin"), "which is useless on the second day")

	code, out, errOut = d.types("", "logout")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, device.AppID)
	d.steps("", simulator.LoginAcceptDialog)
	code, _, errOut = d.types("", "login", "--dialog")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, errOut, "Confirm the login on the phone")
}

// TestLoginTurns plays what may come between the scan and the end.
func TestLoginTurns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps []string
		stdin string
		args  []string
		code  int
		says  []string
	}{
		"a number": {[]string{simulator.LoginCaptcha, "", "", simulator.LoginConfirm}, "123456\n", nil, 0, []string{"number"}},
		"a wrong number": {[]string{simulator.LoginCaptcha, "", "", simulator.LoginConfirm}, "000000\n123456\n", nil, 0,
			[]string{"not right"}},
		"only wrong numbers": {[]string{simulator.LoginCaptcha}, "1111\n2222\n3333\n4444\n", nil, 1, []string{"wrong too often"}},
		"no keyboard":        {[]string{simulator.LoginScan, "", "", simulator.LoginConfirm}, "", nil, 0, []string{"number"}},
		"not asked":          {[]string{simulator.LoginScan, "", "", "", simulator.LoginConfirm}, "", []string{"--no-captcha"}, 0, []string{"has scanned"}},
		"a page": {[]string{simulator.LoginVerify, "", simulator.LoginVerified, simulator.LoginConfirm}, "", nil, 0,
			[]string{"verification"}},
		"a slider": {[]string{simulator.LoginVerify, "", simulator.LoginConfirm}, "y\n", []string{"--device", "mac"}, 0,
			[]string{"slider"}},
		"a slider that is solved": {[]string{simulator.LoginVerify, simulator.LoginConfirm}, "", []string{"--device", "mac", "--auto-sliding"}, 0, nil},
		"half an answer":          {[]string{simulator.LoginScan, simulator.LoginHalf, simulator.LoginConfirm}, "", nil, 0, nil},
		"cancelled":               {[]string{simulator.LoginScan, simulator.LoginCancel}, "", nil, 1, []string{"cancelled on the phone"}},
		"expired once":            {[]string{simulator.LoginExpire, "", simulator.LoginScan, simulator.LoginConfirm}, "", nil, 0, []string{"last one"}},
		"expired":                 {[]string{simulator.LoginExpire, simulator.LoginExpire}, "", nil, 1, []string{"nobody confirmed in time"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.offline()
			d.steps(c.steps...)
			code, out, errOut := d.types(c.stdin, append([]string{"login", "--region", "310000"}, c.args...)...)
			assert.Equal(t, c.code, code, errOut)
			for _, s := range c.says {
				assert.Contains(t, errOut, s)
			}
			if c.code == 0 {
				assert.Contains(t, out, "Logged in: ")
			}
			d.state(func(s store.State) {
				known, err := login.Devices(t.Context(), s)
				require.NoError(t, err)
				for _, k := range known {
					assert.Equal(t, simulator.DefaultAppID, k.AppID, "no other device")
				}
			})
		})
	}
}

func TestLoginDevices(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.offline()
	d.vars["HONGYAN_APP_ID"] = "wx_gone"
	code, _, errOut := d.types("", "login", "--region", "310000")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "does not know the device wx_gone")
	assert.Contains(t, errOut, "--new-device")

	d.steps("", simulator.LoginScan, simulator.LoginConfirm)
	code, out, errOut := d.types("", "login", "--region", "310000", "--new-device", "--json")
	require.Equal(t, 0, code, errOut)
	var device login.Device
	require.NoError(t, json.Unmarshal([]byte(out), &device))
	assert.NotEqual(t, "wx_gone", device.AppID)

	delete(d.vars, "HONGYAN_APP_ID")
	d.state(func(s store.State) {
		_, err := s.Put(t.Context(), "login/wx_other", []byte(`{"appId":"wx_other","wxid":"wxid_other","nickname":"Other"}`), 0)
		require.NoError(t, err)
	})
	for _, command := range []string{"login", "status", "contacts"} {
		code, _, errOut = d.types("", command)
		assert.Equal(t, 1, code)
		assert.Contains(t, errOut, "--app-id")
		assert.Contains(t, errOut, "wx_other (Other, wxid_other)")
	}
	code, _, errOut = d.types("", "status", "--app-id", device.AppID)
	assert.Equal(t, 0, code, errOut)

	d.step(simulator.LoginStep{AppID: device.AppID, Action: simulator.LoginDisconnect})
	code, out, errOut = d.types("", "login", "--app-id", device.AppID, "--reconnect")
	assert.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "mended")
}

func TestPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	code, out, errOut := d.types("", "contacts")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "wxid_liwei")
	assert.Contains(t, out, "李经理")
	assert.NotContains(t, out, "@chatroom")
	assert.NoFileExists(t, filepath.Join(d.data, "hongyan.db"), "to look makes no file")

	const unsaved = "20000000002@chatroom"
	d = newDesk(t, func(c *simulator.Config) {
		c.World = simulator.DefaultWorld()
		c.World.Accounts[0].Groups = []string{group}
	})
	d.state(func(s store.State) {
		client, err := api.New(api.Config{BaseURL: d.sim.BaseURL(), Token: d.sim.Token()})
		require.NoError(t, err)
		defer client.Close()
		event, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"` + simulator.DefaultAppID + `","Wxid":"wxid_hongyan_bot","Data":{"MsgType":1,` +
			`"FromUserName":{"string":"` + unsaved + `"},"ToUserName":{"string":"wxid_hongyan_bot"},"Content":{"string":"wxid_bob:\nhi"}}}`))
		require.NoError(t, err)
		require.NoError(t, contacts.New(contacts.Config{Client: client, State: s}).Observe(t.Context(), event))
	})
	code, out, errOut = d.types("", "groups", "--json")
	require.Equal(t, 0, code, errOut)
	var groups []person
	require.NoError(t, json.Unmarshal([]byte(out), &groups))
	require.Len(t, groups, 2)
	assert.Equal(t, unsaved, groups[1].ID, "known from a callback")
	assert.NotEmpty(t, groups[1].Name)

	code, out, errOut = d.types("", "members", "30000000003@chatroom")
	require.Equal(t, 0, code, errOut)
	assert.Regexp(t, `wxid_hongyan_bot .*owner`, out)
	assert.Contains(t, out, "wxid_alice")
	code, _, errOut = d.types("", "members", "wxid_alice")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "hongyan groups")
}

func TestSend(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.state(func(store.State) {}) // the ledger of a bot
	for range 2 {
		code, out, errOut := d.types("", "send", "wxid_alice", "hello", "--key", "once")
		require.Equal(t, 0, code, errOut)
		assert.Regexp(t, `newMsgId \d+`, out)
	}
	assert.Len(t, d.calls("/message/postText"), 1, "the same key is the same message")

	code, _, errOut := d.types("", "send", group, "--file", "https://files.example.com/a/report.xlsx")
	require.Equal(t, 0, code, errOut)
	assert.Equal(t, "report.xlsx", d.calls("/message/postFile")[0]["fileName"])
	code, out, errOut := d.types("", "send", group, "--image", "https://files.example.com/a.png", "--json")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, `"newMsgId"`)
	code, _, errOut = d.types("", "send", group, "@Bob lunch", "--at", "wxid_bob")
	require.Equal(t, 0, code, errOut)

	for says, args := range map[string][]string{
		"give one of":                 {"wxid_alice"},
		"not a path":                  {"wxid_alice", "--file", "report.xlsx"},
		"--name":                      {"wxid_alice", "--file", "https://files.example.com/"},
		"refused":                     {"wxid_nobody", "hello"},
		"one of a text, --file and -": {"wxid_alice", "x", "--image", "https://files.example.com/a.png"},
	} {
		code, _, errOut = d.types("", append([]string{"send"}, args...)...)
		assert.Equal(t, 1, code)
		assert.Contains(t, errOut, says)
	}

	require.NoError(t, os.WriteFile(filepath.Join(d.data, "STOP"), nil, 0o600))
	code, _, errOut = d.types("", "send", "wxid_alice", "stopped")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "sending is stopped")
	assert.Len(t, d.calls("/message/postText"), 3, "the kill switch holds here, too")
}

const fileXML = `<msg><appmsg><title>report.xlsx</title><type>6</type><appattach><totallen>20000</totallen><fileext>xlsx</fileext>` +
	`<attachid>@cdn_1</attachid><cdnattachurl>3057020100</cdnattachurl><aeskey>00112233445566778899aabbccddeeff</aeskey></appattach></appmsg></msg>`

func TestForward(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	dir := t.TempDir()
	xml, body, other := filepath.Join(dir, "m.xml"), filepath.Join(dir, "m.json"), filepath.Join(dir, "other.json")
	require.NoError(t, os.WriteFile(xml, []byte(fileXML+"\n"), 0o600))
	require.NoError(t, os.WriteFile(body, fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_x","Wxid":"me","Data":{"MsgType":49,"NewMsgId":5,`+
		`"FromUserName":{"string":%q},"ToUserName":{"string":"me"},"Content":{"string":%q}}}`, group, "wxid_bob:\n"+fileXML), 0o600))
	require.NoError(t, os.WriteFile(other, []byte(`{"TypeName":"Offline","Appid":"wx_x","Wxid":"me"}`), 0o600))
	for _, args := range [][]string{{xml, group}, {body, group}, {body, group}, {"-", group, "--title", "new.xlsx"}} {
		code, out, errOut := d.types(fileXML, append([]string{"forward"}, args...)...)
		require.Equal(t, 0, code, errOut)
		assert.Contains(t, out, "Sent to "+group)
	}
	calls := d.calls("/message/forwardFile")
	require.Len(t, calls, 4)
	assert.Equal(t, fileXML, calls[1]["xml"], "without the prefix of the group")
	assert.Contains(t, calls[3]["xml"], "new.xlsx")

	code, _, errOut := d.types("<msg><nonsense/></msg>", "forward", "-", group)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "whole callback body")
	code, _, errOut = d.types("hello", "forward", "-", group)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "neither")
	code, _, errOut = d.types("", "forward", other, group)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no message")
}

func TestDownload(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	out := t.TempDir()
	code, text, errOut := d.types(imageXML, "download", "-", "--out", out, "--json")
	require.Equal(t, 0, code, errOut)
	var file struct{ Name, Type string }
	require.NoError(t, json.Unmarshal([]byte(text), &file))
	assert.Contains(t, file.Type, "image/")
	assert.FileExists(t, filepath.Join(out, file.Name))
	code, text, errOut = d.types(imageXML, "download", "-", "--out", out, "--name", "../../evil")
	require.Equal(t, 0, code, errOut)
	path, _, _ := strings.Cut(text, "  ")
	assert.FileExists(t, path)
	assert.Equal(t, out, filepath.Dir(path), "no way out of the directory")
	code, _, errOut = d.types(`{"TypeName":"AddMsg","Appid":"wx_","Data":{"MsgType":1,"FromUserName":{"string":"wxid_a"},"Content":{"string":"hi"}}}`, "download", "-", "--out", out)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "nothing to download")
}

const imageXML = `<msg><img aeskey="00112233445566778899aabbccddeeff" cdnmidimgurl="3057020100" length="2000"/></msg>`

func TestConfigurationOfAccounts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	config := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "service: {base_url: %q, token: \"${HONGYAN_TOKEN}\"}\ndata: %q\naccounts: [{app_id: %s}]\n",
		d.sim.BaseURL(), d.data, simulator.DefaultAppID), 0o600))
	token := d.vars["HONGYAN_TOKEN"]
	d.vars = map[string]string{"HONGYAN_TOKEN": token}
	code, out, errOut := d.types("", "status", "--config", config)
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, simulator.DefaultAppID)
	code, _, errOut = d.types("", "status", "--config", config+"x")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "bot.yamlx")
	d.vars = nil
	code, _, errOut = d.types("", "status")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "HONGYAN_TOKEN")
	d.vars = map[string]string{"HONGYAN_TOKEN": token, "HONGYAN_BASE_URL": d.sim.BaseURL(), "HONGYAN_DATA": d.data}
	code, _, errOut = d.types("", "status")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "hongyan login")
	d.vars["HONGYAN_APP_ID"] = "wx_1,wx_2"
	code, _, errOut = d.types("", "status")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "--app-id")
}

// bots is an HTTP server with answers like those of bots and what stands before them.
func bots(t *testing.T, status int) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.example.com/")
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func TestCallback(t *testing.T) {
	t.Parallel()
	good := bots(t, http.StatusOK)
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0) // it tells of each handshake that we break off
	tls.StartTLS()
	t.Cleanup(tls.Close)
	const path = "/callback/s3cret"
	for name, c := range map[string]struct {
		url       string
		local     bool // the service does not reach local addresses
		says, not string
	}{
		"good":            {url: good.URL + path, says: "the service reaches it"},
		"loopback":        {url: good.URL + path, local: true, says: "loopback or private address"},
		"wrong secret":    {url: bots(t, http.StatusUnauthorized).URL + path, says: "secret"},
		"wrong path":      {url: bots(t, http.StatusNotFound).URL + path, says: "correct the path"},
		"no path":         {url: good.URL, says: "no path"},
		"not allowed":     {url: bots(t, http.StatusForbidden).URL + path, says: "allow_from"},
		"full":            {url: bots(t, http.StatusServiceUnavailable).URL + path, says: "space of its disk"},
		"no upstream":     {url: bots(t, http.StatusBadGateway).URL + path, says: "upstream"},
		"redirect":        {url: bots(t, http.StatusMovedPermanently).URL + path, says: "does not follow"},
		"odd":             {url: bots(t, http.StatusTeapot).URL + path, says: "HTTP 418"},
		"nobody":          {url: "http://" + closedPort(t) + path, says: "nobody listens"},
		"certificate":     {url: tls.URL + path, says: "certificate"},
		"name":            {url: "http://no-such-host.invalid" + path, says: "does not resolve"},
		"no URL":          {url: "bot.example.com", says: "no http or https URL"},
		"not TLS at all":  {url: strings.Replace(good.URL, "http:", "https:", 1) + path, says: "speaks no TLS"},
		"secret in query": {url: bots(t, http.StatusUnauthorized).URL + "/callback?key=s3cret", says: "secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, func(s *simulator.Config) { s.RefuseLocal = c.local })
			wrong := !strings.Contains(c.says, "the service reaches it")
			code, out, errOut := d.types("", "callback", "set", c.url)
			assert.Equal(t, wrong, code == 1, "%s%s", out, errOut)
			assert.Contains(t, out+errOut, c.says)
			assert.NotContains(t, out+errOut, "s3cret")
			if wrong {
				lines := strings.Split(strings.TrimSpace(errOut), "\n")
				require.Len(t, lines, 2, "a line for the cause, and one for what to do")
				assert.Contains(t, lines[1], "→")
				code, out, _ = d.types("", "callback", "check", c.url, "--json")
				assert.Equal(t, 1, code)
				assert.Contains(t, out, `"cause"`)
				return
			}
			_, out, _ = d.types("", "status")
			assert.Contains(t, out, "callback  http://127.0.0.1")
			assert.NotContains(t, out, "s3cret")
		})
	}
}

func TestCallbackListen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	address := closedPort(t)
	d.vars["HONGYAN_PUBLIC_URL"], d.vars["HONGYAN_CALLBACK_SECRET"] = "http://"+address, "s3cret"
	code, out, errOut := d.types("", "callback", "check", "--listen", address)
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, "the service reaches it")

	// The URL leads elsewhere, where the test is turned away: nothing arrives here.
	elsewhere := bots(t, http.StatusForbidden)
	code, _, errOut = d.types("", "callback", "check", strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)+"/callback/s", "--listen", closedPort(t))
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "→")

	delete(d.vars, "HONGYAN_PUBLIC_URL")
	code, _, errOut = d.types("", "callback", "check")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "public_url")
	taken := strings.TrimPrefix(elsewhere.URL, "http://")
	code, _, errOut = d.types("", "callback", "set", elsewhere.URL+"/callback/s", "--listen", taken)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "leave --listen out")
}

func TestHostedServiceAndLoopback(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.vars["HONGYAN_BASE_URL"] = "http://192.0.2.1:1/finder/v2/api" // nobody is there, and nobody is asked
	code, _, errOut := d.types("", "callback", "set", "http://10.0.0.1:8080/callback/s3cret")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "private address")
}
