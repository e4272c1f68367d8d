package gateway_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestOneKeyIsOneMessage has 50 clients send with one key at once.
func TestOneKeyIsOneMessage(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	var all sync.WaitGroup
	answers := make([]answer, 50)
	for i := range answers {
		all.Go(func() {
			answers[i] = f.post("/v1/messages", `{"to":"A","text":"disk 91%"}`, "Idempotency-Key", "disk", "Prefer", "wait=30")
		})
	}
	all.Wait()
	for _, a := range answers {
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		assert.Equal(t, "sent", a.JSON["state"])
		assert.Equal(t, answers[0].JSON["new_msg_id"], a.JSON["new_msg_id"])
	}
	assert.IsType(t, "", answers[0].JSON["msg_id"], "ids are strings")
	f.Group("A").ExpectText("disk 91%")
	f.Group("A").ExpectNothing()

	other := f.post("/v1/messages", `{"to":"A","text":"disk 92%"}`, "Idempotency-Key", "disk")
	assert.Equal(t, http.StatusConflict, other.Status, other.Text)
	assert.Equal(t, "application/problem+json", other.Header.Get("Content-Type"))
	assert.Contains(t, other.JSON["type"], "docs/en/gateway.md#errors-key")
	f.Group("A").ExpectNothing()

	look := f.get("/v1/messages/disk")
	assert.Equal(t, answers[0].JSON["new_msg_id"], look.JSON["new_msg_id"])
}

// TestAnAnswerThatIsLost is a send that arrives, and whose answer does not.
func TestAnAnswerThatIsLost(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	f.LoseAnswers(f.Group("A"))
	for range 3 {
		a := f.post("/v1/messages?wait=30", `{"to":"A","text":"once"}`, "Idempotency-Key", "k1")
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		assert.Equal(t, "unknown", a.JSON["state"])
	}
	f.ExpectError("a message may have been sent")
	f.Mend()
	f.Group("A").ExpectText("once")
	assert.Equal(t, "unknown", f.post("/v1/messages?wait=30", `{"to":"A","text":"once"}`, "Idempotency-Key", "k1").JSON["state"])
	f.Group("A").ExpectNothing()
	assert.Equal(t, "sent", f.post("/v1/messages/k1/sent", "").JSON["state"])
	assert.Equal(t, http.StatusConflict, f.post("/v1/messages/k1/revoke", "").Status, "its ids are not known")
}

func TestHoldReleaseDropRevoke(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	a := f.post("/v1/messages?wait=30", `{"to":"A","text":"held","hold":true}`, "Idempotency-Key", "h1")
	assert.Equal(t, http.StatusAccepted, a.Status)
	assert.Equal(t, "held", a.JSON["state"])
	assert.Equal(t, "held", f.get(a.Header.Get("Location")).JSON["state"])
	f.Group("A").ExpectNothing()
	assert.Equal(t, "sent", f.post("/v1/messages/h1/release?wait=30", "").JSON["state"])
	f.Group("A").ExpectText("held")
	f.post("/v1/messages", `{"to":"A","text":"no","hold":true}`, "Idempotency-Key", "h2")
	assert.Equal(t, "refused", f.post("/v1/messages/h2/drop", "").JSON["state"])
	assert.Equal(t, http.StatusConflict, f.post("/v1/messages/h2/release", "").Status)
	assert.Equal(t, http.StatusOK, f.post("/v1/messages/h1/revoke", "").Status)
	assert.Equal(t, http.StatusNotFound, f.get("/v1/messages/nobody").Status)
	assert.Equal(t, http.StatusNotFound, f.post("/v1/messages/nobody/drop", "").Status)
	f.Group("A").ExpectNothing()
	assert.Len(t, f.get("/v1/outbox?state=refused").JSON["items"], 1)
}

func TestExpires(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	require.NoError(t, f.Bot().Pause(t.Context(), "", "test"))
	a := f.post("/v1/messages", `{"to":"A","text":"late","ttl":"90s"}`, "Idempotency-Key", "x")
	require.Equal(t, http.StatusAccepted, a.Status, a.Text)
	assert.Equal(t, "queued", a.JSON["state"])
	require.NoError(t, f.Bot().Resume(t.Context(), ""))
	f.Advance(time.Minute)
	f.Group("A").ExpectText("late")
}

// TestEachKindOfMessage sends each kind, and looks for it in the chat.
func TestEachKindOfMessage(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{AllowHosts: []string{"127.0.0.1"}})
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "bytes") }))
	t.Cleanup(served.Close)
	said := f.Group("A").As("alice").Say("谁来报名")
	f.Idle()
	events := f.get("/v1/events?after=0").JSON["events"].([]any)
	require.Len(t, events, 1)
	key := events[0].(map[string]any)["key"].(string)
	base64Of := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 64)
	silk := "\x02#!SILK_V3" + strings.Repeat("\x01\x00a", 50)
	mp4 := "\x00\x00\x00\x24moov\x00\x00\x00\x1cmvhd" + strings.Repeat("\x00", 12) + "\x00\x00\x03\xe8\x00\x00\x0b\xb8"
	for name, test := range map[string]struct {
		body string
		kind string
		text string
	}{
		"text":     {`"text":"hi"`, simulator.KindText, "hi"},
		"mention":  {`"text":"hi","mention":["Alice"]`, simulator.KindText, "@Alice hi"},
		"quote":    {`"text":"me","quote":"` + key + `"`, simulator.KindQuote, "me"},
		"forward":  {`"forward":"` + key + `"`, simulator.KindText, said.Text},
		"link":     {`"link":{"url":"https://example.com/","title":"Title"}`, simulator.KindLink, "Title"},
		"card":     {`"card":{"id":"wxid_bob","name":"Bob"}`, simulator.KindCard, ""},
		"location": {`"location":{"lat":31.2,"lng":121.5,"name":"Bund","address":"Shanghai"}`, simulator.KindLocation, ""},
		"mini_program": {`"mini_program":{"app_id":"wx0123456789abcdef","user_name":"gh_x@app","name":"N","title":"T","page":"p",` +
			`"cover_url":"http://8.8.8.8/c.png"}`, "", ""},
		"file":  {`"file":{"base64":"` + base64Of("a,b") + `","name":"../报表.csv"}`, simulator.KindFile, "报表.csv"},
		"image": {`"image":{"base64":"` + base64Of(png) + `","name":"a.png"}`, simulator.KindImage, ""},
		"voice": {`"voice":{"base64":"` + base64Of(silk) + `","name":"a.silk"}`, simulator.KindVoice, ""},
		"video": {
			`"video":{"base64":"` + base64Of(mp4) + `","name":"a.mp4","cover":{"base64":"` + base64Of(png) + `","name":"c.png"}}`,
			simulator.KindVideo, "",
		},
		"file_url":  {`"file":{"url":"` + served.URL + `/docs/report.pdf"}`, simulator.KindFile, "report.pdf"},
		"image_url": {`"image":{"url":"` + served.URL + `/a.png"}`, simulator.KindImage, ""},
		"voice_url": {`"voice":{"url":"` + served.URL + `/a.silk","duration_ms":1000}`, simulator.KindVoice, ""},
		"video_url": {
			`"video":{"url":"` + served.URL + `/a.mp4","duration_ms":3000,"cover":{"url":"` + served.URL + `/c.png"}}`,
			simulator.KindVideo, "",
		},
		"ttl": {`"text":"within a day","ttl":"1d12h"`, simulator.KindText, "within a day"},
	} {
		a := f.post("/v1/messages?wait=30", `{"to":"A",`+test.body+`}`, "Idempotency-Key", name)
		require.Equal(t, http.StatusOK, a.Status, "%s: %s", name, a.Text)
		assert.Equal(t, "sent", a.JSON["state"], "%s: %s", name, a.Text)
		f.Group("A").Expect(name, func(m simulator.Message) bool {
			return (test.kind == "" || m.Kind == test.kind) && (test.text == "" || strings.ReplaceAll(m.Text, "\u2005", " ") == test.text)
		})
	}
	f.Group("A").ExpectNothing()
}

// TestForms uploads a file as a form.
func TestForms(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	form := "--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n{\"to\":\"A\"}\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\nbytes\r\n--b--\r\n"
	a := f.post("/v1/messages?wait=30", form, "Content-Type", "multipart/form-data; boundary=b")
	require.Equal(t, "sent", a.JSON["state"], a.Text)
	f.Group("A").ExpectFile("a.xlsx")
	assert.Equal(t, http.StatusBadRequest, f.post("/v1/messages", "--b--", "Content-Type", "multipart/form-data; boundary=b").Status)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	for body, want := range map[string]int{
		``: http.StatusBadRequest, `{`: http.StatusBadRequest, `[]`: 422, `{}`: 422, `{"to":"A"}`: 422, `{"to":"A","text":1}`: 422,
		`{"to":"nobody at all","text":"x"}`: 422, `{"to":"A","text":"x","other":1}`: 422,
		`{"to":"A","text":"x","card":{"id":"a","name":"b"}}`: 422, `{"to":"A","text":"x","ttl":"soon"}`: 422,
		`{"to":"A","text":"x","class":"urgent"}`: 422, `{"to":"A","text":"x","account":"wx_other"}`: 422,
		`{"to":"A","quote":"1"}`: 422, `{"to":"A","text":"x","quote":"1"}`: 404, `{"to":"A","forward":"999999"}`: 404,
		`{"to":"A","file":{"url":"http://127.0.0.1:1/a"}}`: 422, `{"to":"A","file":{"url":"http://169.254.169.254/a"}}`: 422,
		`{"to":"A","file":{"url":"file:///etc/passwd"}}`: 422, `{"to":"A","file":{"base64":"%"}}`: 422, `{"to":"A","file":{}}`: 422,
		`{"to":"A","link":{"url":"https://a.b/","title":"t","thumb_url":"http://10.0.0.1/"}}`:                                    422,
		`{"to":"A","mini_program":{"app_id":"a","user_name":"g","name":"n","title":"t","page":"p","cover_url":"http://[::1]/"}}`: 422,
		`{"to":"A","text":"x","ttl":"-1h"}`: 422, `{"to":" ","text":"x"}`: 422,
		`{"to":"A","voice":{"base64":"aGk=","name":"a.silk"}}`: 422, `{"to":"A","voice":{"url":"http://8.8.8.8/a"}}`: 422,
	} {
		a := f.post("/v1/messages", body, "Idempotency-Key", "same")
		assert.Equal(t, want, a.Status, "%s: %s", body, a.Text)
		assert.Equal(t, "application/problem+json", a.Header.Get("Content-Type"), body)
	}
	assert.Equal(t, 422, f.post("/v1/messages", `{"to":"A","text":"x"}`, "Idempotency-Key", "a/b").Status)
	assert.Equal(t, http.StatusNotFound, f.get("/v1/nothing").Status)
	assert.Equal(t, 422, f.get("/v1/groups/%0B/members").Status)
	assert.Equal(t, 200, f.get("/v1/groups/A/members").Status, "by its name")
	assert.Equal(t, http.StatusMethodNotAllowed, f.do(http.MethodDelete, "/v1/messages", "").Status)
	f.Group("A").ExpectNothing()
	assert.Equal(t, "sent", f.post("/v1/messages?wait=30", `{"to":"A","text":"x"}`, "Idempotency-Key", "same").JSON["state"],
		"a key that has sent nothing is free")
	f.Group("A").ExpectText("x")
}

// FuzzMessages posts any body: whatever it is, the answer is not a failure of the gateway.
func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		`{"to":"A","text":"hi"}`, `{"to":"A","file":{"base64":"aGk=","name":"a"},"ttl":"1s"}`, `{"to":"","text":""}`, `[]`,
		`{"to":"A","location":{"lat":1,"lng":2}}`,
		`{"to":"A","mini_program":{}}`, `{"to":"A","video":{"base64":"aGk=","cover":{"base64":"aGk="}}}`,
		`{"to":"A","text":"\u0000","hold":true}`,
		"--b\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n{}\r\n--b--\r\n",
		`{"cursor":"1","lease":"x"}`, `{"cursor":"-1"}`, `{"jsonrpc":"2.0","id":1,"method":"ping"}`, `[{"jsonrpc":"2.0","method":"x"}]`,
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"send_message","arguments":{"to":"A","text":"x"}}}`,
		`{"jsonrpc":"2.0","id":"1","method":"resources/read","params":{"uri":"hongyan://chats/%"}}`,
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	x := start(f, gateway.Config{MCP: &gateway.MCP{}}, withHistory)
	f.Fuzz(func(t *testing.T, body string, form bool) {
		kind := "application/json"
		if form {
			kind = "multipart/form-data; boundary=b"
		}
		mine := &fixture{t: t, at: x.at}
		for _, path := range []string{"/v1/messages", "/v1/consumers/a/ack", "/mcp"} {
			mine.accepts(mine.post(path, body, "Content-Type", kind, "Accept", "application/json, text/event-stream"))
		}
	})
}

// accepts fails for an answer that tells of a failure of the gateway.
func (f *fixture) accepts(a answer) {
	f.t.Helper()
	if a.Status >= 500 && a.Status != http.StatusServiceUnavailable {
		f.t.Fatalf("%d: %s", a.Status, a.Text)
	}
}

// FuzzParameters asks with anything where a cursor, a key, a name, a time or a part is expected.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{
		"0", "1", "1-1", "1767578400000-812", "-1-1", "9223372036854775807-9223372036854775807", "18446744073709551615",
		"99999999999999999999", "wx_a:1", "A", "", " ", "\x00", "a/../b", "bytes=0-1", "bytes=-1", "bytes=0-,0-,0-", "held,unknown",
		"2026-01-05T10:00:00Z", "订单", "%",
	} {
		f.Add(seed)
	}
	x := start(f, gateway.Config{}, withHistory)
	x.Group("A").As("alice").FileWith("a.txt", []byte("content"))
	x.Idle()
	key := url.PathEscape(x.keyOf(x.Group("A").ID()))
	f.Fuzz(func(t *testing.T, text string) {
		mine := &fixture{t: t, at: x.at}
		query, path := url.QueryEscape(text), url.PathEscape(text)
		for _, ask := range []string{
			"/v1/events?after=" + query, "/v1/events?consumer=" + query, "/v1/events?after=0&kind=" + query + "&chat=" + query,
			"/v1/chats/A/messages?before=" + query, "/v1/chats/A/messages?after=" + query, "/v1/chats/A/messages?around=" + query,
			"/v1/chats/A/messages?from=" + query, "/v1/chats/" + path + "/messages", "/v1/groups/" + path + "/members",
			"/v1/search?q=" + query, "/v1/search?q=a&before=" + query, "/v1/search?person=" + query, "/v1/messages/" + path,
			"/v1/media/" + path, "/v1/explain?event=" + query, "/v1/outbox?after=" + query, "/v1/outbox?state=" + query,
			"/v1/dead?after=" + query, "/v1/tasks?after=" + query, "/v1/audit?after=" + query,
		} {
			a := mine.get(ask)
			mine.accepts(a)
			if a.Status == http.StatusServiceUnavailable {
				t.Fatalf("%s: %s", ask, a.Text)
			}
		}
		plain := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return -1
			}
			return r
		}, text)
		mine.accepts(mine.get("/v1/media/"+key, "Range", plain))
		mine.accepts(mine.get("/v1/events", "Last-Event-ID", plain))
		mine.accepts(mine.get("/v1/events", "Accept", plain))
	})
}
