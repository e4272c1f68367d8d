package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
)

// The times of a stream.
const (
	gather       = 100 * time.Millisecond
	beat         = 15 * time.Second
	flushTimeout = 10 * time.Second
)

// Stream serves the live updates of a page as server-sent events: the changes of the topics in
// ?topics= (separated by commas) after ?from=, or after the Last-Event-ID of a browser that
// connects again. Events are
//
//   - without a name: hx-partial elements, which htmx swaps in;
//   - reset: the position is unknown, so that the page must be loaded anew;
//   - more: that many changes were left out;
//   - beat: nothing, every 15 s.
func (s *Site) Stream(h *Hub, w http.ResponseWriter, r *http.Request) {
	if !h.enter() {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer h.leave()
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	stream := &stream{writer: w, control: http.NewResponseController(w)}
	topics := strings.Split(r.URL.Query().Get("topics"), ",")
	from := r.Header.Get("Last-Event-ID")
	if from == "" {
		from = r.URL.Query().Get("from")
	}
	last, known := h.parse(from)
	if !known {
		b := h.after(0, nil)
		stream.send("reset", b.id, "reload")
		last = b.last
	} else {
		stream.send("beat", "", "")
	}
	l := lang.FromRequest(r)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for stream.err == nil {
		b := h.after(last, topics)
		switch {
		case b.lost:
			stream.send("reset", b.id, "reload")
		case len(b.entries) > 0:
			if b.left > 0 {
				stream.send("more", "", strconv.Itoa(b.left))
			}
			var html strings.Builder
			for _, e := range b.entries {
				html.WriteString(e.render(l))
			}
			stream.send("", b.id, html.String())
		}
		last, stream.id = b.last, b.id
		if !stream.wait(r, h, b.changed, ticker.C) {
			return
		}
	}
}

// wait waits for a change and those that follow it closely. It returns false when the stream ends.
func (s *stream) wait(r *http.Request, h *Hub, changed <-chan struct{}, beats <-chan time.Time) bool {
	for {
		select {
		case <-r.Context().Done():
			return false
		case <-h.closed:
			return false
		case <-beats:
			if s.send("beat", s.id, ""); s.err != nil {
				return false
			}
			continue
		case <-changed:
		}
		break
	}
	timer := time.NewTimer(gather)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return false
	case <-h.closed:
		return false
	case <-timer.C:
		return true
	}
}

// stream writes events until one fails.
type stream struct {
	writer  http.ResponseWriter
	control *http.ResponseController
	id      string // the position of what was sent last
	err     error
}

// send writes an event. Without an id, the browser keeps the last one.
func (s *stream) send(event, id, data string) {
	if s.err != nil {
		return
	}
	var b bytes.Buffer
	if event != "" {
		fmt.Fprintf(&b, "event: %s\n", event)
	}
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	data = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data)
	for line := range strings.SplitSeq(data, "\n") {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteByte('\n')
	_ = s.control.SetWriteDeadline(time.Now().Add(flushTimeout)) // a test's recorder has none
	if _, s.err = s.writer.Write(b.Bytes()); s.err == nil {
		s.err = s.control.Flush()
	}
}
