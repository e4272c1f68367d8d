package router_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// textBody is the callback of a group message.
func textBody(text string) []byte {
	return fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_3NFEMzXGDmxgpZv1rDdb","Data":{"MsgId":1131200049,`+
		`"FromUserName":{"string":"20041565891@chatroom"},"ToUserName":{"string":"wxid_me"},"MsgType":1,`+
		`"Content":{"string":"wxid_alice:\n%s"},"Status":3,"ImgStatus":1,"ImgBuf":{"iLen":0},"CreateTime":1782051117,`+
		`"MsgSource":"<msgsource>\n\t<silence>1</silence>\n\t<membercount>9</membercount>\n\t<signature>`+
		`V1_TsTZK4ux|v1_j2srVmo4</signature>\n</msgsource>\n","PushContent":"Alice : %s","NewMsgId":3102924751776946850,`+
		`"MsgSeq":731200046},"Wxid":"wxid_me"}`, text, text)
}

// routes makes a router of n keyword routes, of which only the last wants the text of lastBody.
func routes(n int) *router.Router {
	r := router.New()
	for i := range n {
		r.Text(func(*router.Context, *xmlmsg.Text) error { return nil }, match.Keyword(fmt.Sprintf("关键词%04d", i)))
	}
	return r
}

func lastBody(n int) []byte { return textBody(fmt.Sprintf("请问关键词%04d是什么？", n-1)) }

func decodeAndRoute(r *router.Router, body []byte) error {
	e, err := callback.Decode(body)
	if err != nil {
		return err
	}
	return r.Serve(context.Background(), e, router.Services{})
}

// BenchmarkText decodes a callback and takes it to the last of N routes.
func BenchmarkText(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		b.Run(fmt.Sprintf("routes=%d", n), func(b *testing.B) {
			r, body := routes(n), lastBody(n)
			require.NoError(b, decodeAndRoute(r, body))
			b.ReportAllocs()
			for b.Loop() {
				if err := decodeAndRoute(r, body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkKeywords finds one of many keywords in a decoded message: those of as many routes, those
// of one route, and the same one of all routes, which differ by their group.
func BenchmarkKeywords(b *testing.B) {
	for _, n := range []int{10, 1000, 10000} {
		shared := router.New()
		for i := range n {
			id := fmt.Sprintf("%d@chatroom", 20041565891-i)
			shared.Text(func(*router.Context, *xmlmsg.Text) error { return nil }, match.In(id), match.Keyword("是什么"))
		}
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprintf("关键词%04d", i)
		}
		one := router.New()
		one.Text(func(*router.Context, *xmlmsg.Text) error { return nil }, match.Keyword(words...))
		for name, r := range map[string]*router.Router{"a route each": routes(n), "one route": one, "shared by the routes": shared} {
			b.Run(fmt.Sprintf("%s/words=%d", name, n), func(b *testing.B) {
				e, err := callback.Decode(lastBody(n))
				require.NoError(b, err)
				require.NoError(b, r.Serve(context.Background(), e, router.Services{}))
				b.ReportAllocs()
				for b.Loop() {
					if err := r.Serve(context.Background(), e, router.Services{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// webhook returns a handler that takes each callback at once to the last of 10 routes.
func webhook(t testing.TB) http.Handler {
	t.Helper()
	r := routes(10)
	h, err := callback.NewHandler(callback.HandlerConfig{Secret: "s3cret", Accept: func(ctx context.Context, d callback.Delivery) error {
		e, err := callback.Decode(d.Body)
		if err != nil {
			return err
		}
		return r.Serve(ctx, e, router.Services{})
	}})
	require.NoError(t, err)
	return h
}

// discard is a http.ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header       { return d.header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// post posts a body to the webhook, in the process.
func post(h http.Handler, body []byte) {
	r, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, "/callback/s3cret", bytes.NewReader(body))
	h.ServeHTTP(discard{http.Header{}}, r)
}

// BenchmarkWebhook goes from the HTTP request to the handler of the last of 10 routes, in the
// process.
func BenchmarkWebhook(b *testing.B) {
	h, body := webhook(b), lastBody(10)
	b.ReportAllocs()
	for b.Loop() {
		post(h, body)
	}
}
