package router_test

import (
	"context"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// courier is a Sender that prints where messages go. The account is not in the group 40000000004.
type courier struct{}

func (courier) Send(_ context.Context, o outbox.Message) (*api.SentMessage, error) {
	if api.TargetOf(o.Send) == "40000000004@chatroom" {
		return nil, &outbox.RefusedError{Key: o.Key}
	}
	if caption, ok := o.Send.(api.PostText); ok {
		fmt.Printf("%s: %s\n", api.TargetOf(o.Send), caption.Content)
	} else {
		fmt.Printf("%s: the file\n", api.TargetOf(o.Send))
	}
	return &api.SentMessage{}, nil
}

// report is a file that Alice sends in private.
func report() *callback.Event {
	e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":49,` +
		`"NewMsgId":9000000000001,"FromUserName":"wxid_alice","ToUserName":"wxid_me","Content":"<msg><appmsg>` +
		`<title>report.xlsx</title><type>6</type><appattach><totallen>12288</totallen><fileext>xlsx</fileext>` +
		`<cdnattachurl>3057</cdnattachurl><aeskey>00</aeskey></appattach></appmsg></msg>"}}`))
	if err != nil {
		panic(err)
	}
	return e
}

func ExampleContext_Forward() {
	r := router.New()
	r.File(func(c *router.Context, _ *xmlmsg.File) error {
		return c.Forward("20000000002@chatroom", router.Caption("{{.SenderName}} sends {{.FileName}}"))
	}, match.Ext("xlsx"))
	if err := r.Serve(context.Background(), report(), router.Services{Sender: courier{}}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 20000000002@chatroom: wxid_alice sends report.xlsx
	// 20000000002@chatroom: the file
}

// A handler returns the error of ForwardAll as it is: it runs again only if that can help one of
// the targets.
func ExampleContext_ForwardAll() {
	r := router.New()
	r.File(func(c *router.Context, _ *xmlmsg.File) error {
		return c.ForwardAll([]string{"20000000002@chatroom", "40000000004@chatroom", "30000000003@chatroom"})
	})
	err := r.Serve(context.Background(), report(), router.Services{Sender: courier{}})
	fmt.Println("again:", err != nil && !router.IsPermanent(err))
	// Output:
	// 20000000002@chatroom: the file
	// 30000000003@chatroom: the file
	// again: false
}
