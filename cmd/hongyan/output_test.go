package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// evil is a name that clears the screen, colours it, reverses the line, and adds a line and a
// column.
const evil = "E\x1b[2J\u009b31m\u202eexe\nwxid_forged\tadmin\r\a"

// tame is how a line of the output shows evil.
const tame = `E\u001b[2J\u009b31m\u202eexe\u000awxid_forged\u0009admin\u000d\u0007`

// assertTame checks that the output of a command has no control characters for the terminal.
func assertTame(t *testing.T, text string) {
	t.Helper()
	assert.False(t, strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	}), "%q", text)
}

// evilDesk is a desk in a world where every person has that name.
func evilDesk(t *testing.T) *desk {
	t.Helper()
	return newDesk(t, func(c *simulator.Config) {
		c.World = simulator.DefaultWorld()
		c.World.Accounts[0].Nickname = evil
		for i := range c.World.Contacts {
			c.World.Contacts[i].Nickname, c.World.Contacts[i].Remark = evil, evil
		}
		for i := range c.World.Groups {
			c.World.Groups[i].Name = evil
			for j := range c.World.Groups[i].Members {
				c.World.Groups[i].Members[j].DisplayName = evil
			}
		}
	})
}

func TestNamesDoNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	d := evilDesk(t)
	dir := t.TempDir()
	body := filepath.Join(dir, "body.json")
	title := strings.NewReplacer("\x1b", "", "\a", "").Replace(evil) // which no XML may hold
	quoted, err := json.Marshal("<msg><appmsg><title>" + title + "</title><type>5</type><url>https://example.com/</url></appmsg></msg>")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(body, []byte(`{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"me","Data":{
		"MsgType":49,"NewMsgId":7,"FromUserName":{"string":"wxid_a"},"Content":{"string":`+string(quoted)+`},
		"PushContent":"\u001b[2J\u009b\u202e : [Link]"}}`), 0o600))
	d.steps("scan", "confirm")
	for _, c := range []struct {
		args []string
		code int
		want string // a line has it in this form
	}{
		{[]string{"login", "--region", "310000", "--reconnect"}, 0, ""},
		{[]string{"logout"}, 0, ""},
		{[]string{"login", "--region", "310000"}, 0, tame},
		{[]string{"status"}, 0, tame},
		{[]string{"contacts"}, 0, tame + "  " + tame},
		{[]string{"groups"}, 0, tame},
		{[]string{"members", group}, 0, tame},
		{[]string{"contacts", "--json"}, 0, `\u202e`},
		{[]string{"members", "--json", group}, 0, `\u202e`},
		{[]string{"doctor"}, 1, ""},
		{[]string{"send", "wxid_alice", evil}, 0, ""},
		{[]string{"send", evil, "hello"}, 1, "is not unique: it can be"},
		{[]string{"outbox", "list", "--state", "sent", "--text"}, 0, ""},
		{[]string{"forward", body, "wxid_alice"}, 0, ""},
		{[]string{"decode", body}, 0, `\u009b31m\u202e`},
		{[]string{"inbox", "stats"}, 0, ""},
		{[]string{"callback", "set", "http://127.0.0.1:1/" + "\u202e"}, 1, ""},
		{[]string{"dead", "list"}, 0, ""},
		{[]string{"members", evil}, 1, ""},
		{[]string{evil}, 2, ""},
	} {
		code, out, errOut := d.types("", c.args...)
		assert.Equal(t, c.code, code, "%q: %s%s", c.args, out, errOut)
		assertTame(t, out)
		assertTame(t, errOut)
		assert.Contains(t, out+errOut, c.want, "%q", c.args)
		assert.NotContains(t, out+errOut, "\nwxid_forged", "%q", c.args)
	}
}

// TestWhatIsStoredDoesNotSteerTheTerminal prints texts of handlers and of the service.
func TestWhatIsStoredDoesNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	back := openedStore(t, data)
	in := back.Inbox()
	_, err := in.Append(t.Context(), store.Item{
		Key: "wx_a:" + evil, Lane: "wx_a/" + evil, Body: []byte("\x1b\u009b\u202e"), Received: time.Now(),
	})
	require.NoError(t, err)
	leases, err := in.Lease(t.Context(), 1, time.Minute)
	require.NoError(t, err)
	require.NoError(t, in.Bury(t.Context(), leases[0], store.Failure{Reason: "the order of " + evil + "\nseq           99", Stack: evil}))
	send := func(context.Context, api.Send) (*api.SentMessage, error) { return nil, errors.New("held") }
	o, err := outbox.New(outbox.Config{Store: back, Send: send})
	require.NoError(t, err)
	_, err = o.Send(t.Context(), outbox.Message{
		Send: api.PostText{AppID: "wx_a", To: "wxid_a", Content: evil}, Key: "k" + evil, Hold: evil, Class: outbox.Answer,
	})
	require.NoError(t, err)
	require.NoError(t, o.Close(t.Context()))
	require.NoError(t, outbox.Pause(t.Context(), back.State(), "wx_a", evil))
	for _, args := range [][]string{
		{"dead", "list"}, {"dead", "list", "--json"}, {"dead", "show", "1", "--body"}, {"dead", "show", "1", "--body", "--json"},
		{"outbox", "list", "--text"}, {"outbox", "list", "--json", "--text"}, {"outbox", "resend", evil}, {"outbox", "drop", "k" + evil},
		{"inbox", "stats"}, {"dead", "retry", "--all"},
	} {
		_, out, errOut := hongyan(t, "", append(args, "--data", data)...)
		assertTame(t, out)
		assertTame(t, errOut)
		assert.NotContains(t, out+errOut, "\nseq           99", "%q", args)
		if args[1] == "list" {
			assert.Contains(t, out+errOut, `\u009b31m\u202eexe`, "%q", args)
			assert.NotContains(t, out+errOut, "\nwxid_forged", "%q", args)
		}
	}
}

// TestIDsAreStringsInJSON: JSON readers may turn a number into a float64.
func TestIDsAreStringsInJSON(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	body := filepath.Join(t.TempDir(), "body.json")
	require.NoError(t, os.WriteFile(body, []byte(`{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"me","Data":{
		"MsgType":1,"MsgId":1100000001,"NewMsgId":9007199254740993,
		"FromUserName":{"string":"wxid_a"},"Content":{"string":"hello"}}}`), 0o600))
	for _, args := range [][]string{
		{"send", "--json", "wxid_alice", "hello"}, {"forward", "--json", body, "wxid_alice"}, {"decode", body}, {"status", "--json"},
		{"contacts", "--json"},
		{"groups", "--json"}, {"members", "--json", group}, {"doctor", "--json"}, {"outbox", "list", "--state", "sent", "--json"},
		{"inbox", "stats", "--json"}, {"logout", "--json"},
	} {
		_, out, errOut := d.types("", args...)
		dec := json.NewDecoder(strings.NewReader(out))
		dec.UseNumber()
		values := 0
		for dec.More() {
			var v any
			require.NoError(t, dec.Decode(&v), "%q: %s", args, out)
			assertNoLargeNumber(t, v, args[0])
			values++
		}
		assert.Positive(t, values, "%q: %s", args, errOut)
	}
	var sent struct {
		To         string      `json:"toWxid"`
		MsgID      string      `json:"msgId"`
		NewMsgID   string      `json:"newMsgId"`
		CreateTime json.Number `json:"createTime"`
	}
	d = newDesk(t)
	_, out, _ := d.types("", "send", "--json", "wxid_bob", "hello")
	require.NoError(t, json.Unmarshal([]byte(out), &sent), out)
	said, err := d.sim.Messages("wxid_bob", 0)
	require.NoError(t, err)
	require.Len(t, said, 1)
	assert.Equal(t, strconv.FormatUint(said[0].NewMsgID, 10), sent.NewMsgID)
	assert.Equal(t, strconv.FormatInt(said[0].MsgID, 10), sent.MsgID)
	assert.Equal(t, "wxid_bob", sent.To)
	assert.Equal(t, strconv.FormatInt(said[0].Time, 10), sent.CreateTime.String())
}

// assertNoLargeNumber checks that a float64 can hold all numbers, and that no id is a number.
func assertNoLargeNumber(t *testing.T, v any, path string) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if strings.HasSuffix(strings.ToLower(name), "msgid") || strings.HasSuffix(strings.ToLower(name), "msg_id") {
				assert.IsType(t, "", member, path+"."+name)
			}
			assertNoLargeNumber(t, member, path+"."+name)
		}
	case []any:
		for _, member := range v {
			assertNoLargeNumber(t, member, path)
		}
	case json.Number:
		assert.LessOrEqual(t, len(v), 15, path)
	}
}
