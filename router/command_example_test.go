package router_test

import (
	"time"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func ExampleGroup_Command_arguments() {
	type remind struct {
		After time.Duration `arg:"多久"`
		Text  string        `arg:"内容,rest"`
	}
	r := router.New()
	r.Command("提醒", func(c *router.Context, a remind) error {
		return c.Replyf("%v 后提醒：%s", a.After, a.Text)
	}, router.Alias("remind"), router.Help("到时候提醒你", "提醒 半小时 喝水"))
	chat(r, "提醒 半小时 喝 水", "提醒 一会儿 喝水", "提星 5m 喝水", "帮助")
	// Output:
	// - 提醒 半小时 喝 水
	// to wxid_alice: 30m0s 后提醒：喝 水
	// - 提醒 一会儿 喝水
	// to wxid_alice: “多久”要写时长，例如 30分钟、2小时、7天；看不懂“一会儿”。
	// 用法：提醒 <多久> <内容>
	// 例如：提醒 半小时 喝水
	// - 提星 5m 喝水
	// to wxid_alice: 没有“提星”这个命令，你是不是想发“提醒”？
	// 用法：提醒 <多久> <内容>
	// - 帮助
	// to wxid_alice: 可用的命令：
	// 提醒 <多久> <内容>：到时候提醒你
	// 发“帮助 命令”可看这条命令的详细用法。
}

// ExampleWatch tells of what is said in chats that the bot only listens to.
func ExampleWatch() {
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		return c.To("wxid_boss").SendText(c.GroupName() + "：" + c.Said())
	}, match.Keyword("招标"), router.Watch())
	// Output:
}
