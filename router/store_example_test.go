package router_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func ExampleStore() {
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		s := c.Store(router.ByChat)
		var last string
		known, err := s.Get(c, "last", &last)
		if err != nil {
			return err
		}
		if err := s.Set(c, "last", m.Body, 24*time.Hour); err != nil || !known {
			return err
		}
		return c.Reply("before that you said " + last)
	})
	chat(r, "one", "two")
	// Output:
	// - one
	// - two
	// to wxid_alice: before that you said one
}

func ExampleUpdate() {
	r := router.New()
	r.Command("赞", func(c *router.Context) error {
		votes, err := router.Update(c, c.Store(router.ByAccount), "votes", 0, func(n int) (int, error) { return n + 1, nil })
		if err != nil {
			return err
		}
		return c.Replyf("%d", votes)
	})
	chat(r, "赞", "赞")
	// Output:
	// - 赞
	// to wxid_alice: 1
	// - 赞
	// to wxid_alice: 2
}

func ExampleStore_Claim() {
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		first, err := c.Store().Claim(c, "said/"+m.Body, 24*time.Hour)
		if err != nil || !first {
			return err
		}
		return c.Reply("new: " + m.Body)
	})
	chat(r, "a", "a", "b")
	// Output:
	// - a
	// to wxid_alice: new: a
	// - a
	// - b
	// to wxid_alice: new: b
}

func ExampleStore_Cooldown() {
	r := router.New()
	r.Command("天气", func(c *router.Context) error {
		left, err := c.Store(router.ByChat).Cooldown(c, "weather", time.Minute)
		if err != nil || left > 0 {
			return err
		}
		return c.Reply("晴")
	})
	chat(r, "天气", "天气")
	// Output:
	// - 天气
	// to wxid_alice: 晴
	// - 天气
}

func ExampleStore_Window() {
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		n, err := c.Store(router.BySender).Window(c, "questions", 10*time.Minute)
		if err != nil || n > 2 {
			return err
		}
		return c.Replyf("%d of 2", n)
	})
	chat(r, "a", "b", "c")
	// Output:
	// - a
	// to wxid_alice: 1 of 2
	// - b
	// to wxid_alice: 2 of 2
	// - c
}

// Three requests in ten minutes are served; the fourth hears how long it has to wait.
func ExampleStore_Limit() {
	s := router.NewStore(router.Services{State: memory.New(memory.Config{}).State()}, "friends")
	for range 4 {
		wait, err := s.Limit(context.Background(), "accept", 3, 10*time.Minute)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(wait.Round(time.Minute))
	}
	// Output:
	// 0s
	// 0s
	// 0s
	// 10m0s
}

func ExampleLog() {
	type said struct{ Who, Text string }
	log := func(s *router.Store) *router.Log[said] { return router.NewLog[said](s, "said", 30*24*time.Hour) }
	r := router.New()
	r.Command("总结", func(c *router.Context) error {
		n := 0
		for _, err := range log(c.Store(router.ByChat)).Range(c, time.Now().Add(-24*time.Hour), time.Time{}) {
			if err != nil {
				return err
			}
			n++
		}
		last, err := log(c.Store(router.ByChat)).Newest(c, 1)
		if err != nil || len(last) == 0 {
			return err
		}
		return c.Replyf("%d messages, the last one: %s", n, last[0].Data.Text)
	})
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		return log(c.Store(router.ByChat)).Append(c, said{c.Sender(), m.Body})
	})
	chat(r, "one", "two", "总结")
	// Output:
	// - one
	// - two
	// - 总结
	// to wxid_alice: 2 messages, the last one: two
}

func ExampleContext_To() {
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		return c.To("30000000003@chatroom").SendText("Alice says " + m.Body)
	})
	chat(r, "hi")
	// Output:
	// - hi
	// to 30000000003@chatroom: Alice says hi
}

func ExampleChat_Mention() {
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		joined := []xmlmsg.Person{{Username: "wxid_li", Nickname: "Li Si"}, {Username: "wxid_wang", Nickname: "Wang Wu"}}
		return c.To("30000000003@chatroom").Mention(joined, "欢迎")
	})
	chat(r, "hi")
	// Output:
	// - hi
	// to 30000000003@chatroom: @Li Si @Wang Wu 欢迎
}

// Role needs the members of the group: a bot has them, here they are made up.
func ExampleContext_Role() {
	r := router.New()
	r.Any(func(c *router.Context) error {
		role, err := c.Role(c.Sender())
		if err != nil {
			return err
		}
		fmt.Println(role >= router.RoleAdmin)
		return nil
	})
	e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_app","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":1,` +
		`"FromUserName":"30000000003@chatroom","ToUserName":"wxid_me","Content":"wxid_alice:\nhi"}}`))
	if err == nil {
		err = r.Serve(context.Background(), e, router.Services{People: &phoneBook{}})
	}
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// true
}

// A Work is what a task or a schedule of a bot has.
func ExampleWork() {
	back := memory.New(memory.Config{})
	defer back.Close()
	services := router.Services{State: back.State(), Sender: printer{}}
	run := func() error {
		w := router.NewWork(context.Background(), router.WorkConfig{Services: services, ID: "report/2026-08-03"})
		first, err := w.Store().Claim(w, "report", time.Hour)
		if err == nil && first {
			err = w.Chat("wx_app", "30000000003@chatroom").SendText("a report")
		}
		return w.End(err)
	}
	fmt.Println(run(), run()) // the second is the same work again, whose sends the outbox of a bot knows
	// Output:
	// to 30000000003@chatroom: a report
	// to 30000000003@chatroom: a report
	// <nil> <nil>
}
