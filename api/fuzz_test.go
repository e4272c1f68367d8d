package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/catalogue"
)

// served is a service that gives the same answer to every call.
type served struct{ body string }

func (s served) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

// FuzzAnswer reads arbitrary answers in calls of all shapes: the result is a value or an
// *api.Error, and never contains the token.
func FuzzAnswer(f *testing.F) {
	all, err := catalogue.Endpoints()
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range all {
		f.Add(string(e.ExampleResponse))
	}
	for _, body := range []string{
		``, `{}`, `[]`, `{"ret":"200","data":[[]]}`, `{"ret":500,"msg":"` + token +
			`","data":{"code":{},"msg":[],"detail":"{\"msg_err\":1}"}}`,
		`{"ret":200,"data":{"loginInfo":[],"memberList":{},"labelList":"1,x,99999999999999999999","sex":true}}`,
		`{"ret":200,"data":{"memberList":{"wxid":{"a":1}},"newMsgId":7e18}}`, "\xef\xbb\xbf{\"ret\":500,\"msg\":\"\xff\"}", `{"ret":0}`,
		`{"ret":500,"ret":200}`,
		"{\"ret\":200,\"data\":{\"object\":{\"ipRegionInfo\":{\"regionText\":\"\xff\x01\"},\"objectDesc\":{\"feedLocation\":[7]}}}}",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		client, err := api.New(api.Config{BaseURL: "http://service.invalid", Token: token,
			HTTPClient: &http.Client{Transport: served{body}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := client.Login.CheckOnline(ctx, app); return err },
			func(ctx context.Context) error {
				_, err := client.Login.CheckLogin(ctx, api.CheckLoginRequest{AppID: app, UUID: "u"})
				return err
			},
			func(ctx context.Context) error { _, err := client.Contacts.GetDetailInfo(ctx, app, bob); return err },
			func(ctx context.Context) error {
				_, err := client.Group.GetChatroomMemberList(ctx, app, "1@chatroom")
				return err
			},
			func(ctx context.Context) error { _, err := client.Label.List(ctx, app); return err },
			func(ctx context.Context) error {
				_, err := client.SNS.List(ctx, api.SNSListRequest{AppID: app})
				return err
			},
			func(ctx context.Context) error {
				_, err := client.Finder.GetUserPage(ctx, api.FinderGetUserPageRequest{AppID: app, ToUserName: "v2_demo_other@finder"})
				return err
			},
			func(ctx context.Context) error { _, err := client.IM.Search(ctx, app, 1, "x"); return err },
			func(ctx context.Context) error { _, err := client.Download.Emoji(ctx, app, "md5"); return err },
			func(ctx context.Context) error {
				_, err := client.Message.PostImage(ctx, api.PostImage{AppID: app, To: bob, ImageURL: "https://example.com/x"})
				return err
			},
		} {
			err := call(t.Context())
			var e *api.Error
			if err != nil && !errors.As(err, &e) {
				t.Fatalf("no *api.Error: %v", err)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Fatalf("the token is in an error: %v", err)
			}
		}
	})
}

func FuzzDecodeImage(f *testing.F) {
	for _, s := range []string{"", "AAAA", "data:image/jpg;base64,AAAA", "data:,", "A", "AA==\n", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		picture, err := api.DecodeImage(s)
		if (err == nil) == (len(picture) == 0) {
			t.Fatalf("%d bytes, error %v", len(picture), err)
		}
	})
}
