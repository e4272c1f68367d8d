package login_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/store/memory"
)

// A login is a loop over what the person has to know.
func Example() {
	server := httptest.NewServer(&script{answers: map[string][]string{ // in place of the service
		"/login/getLoginQrCode": {code1}, "/login/checkLogin": {waiting, scanned, done},
	}})
	defer server.Close()
	client, err := api.New(api.Config{BaseURL: server.URL, Token: "T"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	kept := memory.New(memory.Config{}) // a bot keeps it in its data directory
	defer kept.Close()

	ctx := context.Background()
	flow, err := login.New(login.Config{
		Client: client, State: kept.State(),
		Sleep: func(context.Context, time.Duration) error { return nil }, // leave it out: the service wants five seconds
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := flow.Start(ctx, login.Request{RegionID: "310000"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		event, err := session.Next(ctx)
		if err != nil {
			fmt.Println(err)
			return
		}
		switch e := event.(type) {
		case login.QRCode:
			png, err := e.PNG()
			fmt.Println("scan this:", len(png) > 0, err)
		case login.Scanned:
			fmt.Println(e.Nickname, "has scanned it")
		case login.Confirmed:
			fmt.Println("logged in:", e.Device.Wxid, "on", e.Device.AppID)
			return
		case login.Final:
			fmt.Printf("%+v\n", e)
			return
		}
	}
	// Output:
	// scan this: true <nil>
	// Alice has scanned it
	// logged in: wxid_alice on wx_1
}
