package bot_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// handOver is story 15: a customer who asks for a person, or is not understood twice, gets one, and
// so does one whom the owner answers on the phone.
func handOver(b *bot.Bot) {
	b.Self(func(c *router.Context) error {
		if err := c.Unmute(); err != nil {
			return err
		}
		return c.Reply("机器人已恢复")
	}, match.Exact("/bot on"))
	b.Self(func(c *router.Context) error { return c.Mute(10 * time.Minute) })
	b.Text(router.Say("正在为您转人工，请稍候"), match.Keyword("转人工"), router.Mute(30*time.Minute))
	b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("营业时间"))
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		misses, err := router.Remember(c, "miss", func() (int, error) {
			return router.Update(c, c.Store(router.BySender), "misses", time.Hour, func(n int) (int, error) { return n%2 + 1, nil })
		})
		switch {
		case err != nil:
			return err
		case misses < 2:
			return c.Reply("没听懂，换个说法？")
		}
		if err := c.Reply("正在为您转人工，请稍候"); err != nil {
			return err
		}
		return c.Mute(30 * time.Minute)
	})
}

func TestStory15CustomerHandOver(t *testing.T) {
	t.Parallel()
	sim, b, back := gatedBot(t, handOver)
	ctx := t.Context()
	alice, bob, carol := sim.Friend("alice"), sim.Friend("bob"), sim.Friend("carol")
	muted := func(who string) func() bool {
		return func() bool {
			until, err := outbox.MutedUntil(ctx, back.State(), simulator.DefaultAppID, who)
			return err == nil && time.Now().Before(until)
		}
	}

	// The answer is in the queue when the owner begins to type: silence is checked right before
	// it leaves.
	require.NoError(t, outbox.Pause(ctx, back.State(), "", "test"))
	carol.Says("营业时间")
	require.Eventually(t, func() bool { return queued(t, back) == 1 }, 5*time.Second, time.Millisecond)
	carol.Phone().Says("我来回答")
	require.Eventually(t, muted("wxid_carol"), 5*time.Second, time.Millisecond, "it does not wait for the answer")
	require.NoError(t, outbox.Resume(ctx, back.State(), ""))
	require.Eventually(t, func() bool { return b.Stats().Gated["drop"] == 1 }, 5*time.Second, time.Millisecond)
	carol.ExpectNothing()

	alice.Says("转人工")
	alice.ExpectText("正在为您转人工，请稍候")
	require.Eventually(t, muted("wxid_alice"), 5*time.Second, time.Millisecond)
	alice.Says("营业时间")
	bob.Says("啊")
	bob.ExpectText("没听懂，换个说法？")
	bob.Says("哦")
	bob.ExpectText("正在为您转人工，请稍候")
	alice.ExpectNothing()
	alice.Phone().Says("/bot on")
	alice.ExpectText("机器人已恢复")

	stats, err := back.Inbox().Stats(ctx)
	require.NoError(t, err)
	assert.Zero(t, stats.Dead, "what a gate drops is no failure")
}

func queued(t *testing.T, back store.Store) int {
	t.Helper()
	counts, err := back.Ledger().Count(t.Context())
	require.NoError(t, err)
	return counts[store.Queued]
}

// gatedBot runs a bot on a store that the test reads.
func gatedBot(t *testing.T, register func(*bot.Bot)) (*simulator.Test, *bot.Bot, store.Store) {
	t.Helper()
	sim := simulator.Start(t)
	back := memory.New(memory.Config{})
	config := configFor(sim.Simulator)
	config.Store = back
	b, err := bot.New(config)
	require.NoError(t, err)
	register(b)
	start(t, b, sim.Simulator)
	return sim, b, back
}

// sensitive are the names of files that leave a group only if the owner agrees.
var sensitive = regexp.MustCompile(`身份证|工资`)

// guardFiles is story 25: files are forwarded from A to B, and those with a sensitive name when the
// owner has agreed. A gate holds what any other handler or plugin would send of them.
func guardFiles(b *bot.Bot, from, to, owner string) {
	b.Gate(func(_ context.Context, m outbox.Message) (v outbox.Verdict) {
		if f, ok := m.Send.(api.PostFile); ok && sensitive.MatchString(f.FileName) {
			v.Hold = "a file with a sensitive name"
		}
		return v
	})
	b.File(func(c *router.Context, f *xmlmsg.File) error {
		if sensitive.MatchString(f.Name) {
			ok, err := c.AskOther(owner, fmt.Sprintf("转发 %s 吗？（%s）", f.Name, c.SenderName()))
			if err != nil || !ok {
				return err
			}
		}
		return c.Forward(to)
	}, match.In(from)).Named("files")
}

func TestStory25SensitiveFiles(t *testing.T) {
	t.Parallel()
	ask := func(n int, name string) string {
		return fmt.Sprintf("转发 %s 吗？（Alice）\n【问题】%d：请回复“是”或“否”；有多个问题时带上编号，如“是 %d”。", name, n, n)
	}
	sim, b, back := gatedBot(t, func(b *bot.Bot) {
		guardFiles(b, groupA, groupB, "wxid_bob")
		b.Command("发工资表", func(c *router.Context) error {
			_, err := c.Send(api.PostFile{To: groupB, FileName: "工资表.xlsx", FileURL: "http://files.invalid/x"})
			return err
		})
	})
	alice, owner, target := sim.Group("A").Member("alice"), sim.Friend("bob"), sim.Group("B")
	for _, name := range []string{"工资表.xlsx", "身份证.pdf", "菜单.pdf"} { // the chat goes on while two questions are open
		alice.Drops(simulator.File{Name: name, Size: 12 << 10})
	}
	target.ExpectFile("菜单.pdf")
	owner.ExpectText(ask(1, "工资表.xlsx"))
	owner.ExpectText(ask(2, "身份证.pdf"))
	owner.Says("拒绝 2")
	owner.Says("同意 1")
	target.ExpectFile("工资表.xlsx")
	target.ExpectNothing()

	owner.Says("发工资表") // another handler, without a question
	require.Eventually(t, func() bool { return b.Stats().Gated["hold"] == 1 }, 5*time.Second, time.Millisecond)
	held, err := b.Held(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 1)
	assert.Equal(t, "a file with a sensitive name", held[0].Reason)
	require.NoError(t, b.Drop(t.Context(), outbox.GivenKey(held[0])))
	counts, err := back.Ledger().Count(t.Context())
	require.NoError(t, err)
	assert.Zero(t, counts[store.Held])
}
