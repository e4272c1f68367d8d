package bot_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/unanswered"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// silentBot is a running bot with one rule, its store, and the lines of its log about messages
// without an answer.
func silentBot(t *testing.T, level zapcore.Level, allow bot.Allow) (*simulator.Simulator, *memory.Store, func() []observer.LoggedEntry) {
	t.Helper()
	core, lines := observer.New(level)
	back := memory.New(memory.Config{})
	b := newBot(t, bot.Config{Simulator: true, SimulatorConfig: simulator.Config{Listen: "127.0.0.1:0"}, Store: back, Allow: allow,
		Logger: zap.New(core)})
	b.Text(router.Say("9:00-18:00"), match.Keyword("营业时间")).Named("hours")
	b.Text(func(*router.Context, *xmlmsg.Text) error { return nil }, match.Keyword("静")).Named("quiet")
	startBare(t, b)
	require.NoError(t, b.Simulator().AwaitCallback(t.Context()))
	return b.Simulator(), back, func() []observer.LoggedEntry { return lines.FilterMessage("no answer").All() }
}

func TestSilenceExplainsItself(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		allow bot.Allow
		say   simulator.Draft
		want  string // part of the reason
		route string
	}{
		"no rule matches": {say: simulator.Draft{Kind: simulator.KindText, Text: "secret words"},
			want: `route hours: Keyword("营业时间") says no (and 1 more)`},
		"no rule of the kind": {say: simulator.Draft{Kind: simulator.KindImage},
			want: "no route takes the kind image; the routes take text"},
		"a rule that sends nothing": {say: simulator.Draft{Kind: simulator.KindText, Text: "静"}, route: "quiet",
			want: "the route quiet has handled it"},
		"not allowed": {allow: bot.Allow{People: []string{"wxid_bob"}}, say: simulator.Draft{Kind: simulator.KindText, Text: "营业时间"},
			want: "allow: wxid_alice is not listed; add it to allow.people"},
		"blocked": {allow: bot.Allow{Everyone: true, Blocked: []string{"wxid_alice"}},
			say: simulator.Draft{Kind: simulator.KindText, Text: "营业时间"}, want: "blocked: by block:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, back, lines := silentBot(t, zap.DebugLevel, test.allow)
			message, err := sim.Friend("alice").Send(test.say)
			require.NoError(t, err)
			require.Eventually(t, func() bool { return len(lines()) == 1 }, 30*time.Second, time.Millisecond)
			fields := lines()[0].ContextMap()
			assert.Contains(t, fields["reason"], test.want)
			assert.Equal(t, "wxid_alice", fields["sender"])
			assert.NotContains(t, fmt.Sprint(fields), "secret words", "the text of a message stays out of the log")

			key := fmt.Sprint(fields["event"])
			assert.Contains(t, key, strconv.FormatUint(message.NewMsgID, 10))
			require.Eventually(t, func() bool {
				_, err := unanswered.Read(t.Context(), back.Log(), key)
				return err == nil
			}, 30*time.Second, time.Millisecond)
			note, err := unanswered.Read(t.Context(), back.Log(), key)
			require.NoError(t, err)
			assert.Contains(t, note.Reason, test.want)
			assert.Equal(t, test.route, note.Route)
			assert.NotContains(t, fmt.Sprint(note), "secret words")
		})
	}
}

// TestSilenceIsSampled floods a bot with messages that it does not answer: most have no line, and
// the next line says how many.
func TestSilenceIsSampled(t *testing.T) {
	t.Parallel()
	sim, _, lines := silentBot(t, zap.InfoLevel, bot.Allow{Everyone: true})
	for i := range 40 {
		_, err := sim.Friend("alice").Send(simulator.Draft{Kind: simulator.KindText, Text: fmt.Sprint("no ", i)})
		require.NoError(t, err)
	}
	_, err := sim.Friend("bob").Send(simulator.Draft{Kind: simulator.KindText, Text: "no"})
	require.NoError(t, err)
	has := func(sender string) bool {
		for _, l := range lines() {
			if l.ContextMap()["sender"] == sender {
				return true
			}
		}
		return false
	}
	require.Eventually(t, func() bool { return has("wxid_bob") }, 30*time.Second, time.Millisecond, "the first in a chat has a line")
	require.NoError(t, sim.Idle(t.Context()))
	assert.Less(t, len(lines()), 20)
	assert.GreaterOrEqual(t, len(lines()), 5)
}

func TestTheLevelOfTheLog(t *testing.T) {
	t.Parallel()
	_, err := bot.New(bot.Config{Simulator: true, LogLevel: "loud"})
	require.ErrorContains(t, err, `bot: LogLevel: "loud" is not a level`)
	c, err := bot.ConfigFromEnv(func(name string) (string, bool) {
		if name == "HONGYAN_LOG" {
			return "debug", true
		}
		return "", false
	})
	require.NoError(t, err)
	assert.Equal(t, "debug", c.LogLevel)
}

// TestAReasonIsBounded: a rule may have thousands of words.
func TestAReasonIsBounded(t *testing.T) {
	t.Parallel()
	words := make([]string, 2000)
	for i := range words {
		words[i] = fmt.Sprint("营业时间", i)
	}
	core, lines := observer.New(zap.InfoLevel)
	b := newBot(t, bot.Config{Simulator: true, SimulatorConfig: simulator.Config{Listen: "127.0.0.1:0"}, Logger: zap.New(core)})
	b.Text(router.Say("x"), match.Keyword(words...)).Named("many")
	startBare(t, b)
	require.NoError(t, b.Simulator().AwaitCallback(t.Context()))
	_, err := b.Simulator().Friend("alice").Send(simulator.Draft{Kind: simulator.KindText, Text: "no"})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return lines.FilterMessage("no answer").Len() == 1 }, 30*time.Second, time.Millisecond)
	reason := fmt.Sprint(lines.FilterMessage("no answer").All()[0].ContextMap()["reason"])
	assert.Less(t, len(reason), 400)
	assert.True(t, strings.HasSuffix(reason, "…"), reason)
}
