package console

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// The bounds of what the console remembers of this process.
const (
	dayMinutes = 24 * 60
	maxRuns    = 2000 // of events
	maxChats   = 300
	maxEntries = 40 // of a chat
	maxAnswers = 500
	maxRoutes  = 5000
)

// seen is what the console has seen since the start, in memory: what a person asks of the last
// minutes, not a history. No message text is in it.
type seen struct {
	now func() time.Time

	mu      sync.Mutex
	minutes [dayMinutes]minute
	runs    []run // the latest last
	chats   map[place]*chatSeen
	routes  map[string]*routeSeen
	budgets map[string]budget
	answers []answered
	last    time.Time  // the last event
	sends   []sendSeen // the latest last

	incidents []incident // the latest last
}

// minute is what happened in a minute.
type minute struct {
	at                        int64 // Unix minutes; another one means that nothing happened
	in, out, refused, unknown int
	failed, answered          int
	queue                     int           // the most that waited
	lag                       time.Duration // the longest that one waited
}

// run is a run of an event.
type run struct {
	Key      string    `json:"key"`
	Account  string    `json:"account"`
	Chat     string    `json:"chat,omitempty"`
	Sender   string    `json:"sender,omitempty"`
	Kind     string    `json:"kind"`
	Time     time.Time `json:"time,omitzero"`
	Received time.Time `json:"received"`
	Ended    time.Time `json:"ended"`
	Took     float64   `json:"took_seconds"`
	Attempt  int       `json:"attempt"`
	Route    string    `json:"route,omitempty"`
	Dropped  string    `json:"dropped,omitempty"`
	Sends    int       `json:"sends"`
	Err      string    `json:"error,omitempty"`
}

// place is a chat of an account.
type place struct{ account, chat string }

// chatSeen is what happened in a chat.
type chatSeen struct {
	last    time.Time
	entries []entry // the latest last
	in, out int
	trouble string // the state of the last send that has a problem; empty after one that was sent
}

// entry is a message of a chat, or a send.
type entry struct {
	At     time.Time       `json:"at"`
	Out    bool            `json:"out,omitempty"`
	Key    string          `json:"key,omitempty"` // of the event or the send
	Kind   string          `json:"kind"`
	Sender string          `json:"sender,omitempty"`
	Route  string          `json:"route,omitempty"`
	State  store.SendState `json:"state,omitempty"`
	Reason string          `json:"reason,omitempty"`
}

// routeSeen is how often a route has handled something.
type routeSeen struct {
	Hits   int       `json:"hits"`
	Errors int       `json:"errors"`
	Last   time.Time `json:"last,omitzero"`
	Err    string    `json:"last_error,omitempty"`
	runs   []string  // keys of the latest events, the latest last
}

// budget is what an account had left at its last send.
type budget struct {
	At                time.Time
	PerHour, HourLeft int
	PerDay, DayLeft   int
}

// sendSeen ties a send to the event that it answers.
type sendSeen struct{ event, key string }

// answered is how long somebody waited for an answer.
type answered struct {
	at   time.Time
	wait time.Duration
}

func newSeen(now func() time.Time) *seen {
	return &seen{now: now, chats: map[place]*chatSeen{}, routes: map[string]*routeSeen{}, budgets: map[string]budget{}}
}

// minuteOf is the minute of a time. The caller holds the lock.
func (s *seen) minuteOf(at time.Time) *minute {
	n := at.Unix() / 60
	m := &s.minutes[((n%dayMinutes)+dayMinutes)%dayMinutes]
	if m.at != n {
		*m = minute{at: n}
	}
	return m
}

// chatOf is a chat. Those without news for longest give way. The caller holds the lock.
func (s *seen) chatOf(p place, at time.Time) *chatSeen {
	c := s.chats[p]
	if c == nil {
		if len(s.chats) >= maxChats {
			oldest := slices.SortedFunc(maps.Keys(s.chats), func(a, b place) int { return s.chats[a].last.Compare(s.chats[b].last) })
			for _, old := range oldest[:maxChats/4] {
				delete(s.chats, old)
			}
		}
		c = &chatSeen{}
		s.chats[p] = c
	}
	c.last = at
	return c
}

func (c *chatSeen) add(e entry) {
	if len(c.entries) == maxEntries {
		c.entries = slices.Delete(c.entries, 0, 1)
	}
	c.entries = append(c.entries, e)
}

// handled notes a run of an event.
func (s *seen) handled(x bot.Handled) {
	now := s.now()
	e := x.Event
	r := run{
		Key: x.Key, Account: e.AppID, Chat: e.Conversation.ID, Sender: e.Sender, Kind: string(e.Kind()), Time: e.Time, Received: x.Received,
		Ended: now, Took: x.Took.Seconds(), Attempt: x.Attempt, Route: x.Outcome.Route, Dropped: x.Outcome.Dropped, Sends: x.Outcome.Sends,
	}
	if x.Err != nil {
		r.Err = firstLine(x.Err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) == maxRuns {
		s.runs = append(s.runs[:0], s.runs[maxRuns/10:]...)
	}
	s.runs = append(s.runs, r)
	s.last = now
	m := s.minuteOf(now)
	if r.Attempt == 1 {
		m.in++
	}
	if x.Err != nil {
		m.failed++
	}
	if r.Sends > 0 && x.Err == nil {
		m.answered++
		if len(s.answers) == maxAnswers {
			s.answers = slices.Delete(s.answers, 0, 1)
		}
		s.answers = append(s.answers, answered{now, max(0, now.Sub(x.Received))})
	}
	if r.Route != "" {
		s.hit(r)
	}
	if r.Chat != "" && r.Attempt == 1 {
		c := s.chatOf(place{r.Account, r.Chat}, now)
		c.in++
		c.add(entry{At: now, Key: r.Key, Kind: r.Kind, Sender: r.Sender, Route: cmp.Or(r.Route, r.Dropped)})
	}
}

// hit notes that a route took an event. The caller holds the lock.
func (s *seen) hit(r run) {
	route := s.routes[r.Route]
	if route == nil {
		if len(s.routes) >= maxRoutes {
			return
		}
		route = &routeSeen{}
		s.routes[r.Route] = route
	}
	route.Hits++
	route.Last = r.Ended
	if r.Err != "" {
		route.Errors++
		route.Err = r.Err
	}
	const most = 20
	if len(route.runs) == most {
		route.runs = slices.Delete(route.runs, 0, 1)
	}
	route.runs = append(route.runs, r.Key)
}

// ended notes a send that has its outcome, or is held.
func (s *seen) ended(x store.Send) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.Event != "" && !slices.Contains(s.sends[max(0, len(s.sends)-8):], sendSeen{x.Event, x.Key}) {
		if len(s.sends) == maxRuns {
			s.sends = append(s.sends[:0], s.sends[maxRuns/10:]...)
		}
		s.sends = append(s.sends, sendSeen{x.Event, x.Key})
	}
	m := s.minuteOf(now)
	c := s.chatOf(place{x.Account, x.Target}, now)
	switch x.State {
	case store.Sent:
		m.out++
		c.out++
		c.trouble = ""
	case store.Refused, store.Expired:
		m.refused++
		c.trouble = string(x.State)
	case store.Unknown:
		m.unknown++
		c.trouble = string(x.State)
	case store.Held:
		c.trouble = string(x.State)
	case store.Queued, store.Sending:
	}
	c.add(entry{At: now, Out: true, Key: x.Key, Kind: kindOf(x.Endpoint), Route: x.Source, State: x.State, Reason: x.Reason})
}

// turn notes what is left of the budget of an account.
func (s *seen) turn(t outbox.Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.budgets) < maxChats || s.budgets[t.Account] != (budget{}) {
		s.budgets[t.Account] = budget{s.now(), t.PerHour, t.HourLeft, t.PerDay, t.DayLeft}
	}
}

// kindOf is what an endpoint sends, as a kind of message: "text" for "/message/postText".
func kindOf(endpoint string) string {
	name := path.Base(endpoint)
	for _, prefix := range []string{"post", "forward", "send"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" {
			return strings.ToLower(rest[:1]) + rest[1:]
		}
	}
	return name
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	const most = 400
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}
