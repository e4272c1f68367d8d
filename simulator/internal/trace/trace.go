// Package trace remembers what became of the latest messages: the posts of their callbacks, what
// the bot reported of them, and the API calls that followed.
package trace

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
)

// most is how many messages are remembered.
const most = 10_000

// Post is one attempt to post a callback.
type Post struct {
	At    time.Time
	Took  time.Duration
	Error string // empty if the bot answered HTTP 200
}

// Rule is what a route of a bot says to an event.
type Rule struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`
	Conditions []string `json:"conditions"`
	Observer   bool     `json:"observer"`
	Handles    bool     `json:"handles"`
	Reason     string   `json:"reason"`
	Site       string   `json:"site"`
}

// Report is what a bot reports of an event: before its handler runs, and after.
type Report struct {
	AppID    string          `json:"app_id"`
	NewMsgID uint64          `json:"new_msg_id,string"`
	Attempt  int             `json:"attempt"` // counts the runs of the event from 1
	Event    json.RawMessage `json:"event"`   // as the bot decoded it
	Rules    []Rule          `json:"rules"`   // in their order
	Done     bool            `json:"done"`    // the handler has returned
	Route    string          `json:"route"`   // that handled it; empty if none did
	Dropped  string          `json:"dropped"` // the reason of a middleware that stopped it
	Error    string          `json:"error"`   // of the handler
	Millis   int64           `json:"ms"`      // that the handler took

	Began, Ended time.Time `json:"-"`
}

// Trace is what is known of a message.
type Trace struct {
	Body   []byte // of the callback, as posted
	Posts  []Post
	Report *Report
	Calls  []int64 // the calls that the bot made for it, by their numbers
	Sent   int64   // the call that sent it; 0 for a person
}

// key identifies a message of an account.
type key struct {
	appID    string
	newMsgID uint64
}

// Book remembers the traces. The lock of its lifetime guards it.
type Book struct {
	*lifetime.Lifetime
	traces  map[key]*Trace
	order   []key
	changes []uint64 // the messages that have changed since Changed
	heard   bool     // a bot has reported
}

// NewBook returns an empty book.
func NewBook(life *lifetime.Lifetime) *Book {
	return &Book{Lifetime: life, traces: map[key]*Trace{}}
}

// trace returns the trace of a message to change it. The caller holds the lock.
func (b *Book) trace(appID string, newMsgID uint64) *Trace {
	k := key{appID, newMsgID}
	if len(b.changes) < most {
		b.changes = append(b.changes, newMsgID)
	}
	if t, ok := b.traces[k]; ok {
		return t
	}
	if len(b.order) >= most {
		spare := most / 10
		for _, old := range b.order[:spare] {
			delete(b.traces, old)
		}
		b.order = append([]key(nil), b.order[spare:]...)
	}
	t := &Trace{}
	b.traces[k] = t
	b.order = append(b.order, k)
	return t
}

// Posted notes an attempt to post the callback of a message. It takes the lock.
func (b *Book) Posted(appID string, newMsgID uint64, body []byte, p Post) {
	if newMsgID == 0 {
		return
	}
	b.Lock()
	defer b.Unlock()
	t := b.trace(appID, newMsgID)
	t.Body = body
	t.Posts = append(t.Posts, p)
	b.Broadcast()
}

// Reported notes a report. It takes the lock.
func (b *Book) Reported(r *Report, now time.Time) {
	b.Lock()
	defer b.Unlock()
	t := b.trace(r.AppID, r.NewMsgID)
	r.Began = now
	if t.Report != nil && t.Report.Attempt == r.Attempt {
		r.Began = t.Report.Began
	}
	if r.Done {
		r.Ended = now
	}
	t.Report, b.heard = r, true
	b.Broadcast()
}

// Called notes a call for the event with a key such as "wx_a:123", and the message that the call
// has sent; both may be empty. The caller holds the lock.
func (b *Book) Called(seq int64, event, appID string, sent uint64) {
	if account, id, ok := ParseEvent(event); ok {
		t := b.trace(account, id)
		t.Calls = append(t.Calls, seq)
	}
	if sent != 0 {
		b.trace(appID, sent).Sent = seq
	}
}

// ParseEvent returns the account and the message of the key of an event.
func ParseEvent(event string) (appID string, newMsgID uint64, ok bool) {
	i := strings.LastIndexByte(event, ':')
	if i < 1 {
		return "", 0, false
	}
	id, err := strconv.ParseUint(event[i+1:], 10, 64)
	return event[:i], id, err == nil && id != 0
}

// Of returns a copy of the trace of a message for an account. The caller holds the lock.
func (b *Book) Of(appID string, newMsgID uint64) (Trace, bool) {
	t, ok := b.traces[key{appID, newMsgID}]
	if !ok {
		return Trace{}, false
	}
	c := *t
	c.Posts = append([]Post(nil), t.Posts...)
	c.Calls = append([]int64(nil), t.Calls...)
	return c, true
}

// Heard reports whether a bot has ever reported. The caller holds the lock.
func (b *Book) Heard() bool { return b.heard }

// Pending reports whether Changed would return something. The caller holds the lock.
func (b *Book) Pending() bool { return len(b.changes) > 0 }

// Changed returns the messages that have changed since it was called last, without those beyond a
// bound. The caller holds the lock.
func (b *Book) Changed() []uint64 {
	changes := b.changes
	b.changes = nil
	return changes
}
