package web

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/internal/lang"
)

// The bounds of a Hub and its streams.
const (
	ringSize   = 1000
	maxStreams = 20
	maxBatch   = 200
)

// Change is what pages have to show anew.
type Change struct {
	// Topic is what it is about: a page subscribes to topics. It must not contain a comma.
	Topic string
	// Key names what is replaced: of the changes with the same topic and key, only the last is
	// sent. Empty means that each is sent.
	Key string
	// Render returns the hx-partial elements for a language. It is called at most once for each
	// language, and not at all if no page is open.
	Render func(lang.Lang) string
}

// entry is a change in the ring.
type entry struct {
	Change
	once map[lang.Lang]*sync.Once
	html map[lang.Lang]*string
}

func (e *entry) render(l lang.Lang) string {
	e.once[l].Do(func() { *e.html[l] = e.Render(l) })
	return *e.html[l]
}

// Hub keeps the last changes for the streams of the pages. Streams are woken and read the ring at
// their own pace, so that a slow browser costs no memory. The zero value is not valid; see NewHub.
type Hub struct {
	boot string

	mu      sync.Mutex
	ring    []*entry
	first   int64 // the number of ring[0]
	changed chan struct{}
	closed  chan struct{}
	streams int
}

// NewHub returns a hub without changes.
func NewHub() *Hub {
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails
	return &Hub{boot: hex.EncodeToString(b), first: 1, changed: make(chan struct{}), closed: make(chan struct{})}
}

// Publish adds a change.
func (h *Hub) Publish(c Change) {
	e := &entry{Change: c, once: map[lang.Lang]*sync.Once{}, html: map[lang.Lang]*string{}}
	for _, l := range lang.All() {
		e.once[l], e.html[l] = &sync.Once{}, new(string)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ring = append(h.ring, e)
	if over := len(h.ring) - ringSize; over > 0 {
		h.ring[0] = nil
		h.ring, h.first = h.ring[over:], h.first+int64(over)
	}
	close(h.changed)
	h.changed = make(chan struct{})
}

// Watched reports whether a page is open. What is expensive to find out need not be published
// without one.
func (h *Hub) Watched() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams > 0
}

// Position returns the position of the last change, for the URL of the stream of a page. It must be
// read before the data of the page.
func (h *Hub) Position() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.position(h.next() - 1)
}

// Close ends all streams. It must be called before the server is shut down, which waits for them.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closed:
	default:
		close(h.closed)
	}
}

func (h *Hub) next() int64 { return h.first + int64(len(h.ring)) }

func (h *Hub) position(n int64) string { return h.boot + "-" + strconv.FormatInt(n, 10) }

// parse returns the number of a position, and false for one of another process, one that the ring
// has forgotten, or none.
func (h *Hub) parse(position string) (int64, bool) {
	boot, digits, _ := strings.Cut(position, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	h.mu.Lock()
	defer h.mu.Unlock()
	return n, err == nil && boot == h.boot && n >= h.first-1 && n < h.next()
}

// batch is what a stream sends at once.
type batch struct {
	entries []*entry
	left    int    // how many changes are left out
	id      string // the position after it
	last    int64
	lost    bool // the ring has forgotten changes
	changed <-chan struct{}
}

// after returns the changes of topics after a number, newest last.
func (h *Hub) after(n int64, topics []string) batch {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := batch{last: h.next() - 1, changed: h.changed, lost: n < h.first-1}
	b.id = h.position(b.last)
	if b.lost {
		return b
	}
	seen := map[string]bool{}
	for _, e := range slices.Backward(h.ring[n-h.first+1:]) {
		if !slices.Contains(topics, e.Topic) {
			continue
		}
		if e.Key != "" {
			key := fmt.Sprintf("%q %q", e.Topic, e.Key)
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		if len(b.entries) == maxBatch {
			b.left++
			continue
		}
		b.entries = append(b.entries, e)
	}
	slices.Reverse(b.entries)
	return b
}

// enter takes the place of a stream, and returns false if there is none.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.closed:
		return false
	default:
	}
	if h.streams == maxStreams {
		return false
	}
	h.streams++
	return true
}

func (h *Hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams--
}
