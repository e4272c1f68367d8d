package router_test

import (
	"time"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The owner is asked before a file leaves. Here the same person says both.
func ExampleContext_AskOther() {
	r := router.New()
	r.Command("发", func(c *router.Context) error {
		ok, err := c.AskOther("wxid_alice", "发 "+c.ArgText()+" 吗？")
		if err != nil {
			return err
		}
		if !ok {
			return c.Reply("不发了")
		}
		return c.Reply("已发送 " + c.ArgText())
	})
	chat(r, "发 工资表", "同意")
	// Output:
	// - 发 工资表
	// to wxid_alice: 发 工资表 吗？
	// 【问题】1：请回复“是”或“否”；有多个问题时带上编号，如“是 1”。
	// - 同意
	// to wxid_alice: 已发送 工资表
}

func ExampleCooldown() {
	r := router.New()
	r.Text(router.Say("9:00-18:00"), match.Keyword("营业时间"), router.Cooldown(router.BySender, 30*time.Second))
	chat(r, "营业时间？", "营业时间！")
	// Output:
	// - 营业时间？
	// to wxid_alice: 9:00-18:00
	// - 营业时间！
}

func ExampleMute() {
	r := router.New()
	r.Text(router.Say("正在转人工"), match.Keyword("人工"), router.Mute(30*time.Minute))
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if muted, err := c.Muted(); muted || err != nil {
			return err // a person answers
		}
		return c.Reply("您好")
	})
	chat(r, "在吗", "转人工", "在吗")
	// Output:
	// - 在吗
	// to wxid_alice: 您好
	// - 转人工
	// to wxid_alice: 正在转人工
	// - 在吗
}
