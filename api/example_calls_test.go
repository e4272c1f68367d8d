package api_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func ExampleLoginService_GetLoginQRCode() {
	s := service(`{"ret":200,"data":{"appId":"wx_demo_device_0001","uuid":"demo-uuid-0001","qrData":"http://weixin.qq.com/x/demo",` +
		`"qrImgBase64":"data:image/jpg;base64,/9j/"}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	code, err := client.Login.GetLoginQRCode(context.Background(), api.LoginQRCodeRequest{
		AppID:    "", // the very first login; store the appId of the answer
		RegionID: "310000",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	picture, err := api.DecodeImage(code.Image)
	fmt.Println(code.AppID, code.UUID, len(picture), err)
	// Output: wx_demo_device_0001 demo-uuid-0001 3 <nil>
}

func ExampleLoginService_CheckLogin() {
	s := service(`{"ret":200,"data":{"status":2,"expiredTime":"100","loginInfo":{"wxid":"wxid_demo_alice","uin":3000000001}}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	state, err := client.Login.CheckLogin(context.Background(), api.CheckLoginRequest{AppID: "wx_demo_device_0001", UUID: "demo-uuid-0001"})
	switch {
	case err != nil:
		fmt.Println("failed or expired, begin again with the same appId:", err)
	case state.LoggedIn():
		fmt.Println("logged in:", state.Info.Wxid)
	case state.NeedsVerification():
		fmt.Println("show this as a QR code, and go on asking:", state.VerificationURL)
	case state.Status == api.LoginCancelled:
		fmt.Println("cancelled on the phone")
	default:
		fmt.Println("ask again in five seconds")
	}
	// Output: logged in: wxid_demo_alice
}

func ExampleLoginService_SetCallback() {
	s := service(`{"ret":500,"msg":null}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	err := client.Login.SetCallback(context.Background(), "http://127.0.0.1:8080/callback")
	if errors.Is(err, api.ErrCallbackProbe) {
		fmt.Println("the service does not reach this address")
	}
	// Output: the service does not reach this address
}

func ExampleContactsService_GetDetailInfo() {
	s := service(`{"ret":200,"data":[{"userName":"wxid_demo_alice","nickName":"Alice","remark":null,"labelList":"1,2","verifyFlag":0}]}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	infos, err := client.Contacts.GetDetailInfo(context.Background(), "wx_demo_device_0001", "wxid_demo_alice")
	for _, c := range infos {
		fmt.Println(c.UserName, c.NickName, c.LabelList, string(c.Extra["verifyFlag"]))
	}
	fmt.Println(err)
	// Output:
	// wxid_demo_alice Alice [1 2] 0
	// <nil>
}

func ExampleContactsService_Search() {
	s := service(`{"ret":500,"msg":"搜索失败","data":{"code":"-4","msg":null}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	_, err := client.Contacts.Search(context.Background(), "wx_demo_device_0001", "alice_demo")
	fmt.Println(errors.Is(err, api.ErrNoSuchUser))
	// Output: true
}

func ExampleGroupService_GetChatroomMemberList() {
	s := service(`{"ret":200,"data":{"memberList":[{"wxid":"wxid_demo_alice","nickName":"Alice","displayName":"Al"}],` +
		`"chatroomOwner":"wxid_demo_alice","adminWxid":null}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	group, err := client.Group.GetChatroomMemberList(context.Background(), "wx_demo_device_0001", "10000000001@chatroom")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(group.Owner, len(group.Members), group.Members[0].DisplayName)
	// Output: wxid_demo_alice 1 Al
}

func ExampleDownloadService_File() {
	s := service(`{"ret":200,"data":{"fileUrl":"https://example.com/report.xlsx"}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	content := "<msg><appmsg><title>report.xlsx</title><type>6</type></appmsg></msg>" // of a received message, without the group prefix
	link, err := client.Download.File(context.Background(), "wx_demo_device_0001", content)
	fmt.Println(link, err)
	// Output: https://example.com/report.xlsx <nil>
}

// An answer that quotes a message and mentions its author.
func ExamplePostAppMsg() {
	s := service(`{"ret":200,"data":{"newMsgId":7000000000000000001}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	quote, err := xmlmsg.Build(xmlmsg.QuoteOf("@Bob yes", xmlmsg.Refer{
		Type: 1, NewMsgID: 7000000000000000000, Chat: "10000000001@chatroom", Sender: "wxid_demo_bob", Name: "Bob",
		Content: "Is it open today?",
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	appmsg, err := xmlmsg.AppMsg(quote)
	if err != nil {
		fmt.Println(err)
		return
	}
	sent, err := client.Message.Send(context.Background(), api.PostAppMsg{
		AppID: "wx_demo_device_0001", To: "10000000001@chatroom", AppMsg: appmsg, At: []string{"wxid_demo_bob"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sent.NewMsgID)
	// Output: 7000000000000000001
}
