package api_test

import (
	"context"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/api"
)

// A search returns pages. Page, Offset, Cookie and SearchID are the cursor, which Next fills in.
func ExampleFinderSearchRequest_Next() {
	s := playing(map[string][]string{"/finder/search": {
		`{"continueFlag":1,"offset":20,"cookies":"{}","searchID":"1","data":[{"items":[{"docID":"a","title":"<em>tea</em> ` +
			`house","jumpInfo":{"userName":"v2_demo_tea@finder"}}]}]}`,
		`{"continueFlag":0,"offset":40,"cookies":"{}","searchID":"1","data":[{"subBoxes":[{"items":[{"docID":"14000000000000000002",` +
			`"title":"how to brew <em>tea</em>","likeNum":"1.2万"}]}]}]}`,
	}})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()

	request, more := api.FinderSearchRequest{AppID: "wx_demo_device_0001", Content: "tea", Category: api.FinderCategoryAll}, true
	for more {
		page, err := client.Finder.Search(context.Background(), request)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, box := range page.Boxes {
			for _, account := range box.Items {
				fmt.Println("account", account.Jump.UserName, page.Hit(&account))
			}
			for _, sub := range box.SubBoxes {
				for _, video := range sub.Items {
					fmt.Println("video", video.DocID, video.LikeCount)
				}
			}
		}
		request, more = request.Next(page)
	}
	// Output:
	// account v2_demo_tea@finder {{{} 1} a}
	// video 14000000000000000002 1.2万
}

// The service stores a video of more than 30 MB in a task of its own; it can be published
// afterwards.
func ExampleFinderService_UploadVideoAsync() {
	s := playing(map[string][]string{
		"/finder/getProfile":             {`{"mainFinderUsername":"v2_demo_me@finder"}`},
		"/finder/uploadFinderVideoAsync": {`"demo-uuid-0001"`},
		"/finder/queryFinderVideoAsync": {`null`,
			`{"fileUrl":"f","thumbUrl":"t","mp4Identify":"i","fileSize":104857600,"thumbMD5":"m","fileKey":"k"}`},
		"/finder/publishFinderCdn": {`{"id":14000000000000000002}`},
	})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()

	profile, err := client.Finder.GetProfile(ctx, "wx_demo_device_0001")
	if err != nil {
		fmt.Println(err)
		return
	}
	me := api.FinderIdentity{AppID: "wx_demo_device_0001", MyUserName: profile.MainFinderUserName}

	task, err := client.Finder.UploadVideoAsync(ctx, api.FinderUploadRequest{
		AppID: me.AppID, VideoURL: "https://example.com/video.mp4", CoverURL: "https://example.com/cover.jpg",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ask := time.NewTicker(time.Millisecond) // in a program, every ten seconds
	defer ask.Stop()
	video, err := client.Finder.QueryVideoAsync(ctx, me.AppID, task)
	for err == nil && !video.Ready() {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-ask.C:
			video, err = client.Finder.QueryVideoAsync(ctx, me.AppID, task)
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}

	video.Width, video.Height = 1920, 1080 // the service does not return the size
	published, err := client.Finder.PublishCDN(ctx, api.FinderPublishCDNRequest{
		FinderIdentity: me, Topics: []string{"#tea"}, Description: "how to brew tea", Video: *video,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("published", published.ID)
	// Output: published 14000000000000000002
}

// The page of a user has the videos with all fields that reactions need.
func ExampleFinderService_Heart() {
	s := playing(map[string][]string{
		"/finder/userPage": {`{"object":[{"id":14000000000000000002,"objectNonceId":"demo_nonce_0001","sessionBuffer":"ZGVtbw==",` +
			`"username":"v2_demo_other@finder"}]}`},
		"/finder/idLike": {`null`},
	})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	ctx := context.Background()
	me := api.FinderIdentity{AppID: "wx_demo_device_0001", MyUserName: "v2_demo_me@finder"}

	page, err := client.Finder.GetUserPage(ctx, api.FinderGetUserPageRequest{AppID: me.AppID, ToUserName: "v2_demo_other@finder"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, video := range page.Objects {
		err := client.Finder.Heart(ctx, api.FinderHeartRequest{
			FinderIdentity: me, FinderVideo: video.Video(), ToUserName: video.UserName, Op: api.FinderHeartGive,
		})
		fmt.Println(video.ID, err)
	}
	// Output: 14000000000000000002 <nil>
}

// A direct message goes into a session.
func ExampleFinderService_PostDirectMessage() {
	s := playing(map[string][]string{
		"/finder/getMsgSessionId":   {`{"toUsername":"v2_demo_other@finder","sessionId":"demo_session@findermsg"}`},
		"/finder/postPrivateLetter": {`{"newMsgId":7000000000000000001}`},
	})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	ctx := context.Background()

	session, err := client.Finder.GetMsgSessionID(ctx, api.FinderGetMsgSessionIDRequest{
		AppID: "wx_demo_device_0001", MyUserName: "v2_demo_me@finder", ToUserName: "v2_demo_other@finder",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	sent, err := client.Finder.PostDirectMessage(ctx, api.FinderPostDirectMessageRequest{
		FinderConversation: api.FinderConversation{
			AppID: "wx_demo_device_0001", MyUserName: "v2_demo_me@finder", ToUserName: session.ToUserName, SessionID: session.SessionID,
		},
		Content: "hello",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sent.NewMsgID)
	// Output: 7000000000000000001
}
