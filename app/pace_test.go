package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
)

func parse(t *testing.T, text string) *app.File {
	t.Helper()
	file, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(head+text))
	require.NoError(t, err, text)
	return file
}

// TestLimits checks that limits which the file does not set stay those of pace.
func TestLimits(t *testing.T) {
	t.Parallel()
	for text, change := range map[string]func(p *outbox.Pace){
		"limits: {per_hour: 300}": func(p *outbox.Pace) { p.New.PerHour, p.Young.PerHour, p.Old.PerHour = 300, 300, 300 },
		"limits: {per_day: off}":  func(p *outbox.Pace) { p.New.PerDay, p.Young.PerDay, p.Old.PerDay = 0, 0, 0 },
		"limits: {gap: off}": func(p *outbox.Pace) {
			p.New.Gap, p.Young.Gap, p.Old.Gap = outbox.Range{}, outbox.Range{}, outbox.Range{}
		},
		"limits: {chat_gap: 1s - 1m}": func(p *outbox.Pace) {
			gap := outbox.Range{Min: time.Second, Max: time.Minute}
			p.New.ChatGap, p.Young.ChatGap, p.Old.ChatGap = gap, gap, gap
		},
		"limits: {quiet_hours: off}": func(p *outbox.Pace) { p.Quiet = outbox.Window{} },
		"limits: {quiet_hours: 01:00-06:15}": func(p *outbox.Pace) {
			p.Quiet = outbox.Window{From: time.Hour, To: 6*time.Hour + 15*time.Minute}
		},
		"pace: default\nlimits: {zone: UTC}": func(p *outbox.Pace) { p.Quiet.Zone = "UTC" },
		"pace: unlimited":                    func(p *outbox.Pace) { *p = outbox.Unlimited() },
		"pace: unlimited\nlimits: {notices_per_day: 5}\n": func(p *outbox.Pace) {
			only := outbox.Limits{ProactivePerDay: 5}
			*p = outbox.Pace{New: only, Young: only, Old: only}
		},
	} {
		want := outbox.DefaultPace()
		change(&want)
		assert.Equal(t, &want, parse(t, text).Bot.Pace, text)
	}
	for _, text := range []string{"", "pace: default", "limits: {}", "limits: {per_hour: }"} {
		assert.Nil(t, parse(t, text).Bot.Pace, "%q leaves the pace to the bot", text)
	}
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	assert.Nil(t, parse(t, "").Bot.LoopGuard)
	assert.Equal(t, &middleware.LoopGuardConfig{Rounds: -1}, parse(t, "loop_guard: off").Bot.LoopGuard)
	assert.Equal(t, &middleware.LoopGuardConfig{}, parse(t, "loop_guard: {}").Bot.LoopGuard)
	assert.Equal(t, &middleware.LoopGuardConfig{Mute: time.Minute}, parse(t, "loop_guard:\n  mute: 1m\n").Bot.LoopGuard)

	assert.Equal(t, media.Gap{}, parse(t, "files: {dir: d}").Bot.Files.Gap)
	assert.Equal(t, media.NoGap(), parse(t, "files: {gap: off}").Bot.Files.Gap)
	assert.Nil(t, parse(t, "").Record)
}

// TestPaceOfAnAccount: an account has a pace of its own, which begins at that of the bot.
func TestPaceOfAnAccount(t *testing.T) {
	t.Parallel()
	const text = `service: {token: t}
limits: {per_day: 300, quiet_hours: "22:00-08:00"}
accounts:
  - {app_id: wx_a}
  - {app_id: wx_b, limits: {per_day: 50}}
  - {app_id: wx_c, pace: unlimited}
  - {app_id: wx_d, pace: default, limits: {gap: 3s}}
rules: [{name: a, on: text, reply: b}]
`
	file, err := app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(text))
	require.NoError(t, err)
	a := file.Bot.Accounts
	assert.Nil(t, a[0].Pace)
	assert.Equal(t, 50, a[1].Pace.Old.PerDay)
	assert.Equal(t, 22*time.Hour, a[1].Pace.Quiet.From, "as for the bot")
	assert.Equal(t, 300, file.Bot.Pace.Old.PerDay, "the bot has its own")
	assert.Zero(t, a[2].Pace.Old.PerDay)
	assert.Equal(t, outbox.DefaultPace().Old.PerDay, a[3].Pace.Old.PerDay)
	assert.Equal(t, outbox.Range{Min: 3 * time.Second, Max: 3 * time.Second}, a[3].Pace.Old.Gap)
	_, err = app.Reader{Lookup: env(nil)}.Parse("bot.yaml", []byte(strings.Replace(
		strings.Replace(text, "pace: unlimited", "pace: fast", 1),
		"limits: {gap: 3s}", "limits: {quiet_hours: \"00:00-24:00\"}", 1)))
	require.ErrorContains(t, err, `bot.yaml:6: accounts[2].pace: "fast" is neither`)
	assert.ErrorContains(t, err, "bot.yaml:7: accounts[3].limits.quiet_hours")
}
