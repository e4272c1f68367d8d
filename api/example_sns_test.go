package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/hongyan-go/hongyan/api"
)

// playing replaces the service in examples with several steps: it gives the answers of each
// endpoint in turn.
func playing(answers map[string][]string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := answers[r.URL.Path]
		answers[r.URL.Path] = next[1:]
		_, _ = io.WriteString(w, `{"ret":200,"data":`+next[0]+`}`)
	}))
}

// Pictures are posted in two steps: the service downloads them first.
func ExampleSNSService_SendImage() {
	s := playing(map[string][]string{
		"/sns/uploadSnsImage": {`[{"fileUrl":"f1","thumbUrl":"t1","fileMd5":"m1","length":40960},{"fileUrl":"f2","thumbUrl":"t2",` +
			`"fileMd5":"m2","length":20480}]`},
		"/sns/sendImgSns": {`{"id":14000000000000000002,"userName":"wxid_demo_alice"}`},
	})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	ctx := context.Background()

	images, err := client.SNS.UploadImage(ctx, "wx_demo_device_0001", "https://example.com/1.jpg", "https://example.com/2.jpg")
	if err != nil {
		fmt.Println(err)
		return
	}
	post, err := client.SNS.SendImage(ctx, api.SNSSendImageRequest{
		AppID: "wx_demo_device_0001", Content: "a walk", Images: images,
		SNSAudience: api.SNSAudience{Disallow: []string{"wxid_demo_boss"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(images), "pictures, post", post.ID)
	// Output: 2 pictures, post 14000000000000000002
}

// A video is posted in two steps as well.
func ExampleSNSService_SendVideo() {
	s := playing(map[string][]string{
		"/sns/uploadSnsVideo": {`{"fileUrl":"f","thumbUrl":"t","fileMd5":"m","length":1048576}`},
		"/sns/sendVideoSns":   {`{"id":14000000000000000003}`},
	})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	ctx := context.Background()

	video, err := client.SNS.UploadVideo(ctx, "wx_demo_device_0001", "https://example.com/video.mp4", "https://example.com/thumb.jpg")
	if err != nil {
		fmt.Println(err)
		return
	}
	post, err := client.SNS.SendVideo(ctx, api.SNSSendVideoRequest{AppID: "wx_demo_device_0001", Video: *video})
	fmt.Println(post.ID, err)
	// Output: 14000000000000000003 <nil>
}

// The timeline is read page by page, newest posts first.
func ExampleSNSListRequest_Next() {
	s := playing(map[string][]string{"/sns/snsList": {
		`{"firstPageMd5":"d0d0d0d0d0d0d001","maxId":14000000000000000008,"snsList":[{"id":14000000000000000009,"nickName":"Alice"},` +
			`{"id":14000000000000000008,"nickName":"Bob"}]}`,
		`{"firstPageMd5":"d0d0d0d0d0d0d001","maxId":14000000000000000007,"snsList":[{"id":14000000000000000007,"nickName":"Carol",` +
			`"likeCount":2}]}`,
		`{"firstPageMd5":"d0d0d0d0d0d0d001","maxId":14000000000000000007,"snsList":null}`,
	}})
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()

	request, more := api.SNSListRequest{AppID: "wx_demo_device_0001", Decrypt: true}, true
	for more {
		page, err := client.SNS.List(context.Background(), request)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, post := range page.Items {
			fmt.Println(post.ID, post.NickName, post.LikeCount)
		}
		request, more = request.Next(page) // wait some seconds between two pages
	}
	// Output:
	// 14000000000000000009 Alice 0
	// 14000000000000000008 Bob 0
	// 14000000000000000007 Carol 2
}

// Undocumented members are not lost.
func ExampleExtra() {
	s := service(`{"ret":200,"data":{"id":14000000000000000002,"isTop":{"since":1750000000}}}`)
	defer s.Close()
	client, _ := api.New(api.Config{BaseURL: s.URL, Token: "token"})
	defer client.Close()
	post, err := client.SNS.GetDetails(context.Background(), "wx_demo_device_0001", 14000000000000000002)
	if err != nil {
		fmt.Println(err)
		return
	}
	var top struct{ Since int64 }
	fmt.Println(json.Unmarshal(post.Extra["isTop"], &top), top.Since)
	// Output: <nil> 1750000000
}
