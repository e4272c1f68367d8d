package bot_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// written is a private text of Alice that was written some time ago.
func written(id int, ago time.Duration, content string) string {
	return fmt.Sprintf(`{"TypeName":"AddMsg","Appid":%q,"Wxid":%q,"Data":{"MsgType":1,"NewMsgId":%d,`+
		`"FromUserName":{"string":"wxid_alice"},"ToUserName":{"string":%q},"Content":{"string":%q},"CreateTime":%d}}`,
		simulator.DefaultAppID, simulator.DefaultWxid, id, simulator.DefaultWxid, content, time.Now().Add(-ago).Unix())
}

// TestOldMessagesAreNotAnswered delivers messages as the service does after an outage.
func TestOldMessagesAreNotAnswered(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, test := range map[string]struct {
		maxAge  time.Duration
		content string
		ago     time.Duration
		handled bool
	}{
		"three days, by default":         {content: "hi", ago: 3 * day},
		"three hours, by default":        {content: "hi", ago: 3 * time.Hour},
		"an hour, by default":            {content: "hi", ago: time.Hour, handled: true},
		"now":                            {content: "hi", handled: true},
		"the clock of the service ahead": {content: "hi", ago: -3 * time.Hour, handled: true},
		"three days, of any age":         {maxAge: -1, content: "hi", ago: 3 * day, handled: true},
		"three days, allowed four":       {maxAge: 4 * day, content: "hi", ago: 3 * day, handled: true},
		"an hour, allowed a minute":      {maxAge: time.Minute, content: "hi", ago: time.Hour},
		"a route for any age":            {content: "archive", ago: 3 * day, handled: true},
		"a route for fresh ones":         {content: "greet", ago: 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			core, lines := observer.New(zap.WarnLevel)
			config := configFor(sim.Simulator)
			config.MaxAge, config.Logger = test.maxAge, zap.New(core)
			b := newBot(t, config)
			var observed atomic.Int32
			b.Observe(func(*router.Context) error { observed.Add(1); return nil })
			b.Text(router.Say("archived"), match.Exact("archive")).MaxAge(router.AnyAge)
			b.Text(router.Say("hello"), match.Exact("greet")).MaxAge(time.Minute)
			b.Text(router.Say("ok"))
			stop := start(t, b, sim.Simulator)
			assert.Equal(t, 200, post(t, b, "/callback", written(4000001, test.ago, test.content)))
			require.NoError(t, stop())
			s := b.Stats()
			assert.Equal(t, int32(1), observed.Load(), "observers see all")
			if test.handled {
				assert.Equal(t, 1, s.Sent)
				assert.Empty(t, s.Dropped)
				return
			}
			assert.Zero(t, s.Sent)
			assert.Equal(t, map[string]int{router.DroppedLate: 1}, s.Dropped)
			assert.Equal(t, 1, lines.FilterMessageSnippet("max_age").Len())
		})
	}
}

// TestADeadLetterIsRetriedAtAnyAge has a person who wants a message of yesterday handled.
func TestADeadLetterIsRetriedAtAnyAge(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	config := configFor(sim.Simulator)
	back := memory.New(memory.Config{})
	config.Store, config.MaxAge = back, time.Hour
	b := newBot(t, config)
	var broken atomic.Bool
	broken.Store(true)
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if broken.Load() {
			return router.Permanent(errors.New("not yet"))
		}
		return c.Reply("at last")
	}).MaxAge(time.Second)
	start(t, b, sim.Simulator)
	post(t, b, "/callback", written(4000001, 0, "hi"))
	require.Eventually(t, func() bool { s, err := back.Inbox().Stats(t.Context()); return err == nil && s.Dead == 1 },
		10*time.Second, time.Millisecond)
	broken.Store(false)
	dead, err := back.Inbox().Dead(t.Context(), 0, 1)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return time.Since(dead[0].Received) > 2*time.Second },
		10*time.Second, 10*time.Millisecond, "older than the route takes")
	require.NoError(t, back.Inbox().Revive(t.Context(), dead[0].Seq))
	sim.Friend("alice").ExpectText("at last")
}

// TestAFriendRequestDoesNotAge is accepted after a night without the bot.
func TestAFriendRequestDoesNotAge(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	b := newBot(t, configFor(sim.Simulator))
	requests := make(chan string, 1)
	b.FriendRequest(func(_ *router.Context, r *xmlmsg.FriendRequest) error { requests <- r.FromUsername; return nil })
	start(t, b, sim.Simulator)
	post(t, b, "/callback", friendRequest("wxid_new", 10*time.Hour))
	assert.Equal(t, "wxid_new", <-requests)
}

// friendRequest is the request of a stranger, some time ago.
func friendRequest(wxid string, ago time.Duration) string {
	content := `<msg fromusername='` + wxid + `' encryptusername='v3_x@stranger' fromnickname='New' content='hi' scene='3' ` +
		`ticket='v4_x@stranger' opcode='2'></msg>`
	body := strings.Replace(written(4000077, ago, content), `"MsgType":1`, `"MsgType":37`, 1)
	return strings.Replace(body, `"wxid_alice"`, `"fmessage"`, 1)
}
