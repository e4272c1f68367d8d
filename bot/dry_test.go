package bot_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// answers answers every call in the process.
type answers struct{ got []string }

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.got = append(a.got, r.URL.Host+r.URL.Path)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"ret":200,"data":true}`)), Request: r}, nil
}

const dryBody = `{"TypeName":"AddMsg","Appid":"wx_any","Wxid":"wxid_me","Data":{"NewMsgId":4000000000000001,"MsgType":1,` +
	`"FromUserName":{"string":"wxid_alice"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"hello"},"CreateTime":1772366400}}`

// TestDryBot touches neither a disk nor a network.
func TestDryBot(t *testing.T) {
	t.Parallel()
	_, err := bot.NewDry(bot.Config{}, bot.Dry{})
	require.Error(t, err)

	service := &answers{}
	b, err := bot.NewDry(bot.Config{
		Allow: bot.Allow{Everyone: true}, Accounts: []bot.Account{{AppID: "wx_other"}}, Data: "/dev/null/nowhere", Token: "t",
	}, bot.Dry{HTTPClient: &http.Client{Transport: service}})
	require.NoError(t, err)
	defer func() { assert.NoError(t, b.Close()) }()
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		_, err := c.API().Login.CheckOnline(c, c.Account())
		return err
	}).Named("ask")
	e, outcome, err := b.Try(t.Context(), []byte(dryBody), router.Services{Client: b.Client()}, router.Run{})
	require.NoError(t, err)
	assert.Equal(t, "wx_any", e.AppID)
	assert.Equal(t, "ask", outcome.Route)
	assert.Equal(t, []string{"service.invalid/login/checkOnline"}, service.got)

	_, _, err = b.Try(t.Context(), []byte("no JSON"), router.Services{}, router.Run{})
	require.Error(t, err)
}

// TestRecord gives each callback that is new to Config.Record, and goes on if that fails.
func TestRecord(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	var kept []string
	c := configFor(sim.Simulator)
	c.Record = func(body []byte) error { // the posts below come one after the other
		kept = append(kept, string(body))
		return errors.New("disk full")
	}
	b := newBot(t, c)
	stop := start(t, b, nil)
	other := strings.Replace(dryBody, "0001,", "0002,", 1)
	for _, body := range []string{dryBody, dryBody, other} {
		assert.Equal(t, 200, post(t, b, "/callback", body))
	}
	require.NoError(t, stop())
	assert.Equal(t, []string{dryBody, other}, kept)
}
