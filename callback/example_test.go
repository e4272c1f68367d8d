package callback_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const posted = `{"TypeName":"AddMsg","Appid":"wx_demo","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":7000000000000000001,
	"FromUserName":{"string":"10000000001@chatroom"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"wxid_alice:\nhello"}}}`

func ExampleDecode() {
	e, err := callback.Decode([]byte(posted))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Conversation.ID, e.Sender, e.Key())
	if text, ok := e.Payload().(*xmlmsg.Text); ok {
		fmt.Println(text.Body)
	}
	// Output:
	// 10000000001@chatroom wxid_alice wx_demo:7000000000000000001
	// hello
}

func ExampleDecoder() {
	d := callback.Decoder{Wxid: func(appID string) string { return map[string]string{"wx_demo": "wxid_me"}[appID] }}
	e, err := d.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_demo","Data":{"MsgType":1,"FromUserName":"wxid_me",` +
		`"ToUserName":"wxid_bob","Content":"hi"}}`))
	fmt.Println(e.Self, e.Conversation.ID, err)
	// Output: true wxid_bob <nil>
}

func ExampleIdentify() {
	i, err := callback.Identify([]byte(posted))
	fmt.Println(i.Key, i.Lane, err)
	// Output: wx_demo:7000000000000000001 wx_demo/10000000001@chatroom <nil>
}

func ExampleNewHandler() {
	h, err := callback.NewHandler(callback.HandlerConfig{
		Secret: "s3cret",
		Accept: func(_ context.Context, d callback.Delivery) error {
			fmt.Println("keep", d.Key)
			return nil // the service gets its 200
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/callback/s3cret", "/callback/wrong"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(posted)))
		fmt.Println(w.Code)
	}
	// Output:
	// keep wx_demo:7000000000000000001
	// 200
	// 401
}
