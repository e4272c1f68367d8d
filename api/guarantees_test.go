package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	jsonx "github.com/go-json-experiment/json"

	"github.com/hongyan-go/hongyan/api"
)

const ptoken = "0f3c9a52-demo-token-77b1"

func pclient(t *testing.T, base string) *api.Client {
	t.Helper()
	c, err := api.New(api.Config{BaseURL: base, Token: ptoken})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func pserve(t *testing.T, status int, body string) *api.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return pclient(t, s.URL)
}

var ptext = api.PostText{AppID: "wx_a", To: "wxid_b", Content: "the quick brown goose"}

func TestGuaranteeExecuted(t *testing.T) {
	for _, p := range []struct {
		status int
		body   string
		want   api.Executed
	}{
		{200, `{"ret":0,"msg":"ok"}`, api.ExecutedUnknown},
		{200, `{"ret":502,"msg":"Bad Gateway"}`, api.ExecutedUnknown},
		{504, `{"ret":500,"msg":"upstream"}`, api.ExecutedUnknown},
		{200, `{"ret":500,"data":{"msg":"请求超时"}}`, api.ExecutedUnknown},
		{502, `{"error":{"ret":-1}}`, api.ExecutedUnknown},
		{200, `{"ret":null}`, api.ExecutedUnknown},
		{200, `{"ret":"x"}`, api.ExecutedUnknown},
		{200, `{"ret":200,"data":{"newMsgId":7e18}}`, api.ExecutedYes},
	} {
		sent, err := pserve(t, p.status, p.body).Message.Send(t.Context(), ptext)
		var e *api.Error
		if !errors.As(err, &e) {
			t.Errorf("executed %d %s: no error, %+v", p.status, p.body, sent)
		} else if e.Executed() != p.want {
			t.Errorf("executed %d %s: %v, want %v", p.status, p.body, e.Executed(), p.want)
		}
	}
}

func TestGuaranteeOdd(t *testing.T) {
	for _, body := range []string{`{"ret":200,"data":[]}`, `{"ret":200,"data":""}`, `{"ret":200}`} {
		sent, err := pserve(t, 200, body).Message.Send(t.Context(), ptext)
		if err != nil || sent.To != "wxid_b" {
			t.Errorf("odd %s: %+v %v", body, sent, err)
		}
	}
	if _, err := pserve(t, 200, `{"ret":200,"data":{"friends":{}}}`).Contacts.FetchContactsList(t.Context(), "wx_a"); err != nil {
		t.Errorf("odd friends {}: %v", err)
	}
	if online, err := pserve(t, 200, `{"ret":200,"data":null}`).Login.CheckOnline(t.Context(), "wx_a"); err == nil {
		t.Errorf("checkOnline null: %v without an error", online)
	}
	for _, text := range []string{"7e18", "18446744073709551616", "-1", `"x"`, `{"id":1}`, "[1]"} {
		var id api.ID
		if err := jsonx.Unmarshal([]byte(text), &id); err == nil {
			t.Errorf("ID %s: %d without an error", text, id)
		}
	}
}

func TestGuaranteeSecrets(t *testing.T) {
	c := api.Config{Token: ptoken}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "config", c)
	for name, text := range map[string]string{"%+v": fmt.Sprintf("%+v", c), "%d": fmt.Sprintf(strings.ToLower("%D"), c),
		"json": logged.String()} {
		if strings.Contains(text, ptoken) {
			t.Errorf("Config %s prints the token", name)
		}
	}
	echo := func(text string) *api.Client {
		m, _ := json.Marshal(text)
		return pserve(t, 200, `{"ret":500,"msg":`+string(m)+`}`)
	}
	_, err := echo("bad "+ptoken).Message.Send(t.Context(), ptext)
	if strings.Contains(err.Error(), ptoken) {
		t.Errorf("token repeated: %v", err)
	}
	_, err = echo("bad text the quick brown goose").Message.Send(t.Context(), ptext)
	if strings.Contains(err.Error(), "goose") {
		t.Errorf("text repeated: %v", err)
	}
	if err = echo("push msg err: Post https://bot.example.com/callback/hush").Login.SetCallback(t.Context(),
		"https://bot.example.com/callback/hush"); strings.Contains(err.Error(), "hush") {
		t.Errorf("callback secret repeated: %v", err)
	}
	_, err = echo("token 不可用或已过期").Message.Send(t.Context(), ptext)
	if !errors.Is(err, api.ErrTokenInvalid) {
		t.Errorf("token text not recognised: %v", err)
	}
	_, err = api.New(api.Config{Token: ptoken, BaseURL: "ftp://user:hush@x"})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("base URL password: %v", err)
	}
	_, err = api.New(api.Config{Token: ptoken + "\n"})
	if err == nil {
		t.Error("token with a line break accepted")
	}
}

func TestGuaranteeReplay(t *testing.T) {
	for _, m := range []api.Send{
		api.PostText{AppID: "a", To: "b", Content: "c", At: []string{"x", "y"}}, api.PostText{AppID: "a", To: "b", Content: "c"},
		api.ForwardFile{AppID: "a", To: "b", XML: "<msg/>"}, api.SendFinderMsg{AppID: "a", To: "b", ID: 14000000000000000002},
		api.FinderPostDirectMessageRequest{
			FinderConversation: api.FinderConversation{AppID: "a", MyUserName: "m", ToUserName: "b", SessionID: "s@findermsg"},
			Content:            "c",
		},
		api.FinderCommentRequest{
			FinderIdentity: api.FinderIdentity{AppID: "a", MyUserName: "m", MyRole: api.FinderRoleChannels},
			FinderVideo:    api.FinderVideo{ObjectID: 14000000000000000002, SessionBuffer: "s"},
			Content:        "c", RefCommentID: 14000000000000000003,
		},
	} {
		body, err := api.EncodeSend(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := api.DecodeSend(api.EndpointOf(m), body)
		if err != nil || !reflect.DeepEqual(m, back) {
			t.Errorf("replay of %s: %+v %v", api.EndpointOf(m), back, err)
		}
	}
	if _, err := api.DecodeSend("/message/revokeMsg", []byte("{}")); err == nil {
		t.Error("a call that does not send was decoded")
	}
}

func TestGuaranteeCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("shutting down"))
	_, err := pserve(t, 200, `{"ret":200}`).Message.Send(ctx, ptext)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancel with cause is not context.Canceled: %v", err)
	}
}

func TestGuaranteeProven(t *testing.T) {
	var mu sync.Mutex
	seen, no := map[string]bool{}, map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err == nil {
			var in struct{ Content string }
			_ = json.Unmarshal(b, &in)
			mu.Lock()
			seen[in.Content] = true
			mu.Unlock()
		}
		_, _ = io.WriteString(w, `{"ret":200}`)
	}))
	c := pclient(t, s.URL)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 200 {
				m := ptext
				m.Content = fmt.Sprintf("%d/%d", worker, i)
				ctx, cancel := context.WithTimeout(t.Context(), rand.N(2*time.Millisecond))
				_, err := c.Message.Send(ctx, m)
				cancel()
				var e *api.Error
				if errors.As(err, &e) && e.Executed() == api.ExecutedNo {
					mu.Lock()
					no[m.Content] = true
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	c.Close()
	s.Close()
	both := 0
	for k := range no {
		if seen[k] {
			both++
		}
	}
	t.Logf("proven: %d say no, %d seen, %d both", len(no), len(seen), both)
	if both > 0 {
		t.Fail()
	}
}
