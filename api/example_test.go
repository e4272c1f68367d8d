package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/hongyan-go/hongyan/api"
)

// service replaces the real service in the examples.
func service(answer string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
}

func ExampleNew() {
	s := service(`{"ret":200,"data":true}`)
	defer s.Close()
	client, err := api.New(api.Config{Provider: api.GeWe(), BaseURL: s.URL, Token: "token of the console"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	online, err := client.Login.CheckOnline(context.Background(), "wx_demo_device_0001")
	fmt.Println(online, err)
	// Output: true <nil>
}

func ExampleMessageService_Send() {
	s := service(`{"ret":200,"data":{"toWxid":"wxid_demo_bob","newMsgId":7000000000000000001}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	sent, err := client.Message.Send(context.Background(),
		api.PostText{AppID: "wx_demo_device_0001", To: "wxid_demo_bob", Content: "hello"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sent.NewMsgID)
	// Output: 7000000000000000001
}

func ExampleMessageService_Send_forward() {
	s := service(`{"ret":200,"data":{"newMsgId":7000000000000000002}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	content := "<msg><appmsg><title>report.xlsx</title><type>6</type></appmsg></msg>" // of a received message, without the group prefix
	sent, err := client.Message.Send(context.Background(),
		api.ForwardFile{AppID: "wx_demo_device_0001", To: "30000000003@chatroom", XML: content})
	fmt.Println(sent.NewMsgID, err)
	// Output: 7000000000000000002 <nil>
}

func ExampleError() {
	s := service(`{"ret":500,"msg":"发送失败","data":{"code":"-2","msg":"not a friend"}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	_, err := client.Message.Send(context.Background(),
		api.PostText{AppID: "wx_demo_device_0001", To: "wxid_demo_bob", Content: "hello"})
	var failed *api.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Message, failed.Code, "executed:", failed.Executed()) // retry only after a "no"
	}
	// Output: not a friend -2 executed: no
}

func ExampleExecutedOf() {
	client, _ := api.New(api.Config{BaseURL: "http://127.0.0.1:1", Token: "token"})
	defer client.Close()
	_, err := client.Message.Send(context.Background(), api.PostText{AppID: "wx_demo_device_0001"}) // to whom?
	if api.ExecutedOf(err) == api.ExecutedNo {
		fmt.Println("nothing was sent: it may be tried again")
	}
	// Output: nothing was sent: it may be tried again
}
