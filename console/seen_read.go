package console

import (
	"cmp"
	"slices"
	"time"
)

// series is what happened in equal parts of a time, the latest last.
type series struct {
	Step    time.Duration `json:"-"`
	From    time.Time     `json:"from"`
	In      []int         `json:"in"`
	Out     []int         `json:"out"`
	Refused []int         `json:"refused"`
	Failed  []int         `json:"failed"`
	Queue   []int         `json:"waiting"`              // the most that waited, messages and sends
	Lag     []float64     `json:"longest_wait_seconds"` // of a message
}

// counts adds up the minutes of the last n·step.
func (s *seen) counts(n int, step time.Duration) series {
	s.mu.Lock()
	defer s.mu.Unlock()
	per := int64(step / time.Minute)
	end := s.now().Unix() / 60
	first := end - end%per - int64(n-1)*per
	x := series{
		Step: step, From: time.Unix(first*60, 0), In: make([]int, n), Out: make([]int, n), Refused: make([]int, n), Failed: make([]int, n),
		Queue: make([]int, n), Lag: make([]float64, n),
	}
	for _, m := range s.minutes {
		if m.at < first || m.at > end {
			continue
		}
		i := (m.at - first) / per
		x.In[i] += m.in
		x.Out[i] += m.out
		x.Refused[i] += m.refused + m.unknown
		x.Failed[i] += m.failed
		x.Queue[i], x.Lag[i] = max(x.Queue[i], m.queue), max(x.Lag[i], m.lag.Seconds())
	}
	return x
}

// median is how long half of those waited at most who got an answer in the last hour; false if
// nobody did.
func (s *seen) median() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := s.now().Add(-time.Hour)
	var waits []time.Duration
	for _, a := range s.answers {
		if a.at.After(since) {
			waits = append(waits, a.wait)
		}
	}
	if len(waits) == 0 {
		return 0, false
	}
	slices.Sort(waits)
	return waits[len(waits)/2], true
}

// lastEvent is when the last event was handled; zero if none was.
func (s *seen) lastEvent() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// runsOf are the runs of an event, in order.
func (s *seen) runsOf(key string) (all []run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		if r.Key == key {
			all = append(all, r)
		}
	}
	return all
}

// sendsOf are the keys of the latest sends that answer an event.
func (s *seen) sendsOf(event string) (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sends {
		if x.event == event && !slices.Contains(keys, x.key) {
			keys = append(keys, x.key)
		}
	}
	return keys
}

// routesByEvent are the routes that took the latest events, by the keys of these.
func (s *seen) routesByEvent() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	routes := make(map[string]string, len(s.runs))
	for _, r := range s.runs {
		if r.Route != "" {
			routes[r.Key] = r.Route
		}
	}
	return routes
}

// unhandled are the latest messages that no route took, the latest first.
func (s *seen) unhandled(most int) (all []run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.runs) {
		if r.Route == "" && r.Dropped == "" && r.Err == "" && r.Kind != "" && r.Chat != "" && len(all) < most {
			all = append(all, r)
		}
	}
	return all
}

// route is what was seen of a route.
func (s *seen) route(name string) (routeSeen, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.routes[name]; r != nil {
		keys := slices.Clone(r.runs)
		slices.Reverse(keys)
		return *r, keys
	}
	return routeSeen{}, nil
}

// budgetOf is what an account had left; false if it has sent nothing since the start.
func (s *seen) budgetOf(account string) (budget, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.budgets[account]
	return b, ok
}

// chatLine is a chat in the list of chats.
type chatLine struct {
	Account string    `json:"account"`
	ID      string    `json:"id"`
	Name    string    `json:"name,omitempty"`
	Group   bool      `json:"group"`
	Last    time.Time `json:"last"`
	In      int       `json:"in"`
	Out     int       `json:"out"`
	Trouble string    `json:"trouble,omitempty"` // the state of a send that has a problem
	Paused  bool      `json:"paused"`
}

// chatList are the chats, the latest first.
func (s *seen) chatList() []chatLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]chatLine, 0, len(s.chats))
	for p, c := range s.chats {
		all = append(all, chatLine{
			Account: p.account, ID: p.chat, Group: isGroup(p.chat), Last: c.last, In: c.in, Out: c.out, Trouble: c.trouble,
		})
	}
	slices.SortFunc(all, func(a, b chatLine) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID)) })
	return all
}

// entriesOf are the entries of a chat, the latest last.
func (s *seen) entriesOf(p place) []entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.chats[p]; c != nil {
		return slices.Clone(c.entries)
	}
	return nil
}
