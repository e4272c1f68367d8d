package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

const group = "10000000001@chatroom"

// desk runs commands against a simulator.
type desk struct {
	t     *testing.T
	sim   *simulator.Test
	vars  map[string]string
	data  string
	ahead atomic.Int64 // by how much the waits of logins have moved the clock
	free  uint64       // bytes on the disk; 0 means doctor.FreeSpace
	wait  func()       // runs instead of each wait of a login
}

func (d *desk) now() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }

func newDesk(t *testing.T, configure ...func(*simulator.Config)) *desk {
	t.Helper()
	d := &desk{t: t, data: t.TempDir(), wait: func() {}}
	configure = append([]func(*simulator.Config){func(c *simulator.Config) { c.Clock = clock.Func(d.now) }}, configure...)
	d.sim = simulator.Start(t, configure...)
	d.vars = map[string]string{
		"HONGYAN_TOKEN": d.sim.Token(), "HONGYAN_BASE_URL": d.sim.BaseURL(), "HONGYAN_DATA": d.data, "HONGYAN_PACE": "unlimited",
		"HONGYAN_APP_ID": simulator.DefaultAppID,
	}
	return d
}

// types runs a command line, and checks that its output has no secrets.
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
		assertTame(d.t, text)
		if token := d.vars["HONGYAN_TOKEN"]; token != "" {
			assert.NotContains(d.t, text, token)
		}
	}
	return code, o.String(), e.String()
}

// state reads and writes the data directory.
func (d *desk) state(do func(store.State)) {
	d.t.Helper()
	s, err := openStore(d.t.Context(), &app.File{Bot: bot.Config{Data: d.data}}, true)
	require.NoError(d.t, err)
	do(s.State())
	require.NoError(d.t, s.Close())
}

// step does a step of a login on the phone.
func (d *desk) step(s simulator.LoginStep) {
	d.t.Helper()
	_, err := d.sim.Login(s)
	assert.NoError(d.t, err)
}

// steps does one step each time that a login waits.
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
		event, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"` + simulator.DefaultAppID + `","Wxid":"wxid_hongyan_bot",` +
			`"Data":{"MsgType":1,"FromUserName":{"string":"` + unsaved + `"},"ToUserName":{"string":"wxid_hongyan_bot"},` +
			`"Content":{"string":"wxid_bob:\nhi"}}}`))
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
	code, out, errOut = d.types("", "members", group)
	require.Equal(t, 0, code, errOut)
	code, byName, errOut := d.types("", "members", "A")
	require.Equal(t, 0, code, errOut)
	assert.Equal(t, out, byName)
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
	path := filepath.Join(t.TempDir(), "本地 报表.xlsx")
	require.NoError(t, os.WriteFile(path, []byte("cells"), 0o600))
	code, _, errOut = d.types("", "send", group, "--file", path)
	require.Equal(t, 0, code, errOut)
	sent := d.calls("/message/postFile")[1]
	assert.Equal(t, "本地 报表.xlsx", sent["fileName"])
	assert.Contains(t, sent["fileUrl"], "http://127.0.0.1:")
	code, out, errOut := d.types("", "send", group, "--image", "https://files.example.com/a.png", "--json")
	require.Equal(t, 0, code, errOut)
	assert.Contains(t, out, `"newMsgId"`)
	for _, line := range [][]string{{group, "wxid_bob"}, {"A", "Bob"}} {
		code, _, errOut = d.types("", "send", line[0], "@Bob lunch", "--at", line[1])
		require.Equal(t, 0, code, errOut)
		posts := d.calls("/message/postText")
		assert.Equal(t, group, posts[len(posts)-1]["toWxid"])
		assert.Equal(t, "wxid_bob", posts[len(posts)-1]["ats"])
	}

	for says, args := range map[string][]string{
		"give one of":                 {"wxid_alice"},
		"neither a file of this":      {"wxid_alice", "--file", "report.xlsx"},
		"--name":                      {"wxid_alice", "--file", "https://files.example.com/"},
		"refused":                     {"wxid_nobody", "hello"},
		"one of a text, --file and -": {"wxid_alice", "x", "--image", "https://files.example.com/a.png"},
	} {
		code, _, errOut = d.types("", append([]string{"send"}, args...)...)
		want := 2 // wrong use
		if says == "refused" {
			want = 1
		}
		assert.Equal(t, want, code, says)
		assert.Contains(t, errOut, says)
	}

	require.NoError(t, os.WriteFile(filepath.Join(d.data, "STOP"), nil, 0o600))
	code, _, errOut = d.types("", "send", "wxid_alice", "stopped")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "sending is stopped")
	assert.Len(t, d.calls("/message/postText"), 4, "the kill switch holds here, too")
}

const fileXML = `<msg><appmsg><title>report.xlsx</title><type>6</type><appattach><totallen>20000</totallen><fileext>xlsx</fileext>` +
	`<attachid>@cdn_1</attachid><cdnattachurl>3057020100</cdnattachurl>` +
	`<aeskey>00112233445566778899aabbccddeeff</aeskey></appattach></appmsg></msg>`

func TestForward(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	dir := t.TempDir()
	xml, body, other := filepath.Join(dir, "m.xml"), filepath.Join(dir, "m.json"), filepath.Join(dir, "other.json")
	require.NoError(t, os.WriteFile(xml, []byte(fileXML+"\n"), 0o600))
	require.NoError(t, os.WriteFile(body, fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_x","Wxid":"me","Data":{`+
		`"MsgType":49,"NewMsgId":5,"FromUserName":{"string":%q},"ToUserName":{"string":"me"},"Content":{"string":%q}}}`,
		group, "wxid_bob:\n"+fileXML), 0o600))
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
	before := len(d.calls("/message/forwardFile"))
	code, _, errOut = d.types("<msg><appmsg><title>t.pdf</title><type>6</type><appattach><totallen>7</totallen></appattach></appmsg></msg>",
		"forward", "-", group)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "no ids of the cdn")
	assert.Len(t, d.calls("/message/forwardFile"), before)
	code, _, errOut = d.types("hello", "forward", "-", group)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "neither")
	code, _, errOut = d.types("", "forward", other, group)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "not a message")
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
	code, _, errOut = d.types(
		`{"TypeName":"AddMsg","Appid":"wx_","Data":{"MsgType":1,"FromUserName":{"string":"wxid_a"},"Content":{"string":"hi"}}}`,
		"download", "-", "--out", out)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "nothing to download")
}

const imageXML = `<msg><img aeskey="00112233445566778899aabbccddeeff" cdnmidimgurl="3057020100" length="2000"/></msg>`

// TestSettingsOfTheFile checks that the commands use the settings of the file for sends and
// downloads.
func TestSettingsOfTheFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.state(func(store.State) {})
	config := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "service: {base_url: %q, token: \"${HONGYAN_TOKEN}\"}\ndata: %q\n"+
		"accounts: [{app_id: %s, since: 2020-01-31}]\nlimits: {quiet_hours: off}\nfiles: {max_size: 3}\n",
		d.sim.BaseURL(), d.data, simulator.DefaultAppID), 0o600))
	code, _, errOut := d.types("", "send", "wxid_alice", "hello", "--config", config)
	require.Equal(t, 0, code, errOut)
	d.state(func(s store.State) {
		_, err := s.Get(t.Context(), "account/"+simulator.DefaultAppID+"/since")
		require.ErrorIs(t, err, store.ErrNotFound, "the age is that of the file, and not noted")
		_, err = s.Get(t.Context(), "outbox/budget/"+simulator.DefaultAppID)
		require.NoError(t, err, "the send was counted")
	})
	code, _, errOut = d.types(imageXML, "download", "-", "--out", t.TempDir(), "--config", config)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, media.ErrTooLarge.Error())
}

func TestConfigurationOfAccounts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	config := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "service: {base_url: %q, token: \"${HONGYAN_TOKEN}\"}\ndata: %q\n"+
		"accounts: [{app_id: %s}]\n",
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
