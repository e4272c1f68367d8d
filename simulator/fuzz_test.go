package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/simulator"
)

// FuzzRequests sends anything to the control API and to a call that reads XML: both must answer in
// JSON.
func FuzzRequests(f *testing.F) {
	sim := simulator.Start(f)
	for _, seed := range []string{
		fileXML, "wxid_alice:\n" + fileXML, `<msg><img aeskey="k" cdnmidimgurl="u"/></msg>`, appXML("5"), "<!DOCTYPE x>",
		"<msg>&nope;</msg>",
		`{"from":"wxid_alice","to":"A","kind":"text","text":"hi"}`, `{"from":"alice","kind":"raw","msg_type":49,"content":"<msg>"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		body, err := json.Marshal(map[string]string{"appId": simulator.DefaultAppID, "toWxid": "wxid_bob", "xml": input})
		if err != nil {
			t.Fatal(err)
		}
		for path, send := range map[string]string{
			"/sim/messages": input, "/finder/v2/api/message/forwardFile": string(body), "/finder/v2/api/message/forwardImage": string(body),
			"/finder/v2/api/message/forwardUrl": input,
		} {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(send))
			request.Header.Set("VideosApi-token", sim.Token())
			answer := httptest.NewRecorder()
			sim.ServeHTTP(answer, request)
			if !json.Valid(answer.Body.Bytes()) {
				t.Fatalf("%s answered %q", path, answer.Body)
			}
		}
	})
}

// FuzzCalls sends anything to every endpoint of the catalogue: whatever it is, the answer is the
// service's JSON.
func FuzzCalls(f *testing.F) {
	endpoints, err := catalogue.Endpoints()
	if err != nil {
		f.Fatal(err)
	}
	sim := simulator.Start(f, demoWorld)
	for i := range endpoints {
		f.Add(i, string(endpoints[i].ExampleRequest))
	}
	for _, body := range []string{"", "null", "[]", `{"appId":7}`, `{"appId":"` + demoApp + `","wxids":[7],"chatroomId":{}}`} {
		f.Add(0, body)
	}
	f.Fuzz(func(t *testing.T, i int, body string) {
		e := endpoints[(i%len(endpoints)+len(endpoints))%len(endpoints)]
		if strings.HasSuffix(e.Path, "/setCallback") {
			return // it would post to wherever the input says
		}
		for _, prefix := range []string{"/finder/v2/api", "/v2/api"} {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, prefix+e.Path, strings.NewReader(body))
			request.Header.Set("VideosApi-token", sim.Token())
			request.Header.Set("X-Gewe-Token", sim.Token())
			answer := httptest.NewRecorder()
			sim.ServeHTTP(answer, request)
			if !json.Valid(answer.Body.Bytes()) || answer.Code >= http.StatusInternalServerError {
				t.Fatalf("%s answered %d %q", e.Path, answer.Code, answer.Body)
			}
		}
	})
}
