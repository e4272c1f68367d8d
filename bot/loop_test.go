package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	secondApp  = "wx_demo0000000000000002"
	secondWxid = "wxid_second_bot"
)

// twoAccounts is a world with a second account, which is in the groups A and B and a friend of the
// first.
func twoAccounts(c *simulator.Config) {
	w := simulator.DefaultWorld()
	w.Accounts[0].Friends = []string{"wxid_alice", "wxid_bob", secondWxid}
	w.Accounts = append(w.Accounts, simulator.Account{
		AppID: secondApp, Wxid: secondWxid, Nickname: "小雁", Friends: []string{"wxid_alice", simulator.DefaultWxid},
	})
	for i := range w.Groups[:2] {
		w.Groups[i].Members = append(w.Groups[i].Members, simulator.Member{Wxid: secondWxid})
	}
	c.World = w
}

// TestTwoBotsEnd lets two bots of this product, with their defaults, talk to each other on a
// simulator.
func TestTwoBotsEnd(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]func(n int32, said string) string{
		"echo":             func(_ int32, said string) string { return said },
		"echo and counter": func(n int32, said string) string { return fmt.Sprintf("%s %d", said, n) },
		"fixed":            func(int32, string) string { return "您好，我现在不在" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t, twoAccounts)
			var bots []*bot.Bot
			for _, appID := range []string{simulator.DefaultAppID, secondApp} {
				config := configFor(sim.Simulator)
				config.Accounts = []bot.Account{{AppID: appID}}
				b := newBot(t, config)
				var n atomic.Int32
				b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Reply(reply(n.Add(1), m.Body)) })
				start(t, b, nil)
				bots = append(bots, b)
			}
			both := newServer(t, func(w http.ResponseWriter, r *http.Request) { // the service knows one URL
				body, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				for _, b := range bots {
					if status := deliver(r.Context(), b, body); status != http.StatusOK {
						w.WriteHeader(http.StatusServiceUnavailable) // once more, for both: they know what they have
						return
					}
				}
			})
			require.Eventually(t, func() bool { // each bot registers itself first
				registered := 0
				for _, c := range sim.Calls() {
					if c.Endpoint == "/login/setCallback" && c.Executed {
						registered++
					}
				}
				return registered == len(bots)
			}, 10*time.Second, time.Millisecond)
			require.NoError(t, bots[0].Client().Login.SetCallback(t.Context(), both))
			_, err := bots[1].Client().Message.Send(t.Context(),
				api.PostText{AppID: secondApp, To: simulator.DefaultWxid, Content: "hello there"})
			require.NoError(t, err)
			loops := func() int { return bots[0].Stats().Dropped["loop"] + bots[1].Stats().Dropped["loop"] }
			require.Eventually(t, func() bool { return loops() == 1 }, 10*time.Second, time.Millisecond)
			said, err := sim.Messages("", 0)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(said), 10)
		})
	}
}

// deliver posts a body to a bot, and is the status of the answer; 0 if there is none.
func deliver(ctx context.Context, b *bot.Bot, body []byte) int {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address, err := b.Address(ctx)
	if err != nil {
		return 0
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/callback", bytes.NewReader(body))
	if err != nil {
		return 0
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
