package replay_test

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// In a test, replay.Check(t, r) has the assertions: c.PlaysBody(body), and
// c.ExpectText("30000000003@chatroom", "张三").
func ExampleForRouter() {
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		return c.To("30000000003@chatroom").SendText("张三 says " + m.Body)
	}, match.Keyword("报表")).Named("reports")

	p, err := replay.ForRouter(r, replay.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p.Play(context.Background(), replay.Entry{Body: []byte(`{"TypeName":"AddMsg","Appid":"wx_device","Wxid":"wxid_me",` +
		`"Data":{"NewMsgId":4000000000000001,"MsgType":1,"FromUserName":{"string":"wxid_zhang"},"ToUserName":{"string":"wxid_me"},` +
		`"Content":{"string":"报表好了"},"CreateTime":1772366400}}`)})
	fmt.Print(replay.Golden(p.Calls()))
	// Output:
	// {"event":"wx_device:4000000000000001","route":"reports","endpoint":"/message/postText","body":{"appId":"wx_device","content":"张三 says 报表好了","toWxid":"30000000003@chatroom"}}
}
