package broadcast_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin/broadcast"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestQuotedMessages sends a text and the quoted file to each group, once, over a restart between
// the two; a picture and a link go out without a text.
func TestQuotedMessages(t *testing.T) {
	t.Parallel()
	sim := run(t, 1, broadcast.Config{Gap: outbox.Range{Min: 10 * time.Second, Max: 10 * time.Second}})
	erin := sim.Person("erin")
	file := erin.File("价目表.xlsx", 12<<10)
	erin.Quote(file, "群发 通知 {{GroupName}} 的新价目表")
	erin.ExpectContains("将发给 3 个：A、B、C\n内容：{{GroupName}} 的新价目表【文件】价目表.xlsx\n")
	erin.Say("确认")
	erin.ExpectContains("开始群发，共 3 个")
	sim.Advance(time.Second)
	sim.Restart()
	sim.Advance(time.Minute)
	for _, name := range []string{"A", "B", "C"} {
		sent := sim.Group(name).Sent()
		require.Len(t, sent, 2, name)
		assert.Equal(t, name+" 的新价目表", sent[0].Text)
		assert.Equal(t, simulator.KindFile, sent[1].Kind)
		assert.Equal(t, "价目表.xlsx", sent[1].Text)
	}
	sim.Person("erin").ExpectContains("已发 3")

	sim.Person("erin").Quote(sim.Person("erin").Image(), "群发 通知")
	sim.Person("erin").ExpectContains("内容：【图片】")
	sim.Person("erin").Say("确认")
	sim.Advance(time.Minute)
	require.Len(t, sim.Group("A").Sent(), 1)
	sim.Person("erin").Quote(sim.Person("erin").Link("上新", "https://example.com/new"), "群发 通知")
	sim.Person("erin").Say("确认")
	sim.Advance(time.Minute)
	links := sim.Group("C").Sent()
	require.Len(t, links, 2)
	assert.Contains(t, links[1].Content, "上新")

	sim.Person("erin").Say("群发 通知")
	var texts []string
	for _, m := range sim.Person("erin").Sent() {
		texts = append(texts, m.Text)
	}
	assert.Contains(t, strings.Join(texts, "\n"), "发什么？")
	sim.Person("erin").Quote(sim.Person("erin").Voice(3), "群发 通知")
	sim.Person("erin").ExpectContains("引用的消息不能群发")
}
