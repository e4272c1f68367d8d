package nats

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

// progress is the record of a partition. It is written by the owner only, each time over the revision that the owner wrote before.
type progress struct {
	// Owner is the member that has the partition; empty if it was given up.
	Owner string `json:"owner,omitempty"`
	// Epoch grows with each owner.
	Epoch uint64 `json:"epoch"`
	// Done is the highest item that is done or dead. Items up to it are, but for those of the lanes that are behind; items above it are not.
	Done uint64 `json:"done"`
	// Behind is where a lane stands whose next item is not above Done, or has been tried.
	Behind map[string]mark `json:"behind,omitempty"`
}

// mark is the next item of a lane: those of the lane before it are done.
type mark struct {
	Seq      uint64 `json:"seq"`
	Attempts int    `json:"attempts,omitempty"`
	Due      int64  `json:"due,omitempty"`   // Unix milliseconds
	Delay    int64  `json:"delay,omitempty"` // how far ahead Due was when it was set
	Why      string `json:"why,omitempty"`
}

// floor is an item up to which all are done.
func (p progress) floor() uint64 {
	floor := p.Done
	for _, m := range p.Behind {
		floor = min(floor, m.Seq-1)
	}
	return floor
}

// has tells whether the item of a lane is done.
func (p progress) has(lane string, seq uint64) bool {
	m, behind := p.Behind[lane]
	return seq <= p.Done && (!behind || seq < m.Seq)
}

// maxWhy bounds what is kept of a reason, so that the record stays small.
const maxWhy = 100

// maxBehind bounds the lanes of a partition that are behind: beyond, no other lane is begun. It keeps the record below a message's size.
const maxBehind = 3000

// partition is one that this process owns. The mutex of the inbox guards it.
type partition struct {
	id       int
	epoch    uint64
	revision uint64
	since    uint64   // the version of the reader's plan that it came with
	fences   uint64   // leases that were handed out
	written  uint64   // of them, those whose attempts are in the record
	found    progress // what it was like when it was taken
	done     uint64
	behind   int    // lanes in the last record
	readTo   uint64 // items up to it have been read
	suspect  uint64 // items up to it may have killed the last owner: their attempts are stored before they are handed out
	lanes    map[string]*lane
	leased   int
	parked   []*lane   // lanes that may not be handed out now, as the partition leaves or too many are behind
	leaving  time.Time // since when it is to go to another process; zero if it stays
	closing  bool      // the next write gives it up
	gone     bool      // given up or lost

	endings []*ending
	kick    chan struct{} // something is to be stored
}

// ending is the end of a lease that waits to be stored.
type ending struct {
	entry *entry
	kind  endKind
	delay time.Duration // of a retry
	why   store.Failure
	at    time.Time
	done  chan error // gets one value
	left  bool       // nobody waits for it any more
}

type endKind int

const (
	endComplete endKind = iota
	endRetry
	endBury
	endNothing // stores how things are, for a lease that must not be handed out before
)

// wake asks for a write.
func (p *partition) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// snapshot is the record as it is when the endings are done, with the dead letters that go with it.
func (p *partition) snapshot(owner string, endings []*ending, n names, now time.Time) (progress, []*nats.Msg) {
	rec := progress{Owner: owner, Epoch: p.epoch, Done: p.done, Behind: map[string]mark{}}
	if p.closing {
		rec.Owner = ""
	}
	var dead []*nats.Msg
	for _, e := range endings {
		switch e.kind {
		case endComplete, endBury:
			rec.Done = max(rec.Done, e.entry.seq)
		case endRetry, endNothing:
		}
		if e.kind == endBury {
			dead = append(dead, deadLetter(n, p.id, e))
		}
	}
	for id, m := range p.unread() {
		rec.Behind[id] = m
	}
	for id, l := range p.lanes {
		m, more := l.mark(now)
		if _, listed := rec.Behind[id]; listed || more && (m.Seq <= rec.Done || m.Attempts > 0) {
			rec.Behind[id] = m
		}
	}
	return rec, dead
}

// unread are the marks of lanes that may have items that were not read yet and are not above what was done when the partition was taken.
func (p *partition) unread() map[string]mark {
	if p.readTo < p.found.Done {
		return p.found.Behind
	}
	rest := map[string]mark{}
	for id, m := range p.found.Behind {
		if m.Seq > p.readTo {
			rest[id] = m
		}
	}
	return rest
}

// advance notes that an item is done of a lane that was behind when the partition was taken, as more of the lane may be unread.
func (p *partition) advance(lane string, seq uint64) {
	if _, listed := p.found.Behind[lane]; listed {
		p.found.Behind[lane] = mark{Seq: seq + 1}
	}
}

// mark is where the lane will stand when its ending is stored; now is what the clock shows, which others read the mark by. It reports false if that is
// behind all that is known of the lane.
func (l *lane) mark(now time.Time) (mark, bool) {
	next, due, delay, why := l.first, l.due, l.delay, ""
	attempts := l.head().attempt
	if e := l.head().ending; e != nil {
		switch e.kind {
		case endComplete, endBury:
			next, attempts, due = next+1, 0, time.Time{}
		case endRetry:
			due, delay, why = e.at.Add(e.delay), e.delay, e.why.Reason
		case endNothing:
		}
	} else {
		why = l.head().why
	}
	if next == len(l.entries) {
		return mark{Seq: l.entries[next-1].seq + 1}, false
	}
	m := mark{Seq: l.entries[next].seq, Attempts: attempts, Why: cut(why, maxWhy)}
	if !due.IsZero() {
		m.Due, m.Delay = now.Add(time.Until(due)).UnixMilli(), delay.Milliseconds()+1
	}
	return m, true
}

func (p progress) encode() ([]byte, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("nats: %w", err)
	}
	return data, nil
}

func decodeProgress(r record) (progress, error) {
	var p progress
	if err := json.Unmarshal(r.data, &p); err != nil {
		return p, fmt.Errorf("nats: the record %s cannot be read: %w", r.subject, err)
	}
	return p, nil
}
