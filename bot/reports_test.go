package bot_test

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestReports follows a message on the chat page of the simulator: what the bot decoded, which rule
// took it and why the others did not, and the call that followed.
func TestReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inProcess, reported bool
	}{
		"in the same process":              {true, true},
		"in another one that asks for it":  {false, true},
		"in another one that does not ask": {false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var service *simulator.Simulator
			config := bot.Config{Simulator: true, SimulatorConfig: simulator.Config{Listen: "127.0.0.1:0"}, Logger: zap.NewNop()}
			if !test.inProcess {
				service = simulator.Start(t, func(c *simulator.Config) { c.Reports = test.reported }).Simulator
				config = configFor(service)
			}
			b := newBot(t, config)
			b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("几点开门")).Named("hours")
			b.Text(router.Say("never"), match.Keyword("退货")).Named("returns")
			sim := cmp.Or(b.Simulator(), service)
			start(t, b, sim)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			require.NoError(t, sim.AwaitCallback(ctx))
			said, err := sim.Group("A").Member("alice").Say("请问几点开门？")
			require.NoError(t, err)
			_, err = sim.Group("A").AwaitText(ctx, "营业时间 9:00-18:00")
			require.NoError(t, err)
			call, err := sim.AwaitCall(ctx, func(c simulator.Call) bool { return c.Endpoint == "/message/postText" })
			require.NoError(t, err)
			page := fmt.Sprintf("%s/chat/%s/%s?lang=en&msg=%d", sim.URL(), simulator.DefaultAppID, url.PathEscape(groupA), said.Seq)
			if !test.reported {
				assert.Empty(t, call.Event)
				body := fetchtest.Get(t, page).Body
				assert.Contains(t, body, "This bot does not report its rules")
				return
			}
			assert.Equal(t, fmt.Sprintf("%s:%d", simulator.DefaultAppID, said.NewMsgID), call.Event)
			var body string
			require.Eventually(t, func() bool {
				body = fetchtest.Get(t, page).Body
				return strings.Contains(body, "handled by hours")
			}, time.Minute, 20*time.Millisecond)
			for _, want := range []string{"2 looked at, 1 matched", "returns", "says no", "/message/postText", "请问几点开门？"} {
				assert.Contains(t, body, want)
			}
		})
	}
}
