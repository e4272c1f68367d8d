package gateway_test

import (
	"encoding/base64"
	"net/http"
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
	assert.Contains(t, other.JSON["type"], "docs/gateway.md#errors-key")
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
	said := f.Group("A").As("alice").Say("谁来报名")
	f.Idle()
	events := f.get("/v1/events?after=0").JSON["events"].([]any)
	require.Len(t, events, 1)
	key := events[0].(map[string]any)["key"].(string)
	base64Of := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 64)
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
		`{"to":"A","voice":{"base64":"aGk=","name":"a.silk"}}`: 422, `{"to":"A","voice":{"url":"http://8.8.8.8/a"}}`: 422,
	} {
		a := f.post("/v1/messages", body, "Idempotency-Key", "same")
		assert.Equal(t, want, a.Status, "%s: %s", body, a.Text)
		assert.Equal(t, "application/problem+json", a.Header.Get("Content-Type"), body)
	}
	assert.Equal(t, 422, f.post("/v1/messages", `{"to":"A","text":"x"}`, "Idempotency-Key", "a/b").Status)
	assert.Equal(t, http.StatusNotFound, f.get("/v1/nothing").Status)
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
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	x := start(f, gateway.Config{})
	f.Fuzz(func(t *testing.T, body string, form bool) {
		kind := "application/json"
		if form {
			kind = "multipart/form-data; boundary=b"
		}
		mine := &fixture{t: t, at: x.at}
		for _, path := range []string{"/v1/messages", "/v1/consumers/a/ack"} {
			a := mine.post(path, body, "Content-Type", kind)
			if a.Status >= 500 && a.Status != http.StatusServiceUnavailable {
				t.Fatalf("%s: %d: %s", path, a.Status, a.Text)
			}
		}
	})
}
