package gateway

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

const (
	heartbeat = 15 * time.Second // between two signs of life of a stream
	patience  = 30 * time.Second // for a client that does not read
	// mostWritten is how many bytes of events are written together, except for a larger one.
	mostWritten = 32 << 10
)

// patient writes to a client that must not take longer than patience for a part.
type patient struct {
	http.ResponseWriter
	out *http.ResponseController
}

func newPatient(w http.ResponseWriter) patient { return patient{w, http.NewResponseController(w)} }

// Write implements io.Writer.
func (p patient) Write(data []byte) (int, error) {
	_ = p.out.SetWriteDeadline(time.Now().Add(patience))
	return p.ResponseWriter.Write(data)
}

// sse is a stream of server-sent events.
type sse struct {
	patient
	ctx        context.Context //nolint:containedctx // of the request
	beat, look *time.Ticker
	buffer     []byte // of events
}

// openStream begins a stream, which ends with the request or the gateway.
func (g *Gateway) openStream(c huma.Context) (s *sse, end func()) {
	r, w := humachi.Unwrap(c)
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(g.ending, cancel)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy must not wait for more
	s = &sse{patient: newPatient(w), ctx: ctx, beat: time.NewTicker(heartbeat), look: time.NewTicker(lookAgain)}
	return s, func() {
		s.beat.Stop()
		s.look.Stop()
		stop()
		cancel()
	}
}

// write writes at once. It reports whether the client is still there.
func (s *sse) write(format string, args ...any) bool { return s.put(fmt.Appendf(nil, format, args...)) }

func (s *sse) put(data []byte) bool {
	_, err := s.Write(data)
	return err == nil && s.out.Flush() == nil
}

// events writes events, those of a page together: each write to the client is a call of the system.
func (s *sse) events(list []event) bool {
	s.buffer = s.buffer[:0]
	for i, x := range list {
		s.buffer = fmt.Appendf(s.buffer, "id: %d\nevent: message\ndata: %s\n\n", x.seq, x.data)
		if i < len(list)-1 && len(s.buffer) < mostWritten {
			continue
		}
		if !s.put(s.buffer) {
			return false
		}
		s.buffer = s.buffer[:0]
	}
	if cap(s.buffer) > 2*mostWritten {
		s.buffer = nil // a large event
	}
	return true
}

// wait waits for news, and keeps the connection alive with the text meanwhile. It reports whether
// the client is still there.
func (s *sse) wait(news <-chan struct{}, alive string) bool {
	for {
		select {
		case <-news:
			return true
		case <-s.look.C:
			return true
		case <-s.beat.C:
			if !s.write("%s", alive) {
				return false
			}
		case <-s.ctx.Done():
			return false
		}
	}
}

// stream writes events until the client goes, does not read, or the gateway ends. Only a page of
// events is in memory, however far behind the client is.
func (g *Gateway) stream(c huma.Context, f filter, after uint64) {
	s, end := g.openStream(c)
	defer end()
	if !s.write("retry: 2000\nid: %d\n\n", after) {
		return
	}
	for {
		more := g.news.wait()
		found, next, full, err := g.read(s.ctx, f, after, eventPage)
		if err != nil {
			return // the client comes again with its cursor
		}
		if !s.events(found) {
			return
		}
		// The heartbeat moves the cursor past events that the filter has left out.
		if after = next; !full && !s.wait(more, fmt.Sprintf(": alive\nid: %d\n\n", after)) {
			return
		}
	}
}

// streamLeases writes the events of a consumer: what a poll would answer, then an event lease with
// what the worker acknowledges. The next events come after that, or when the lease is over.
func (g *Gateway) streamLeases(c huma.Context, f filter, in *eventsInput) {
	s, end := g.openStream(c)
	defer end()
	const alive = ": alive\n\n"
	for ok := s.write("retry: 2000\n\n"); ok; {
		more := g.news.wait()
		answer, err := g.take(s.ctx, f, in)
		if err != nil {
			return
		}
		if answer.Lease == "" {
			ok = s.wait(more, alive)
			continue
		}
		for _, data := range answer.Events {
			if !s.write("event: message\ndata: %s\n\n", data) {
				return
			}
		}
		ok = s.write("event: lease\ndata: {\"cursor\":%q,\"lease\":%q}\n\n", answer.Cursor, answer.Lease)
		for held := true; ok && held; {
			more = g.news.wait()
			if held, err = g.held(s.ctx, in.Consumer, answer.Lease); err != nil {
				return
			}
			ok = !held || s.wait(more, alive)
		}
	}
}
