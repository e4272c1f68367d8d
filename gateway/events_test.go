package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
)

// stream is a client of the stream.
type stream struct {
	t      testing.TB
	body   io.ReadCloser
	lines  *bufio.Reader
	cancel context.CancelFunc
	cursor string
}

func (f *fixture) stream(query, cursor string, headers ...string) *stream {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+f.at()+"/v1/events?"+query, http.NoBody)
	require.NoError(f.t, err)
	r.Header.Set("Accept", "text/event-stream")
	if cursor != "" {
		r.Header.Set("Last-Event-ID", cursor)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r) //nolint:bodyclose // close does
	require.NoError(f.t, err)
	require.Equal(f.t, http.StatusOK, resp.StatusCode)
	require.Equal(f.t, "text/event-stream", resp.Header.Get("Content-Type"))
	s := &stream{t: f.t, body: resp.Body, lines: bufio.NewReader(resp.Body), cancel: cancel}
	f.t.Cleanup(s.close)
	_, ok := s.next() // the cursor
	require.True(f.t, ok)
	return s
}

func (s *stream) close() { s.cancel(); s.body.Close() }

// next reads up to the end of an event. It returns its document, nil if it is a heartbeat; false
// means that the stream has ended.
func (s *stream) next() (map[string]any, bool) {
	s.t.Helper()
	var document map[string]any
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return nil, false
		}
		switch line = strings.TrimSpace(line); {
		case line == "":
			return document, true
		case strings.HasPrefix(line, "id: "):
			s.cursor = line[4:]
		case strings.HasPrefix(line, "data: "):
			require.NoError(s.t, json.Unmarshal([]byte(line[6:]), &document))
			if s.cursor != "" {
				require.Equal(s.t, s.cursor, document["id"])
			}
		}
	}
}

// texts reads until there are n texts.
func (s *stream) texts(n int) []string {
	s.t.Helper()
	var list []string
	for len(list) < n {
		document, ok := s.next()
		require.True(s.t, ok, "the stream ends after %d of %d", len(list), n)
		if document != nil {
			list = append(list, document["text"].(string))
		}
	}
	return list
}

// TestTheDocument looks at the document of an event.
func TestTheDocument(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	s := f.stream("", "")
	f.Group("A").As("alice").SayAt("多少钱")
	document, ok := s.next()
	require.True(t, ok)
	assert.Equal(t, "text", document["kind"])
	assert.Equal(t, f.Group("A").ID(), document["chat"].(map[string]any)["id"])
	assert.Equal(t, "group", document["chat"].(map[string]any)["type"])
	assert.NotEmpty(t, document["chat"].(map[string]any)["name"])
	assert.Equal(t, map[string]any{"id": "wxid_alice", "name": "Alice"}, document["sender"])
	assert.Contains(t, document["text"], "多少钱")
	assert.Equal(t, document["account"].(string)+":"+document["new_msg_id"].(string), document["key"])
	at, err := time.Parse(time.RFC3339, document["time"].(string))
	require.NoError(t, err)
	assert.WithinDuration(t, f.Now(), at, time.Second)
	assert.NotContains(t, document, "body")
}

// TestAStreamResumes reads a stream in pieces, also over a restart of the bot.
func TestAStreamResumes(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{}, func(c *bottest.Config) { c.Durable = true })
	var want, got []string
	say := func(n int) {
		for range n {
			text := fmt.Sprint("m", len(want), strings.Repeat("长", 1000)) // a page is more than one write
			f.Group("A").As("alice").Say(text)
			want = append(want, text)
		}
	}
	s := f.stream("", "")
	say(5)
	got = append(got, s.texts(3)...) // the client breaks off with two on the way
	s.close()
	say(40) // more than a page
	f.Idle()
	f.Restart()
	say(3)
	f.Idle()
	s = f.stream("", s.cursor)
	got = append(got, s.texts(45)...)
	say(2)
	got = append(got, s.texts(2)...)
	assert.Equal(t, want, got)
	f.Restart() // ends the stream
	_, ok := s.next()
	assert.False(t, ok)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	f.Group("A").As("alice").Say("in A")
	f.Group("B").As("alice").Say("in B")
	f.Group("A").As("alice").Link("title", "https://example.com/")
	f.Person("bob").Say("in private")
	f.Idle()
	texts := func(query string) (list []string) {
		a := f.get("/v1/events?after=0&" + query)
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		for _, e := range a.JSON["events"].([]any) {
			list = append(list, e.(map[string]any)["text"].(string))
		}
		return list
	}
	assert.ElementsMatch(t, []string{"in A", "in B", "", "in private"}, texts(""))
	assert.Equal(t, []string{"in A", ""}, texts("chat="+f.Group("A").ID()))
	assert.ElementsMatch(t, []string{"in A", "in B", "in private"}, texts("kind=text"))
	assert.Equal(t, []string{"in private"}, texts("chat=wxid_bob&kind=text,link"))
	assert.Empty(t, texts("chat=nobody"))
	assert.Len(t, texts("limit=2"), 2)
	assert.Equal(t, http.StatusUnprocessableEntity, f.get("/v1/events?after=x").Status)
	assert.Empty(t, f.get("/v1/events").JSON["events"], "without a cursor it begins now")
}

// TestWorkersShareAConsumer polls with one name: each event is handed out once until its lease
// ends.
func TestWorkersShareAConsumer(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	poll := func() answer { return f.get("/v1/events?consumer=w&limit=2") }
	assert.Empty(t, poll().JSON["events"])
	for i := range 5 {
		f.Group("A").As("alice").Say(strconv.Itoa(i))
	}
	f.Idle()
	first := poll()
	assert.Len(t, first.JSON["events"], 2)
	assert.Empty(t, poll().JSON["events"], "another worker has them")
	body := func(a answer) string {
		return fmt.Sprintf(`{"cursor":%q,"lease":%q}`, a.JSON["cursor"], a.JSON["lease"])
	}
	f.Advance(2 * time.Minute) // the worker has died
	again := poll()
	assert.Equal(t, first.JSON["events"], again.JSON["events"])
	assert.Equal(t, http.StatusConflict, f.post("/v1/consumers/w/ack", body(first)).Status, "it is not its lease any more")
	require.Equal(t, http.StatusOK, f.post("/v1/consumers/w/ack", body(again)).Status)
	assert.Len(t, poll().JSON["events"], 2)
	assert.Equal(t, http.StatusUnprocessableEntity, f.post("/v1/consumers/w/ack", `{"cursor":"999999"}`).Status)
	assert.Equal(t, http.StatusUnprocessableEntity, f.get("/v1/events?consumer=a%2Fb").Status)
}

// texts are those of the events of an answer.
func (a answer) texts() (list []string) {
	for _, e := range a.JSON["events"].([]any) {
		list = append(list, e.(map[string]any)["text"].(string))
	}
	return list
}

// ack acknowledges what a worker got.
func (f *fixture) ack(consumer string, a answer) {
	f.t.Helper()
	got := f.post("/v1/consumers/"+consumer+"/ack", fmt.Sprintf(`{"cursor":%q,"lease":%q}`, a.JSON["cursor"], a.JSON["lease"]))
	require.Equal(f.t, http.StatusOK, got.Status, got.Text)
}

// TestWorkersHaveDifferentChats polls with one name from several workers: each chat is with one
// worker at a time, and in its order.
func TestWorkersHaveDifferentChats(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	poll := func(query string) answer { return f.get("/v1/events?consumer=w&kind=text&" + query) }
	require.Empty(t, poll("").JSON["events"])
	for _, text := range []string{"1", "2", "3"} {
		f.Group("A").As("alice").Say("A" + text)
		f.Idle()                                                   // chats are handled at once
		f.Group("A").As("alice").Link("t", "https://example.com/") // which the filter leaves out
		f.Group("B").As("bob").Say("B" + text)
		f.Idle()
	}
	first := poll("limit=1")
	assert.Equal(t, []string{"A1"}, first.texts())
	second := poll("limit=2")
	assert.Equal(t, []string{"B1", "B2"}, second.texts())
	assert.Empty(t, poll("").texts(), "both chats have a worker")
	require.Equal(t, 200, f.post("/v1/consumers/w/ack", fmt.Sprintf(`{"cursor":%q,"lease":%q}`,
		second.JSON["events"].([]any)[0].(map[string]any)["id"], second.JSON["lease"])).Status)
	third := poll("")
	assert.Equal(t, []string{"B2", "B3"}, third.texts(), "of the lease, only the first was handled")
	f.ack("w", third)
	assert.Empty(t, poll("").texts())
	f.ack("w", first)
	last := poll("lease=2")
	assert.Equal(t, []string{"A2", "A3"}, last.texts())
	f.Advance(3 * time.Second)
	last = poll("")
	assert.Equal(t, []string{"A2", "A3"}, last.texts(), "its lease is over")
	f.ack("w", last)
	assert.Empty(t, poll("").texts())
	assert.Equal(t, 409, f.post("/v1/consumers/w/ack", `{"cursor":"1","lease":"other"}`).Status)
	assert.Equal(t, 422, poll("after=1").Status)
}

// TestAStreamOfLeases reads a consumer as a stream: what comes next waits for the ack.
func TestAStreamOfLeases(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{})
	s := f.stream("consumer=w&limit=2", "")
	for i := range 3 {
		f.Group("A").As("alice").Say(strconv.Itoa(i))
	}
	f.Idle()
	var got []string
	for len(got) < 3 {
		document, ok := s.next()
		require.True(t, ok)
		switch {
		case document["lease"] != nil:
			f.ack("w", answer{JSON: document})
		case document != nil:
			got = append(got, document["text"].(string))
		}
	}
	assert.Equal(t, []string{"0", "1", "2"}, got)
	assert.Empty(t, f.get("/v1/events?consumer=w").texts())
}

// TestAReaderThatDoesNotRead opens streams and never reads them, while megabytes of events pass.
func TestAReaderThatDoesNotRead(t *testing.T) { //nolint:paralleltest // it measures memory
	f := start(t, gateway.Config{})
	const readers, messages = 8, 150
	text := strings.Repeat("长", 5000)
	grown := func() int64 {
		heap := func() int64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before := heap()
		for range messages {
			f.Group("A").As("alice").Say(text)
		}
		f.Idle()
		return heap() - before
	}
	without := grown() // what the bot and the simulator keep
	for range readers {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", f.at())
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(4096))
		_, err = fmt.Fprintf(conn, "GET /v1/events?after=0 HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", f.at())
		require.NoError(t, err)
	}
	grown() // fills the buffers of the connections
	with := grown()
	assert.Less(t, with-without, int64(readers*messages*len(text)/2), "it keeps for each reader what that does not read")
}
