package router_test

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// chat takes texts of Alice through the routes, as a bot does. A real bot keeps the state in a
// file.
func chat(r *router.Router, texts ...string) {
	back := memory.New(memory.Config{})
	defer back.Close()
	for i, text := range texts {
		e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":1,` +
			`"NewMsgId":9000000000000` +
			strconv.Itoa(i) + `,"FromUserName":"wxid_alice","ToUserName":"wxid_me","Content":"` + text + `"}}`))
		if err != nil {
			panic(err)
		}
		fmt.Println("-", text)
		if err := r.Serve(context.Background(), e, router.Services{Sender: printer{}, State: back.State(), Log: back.Log()}); err != nil {
			fmt.Println(err)
		}
	}
}

func ExampleContext_Ask() {
	r := router.New()
	r.Command("报名", func(c *router.Context) error {
		name, err := c.Ask("你的名字？", router.Timeout(3*time.Minute), router.OnTimeout("超时了"), router.OnCancel("好的，不报了"))
		if err != nil {
			return err
		}
		phone, err := c.Ask("手机号？", router.Valid(isPhone, "手机号不对，再输一次"), router.MaxTries(3, "下次再来"))
		if err != nil {
			return err
		}
		return c.Replyf("%s %s", name, phone)
	})
	chat(r, "/报名", "张三", "123", "13800000000", "报名", "取消")
	// Output:
	// - /报名
	// to wxid_alice: 你的名字？
	// - 张三
	// to wxid_alice: 手机号？
	// - 123
	// to wxid_alice: 手机号不对，再输一次
	// - 13800000000
	// to wxid_alice: 张三 13800000000
	// - 报名
	// to wxid_alice: 你的名字？
	// - 取消
	// to wxid_alice: 好的，不报了
}

func ExampleContext_Choose() {
	r := router.New()
	r.Command("午饭", func(c *router.Context) error {
		food, err := c.Choose("吃什么？", []string{"面", "饭"}, router.CancelWords("不吃"))
		if err != nil {
			return err
		}
		sure, err := c.Confirm(food+"，对吗？", router.Mention())
		if err != nil {
			return err
		}
		return c.Replyf("%s: %t", food, sure)
	})
	chat(r, "午饭", "2", "对")
	// Output:
	// - 午饭
	// to wxid_alice: 吃什么？
	// 1. 面
	// 2. 饭
	// - 2
	// to wxid_alice: 饭，对吗？
	// - 对
	// to wxid_alice: 饭: true
}

func ExampleAskFor() {
	r := router.New()
	r.Command("报修", func(c *router.Context) error {
		photo, err := router.AskFor[*xmlmsg.Image](c, "发一张照片")
		if err != nil {
			return err
		}
		return c.Replyf("%d bytes", photo.Length)
	})
	chat(r, "报修", "取消")
	// Output:
	// - 报修
	// to wxid_alice: 发一张照片
	// - 取消
	// to wxid_alice: 已取消
}

func ExampleGroup_Command() {
	r := router.New()
	r.Command("查单", func(c *router.Context) error { return c.Replyf("%q, in all %q", c.Args(), c.ArgText()) })
	chat(r, "／查单　12 34", "怎么查单")
	// Output:
	// - ／查单　12 34
	// to wxid_alice: ["12" "34"], in all "12 34"
	// - 怎么查单
}
