package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hongyan-go/hongyan/simulator"
)

// FuzzRequests sends anything to the control API and to a call that reads XML: both must answer in JSON.
func FuzzRequests(f *testing.F) {
	sim := simulator.Start(f)
	for _, seed := range []string{
		fileXML, "wxid_alice:\n" + fileXML, `<msg><img aeskey="k" cdnmidimgurl="u"/></msg>`, appXML("5"), "<!DOCTYPE x>", "<msg>&nope;</msg>",
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
