package nats

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

// progress is the record of a partition. Only the owner writes it, each time replacing the revision
// that it wrote before.
type progress struct {
	// Owner is the member that owns the partition; empty if it was given up.
	Owner string `json:"owner,omitempty"`
	// Epoch grows with each owner.
	Epoch uint64 `json:"epoch"`
	// Done is the highest item that is done or dead. Items up to it are done or dead, except those
	// of lanes in Behind; items above it are not.
	Done uint64 `json:"done"`
	// Behind holds the lanes whose next item is not above Done, or has been tried.
	Behind map[string]mark `json:"behind,omitempty"`
}

// mark is the next item of a lane: all earlier items of the lane are done.
type mark struct {
	Seq      uint64 `json:"seq"`
	Attempts int    `json:"attempts,omitempty"`
	Due      int64  `json:"due,omitempty"`   // Unix milliseconds
	Delay    int64  `json:"delay,omitempty"` // the delay that Due was set with
	Why      string `json:"why,omitempty"`
}

// floor returns an item up to which everything is done.
func (p progress) floor() uint64 {
	floor := p.Done
	for _, m := range p.Behind {
		floor = min(floor, m.Seq-1)
	}
	return floor
}

// has reports whether the item of a lane is done.
func (p progress) has(lane string, seq uint64) bool {
	m, behind := p.Behind[lane]
	return seq <= p.Done && (!behind || seq < m.Seq)
}

// maxWhy limits the stored reason in bytes, so that the record stays small.
const maxWhy = 100

// maxBehind limits the entries of Behind: beyond it no new lane is started. It keeps the record
// below the maximum size of a message.
const maxBehind = 3000

// partition is a partition that this process owns. The mutex of the inbox guards it.
type partition struct {
	id       int
	epoch    uint64
	revision uint64
	since    uint64   // the version of the reader's plan in which it was acquired
	fences   uint64   // leases that were granted
	written  uint64   // of these, the ones whose attempts are in the record
	found    progress // the record when it was acquired
	done     uint64
	behind   int    // entries of Behind in the last record
	readTo   uint64 // items up to it have been read
	suspect  uint64 // items up to it may have killed the last owner, so their attempts are stored before they are leased
	lanes    map[string]*lane
	leased   int
	parked   []*lane   // lanes that may not be leased now, because the partition moves or Behind is full
	leaving  time.Time // when it was assigned to another process; zero if it stays
	closing  bool      // the next write gives it up
	gone     bool      // given up or lost

	endings []*ending
	kick    chan struct{} // an outcome has to be stored
}

// ending is the outcome of a lease that has to be stored.
type ending struct {
	entry     *entry
	kind      endKind
	delay     time.Duration // of a retry
	why       store.Failure
	at        time.Time
	done      chan error // gets one value
	abandoned bool       // the caller has stopped waiting
}

type endKind int

const (
	endComplete endKind = iota
	endRetry
	endBury
	endNothing // stores the current state before a lease is returned
)

// wake requests a write.
func (p *partition) wake() {
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// snapshot returns the record after the endings, and the dead letters that have to be stored with
// it.
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

// unread returns the marks of lanes that may have unread items among those that were done when the
// partition was acquired.
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

// advance records that an item is done if its lane was in Behind when the partition was acquired,
// because more items of the lane may be unread.
func (p *partition) advance(lane string, seq uint64) {
	if _, listed := p.found.Behind[lane]; listed {
		p.found.Behind[lane] = mark{Seq: seq + 1}
	}
}

// mark returns the next item of the lane after its ending is stored; now is the time of the clock
// that other processes compare the mark with. It reports false if no known item is left.
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
