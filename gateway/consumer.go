package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// consumerPrefix is the prefix of the keys of consumers; the name of a token and of the consumer
// follow.
const consumerPrefix = "gateway/consumer/"

const (
	maxLease = time.Hour // how long a worker may take for a batch at most
	window   = 1000      // events after the first that is not handled, up to which others are handed out
)

// consumer is the place of a named reader. Several workers share it: each has leases on events, and
// the events of a chat are in one lease at a time.
type consumer struct {
	Cursor uint64   `json:"cursor,string"`  // all events up to it are handled
	Done   []uint64 `json:"done,omitempty"` // handled events after it, in their order
	Leases []lease  `json:"leases,omitempty"`
}

// lease is the right of a worker to handle events.
type lease struct {
	ID     string    `json:"id"`
	Until  time.Time `json:"until"`
	Events []uint64  `json:"events"`
	Chats  []string  `json:"chats"`
}

// open reports whether the worker still has the lease.
func (l lease) open(now time.Time) bool { return store.Bound(l.Until, now, maxLease).After(now) }

func consumerKey(ctx context.Context, name string) (string, error) {
	if !names.MatchString(name) {
		return "", failed(http.StatusUnprocessableEntity, "consumer", "the name of a consumer has 1 to 128 letters, digits and ._:@=+-")
	}
	token := ""
	if who := holderOf(ctx); who != nil {
		token = who.name
	}
	return consumerPrefix + token + "/" + name, nil
}

// swap writes a value of the state if it has not changed.
func (g *Gateway) swap(ctx context.Context, key string, value any, revision uint64) (uint64, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return 0, fmt.Errorf("gateway: %w", err)
	}
	revision, err = g.back.State().Swap(ctx, key, data, revision, 0)
	if err != nil {
		return 0, fmt.Errorf("gateway: %w", err)
	}
	return revision, nil
}

// take leases the next events of a consumer: those that no worker has, of chats of which none has
// events. Without any, it returns no lease.
func (g *Gateway) take(ctx context.Context, f filter, in *eventsInput) (answer batch, err error) {
	err = g.change(ctx, in.Consumer, func(x *consumer, p *place) (write bool, err error) {
		now, cursor := g.h.Now(), x.Cursor
		x.Leases = slices.DeleteFunc(x.Leases, func(l lease) bool { return !l.open(now) })
		if answer, err = g.choose(ctx, f, in, x, p); err != nil {
			return false, err
		}
		answer.Cursor = strconv.FormatUint(x.Cursor, 10)
		if answer.Lease == "" {
			return x.Cursor != cursor, nil
		}
		l := &x.Leases[len(x.Leases)-1]
		l.Until = now.Add(time.Duration(in.Lease) * time.Second)
		answer.Cursor = strconv.FormatUint(l.Events[len(l.Events)-1], 10)
		return true, nil
	})
	return answer, err
}

// choose adds a lease on what a worker can have to a consumer, and moves its cursor past what is
// handled or is filtered out.
func (g *Gateway) choose(ctx context.Context, f filter, in *eventsInput, x *consumer, p *place) (batch, error) {
	answer := batch{Events: []json.RawMessage{}}
	mine, busy, had := lease{}, map[string]bool{}, map[uint64]bool{}
	for _, l := range x.Leases {
		for _, chat := range l.Chats {
			busy[chat] = true
		}
		for _, seq := range l.Events {
			had[seq] = true
		}
	}
	p.trim(x.Cursor)
	size, open := 0, false // open: there is an event that is not handled
	for i := 0; len(answer.Events) < in.Limit && size < maxBatch; i++ {
		if i == len(p.lines) {
			if !open { // a long row of events that the filter leaves out
				p.trim(x.Cursor)
				i = 0
			}
			if more, err := g.more(ctx, p); err != nil || !more {
				if err != nil {
					return answer, err
				}
				break
			}
		}
		e := p.lines[i]
		if _, handled := slices.BinarySearch(x.Done, e.seq); handled || !g.matches(ctx, f, e) {
			if !open {
				x.Cursor = e.seq
			}
			continue
		}
		open = true
		chat := e.Account + " " + e.Chat.ID
		if had[e.seq] || busy[chat] {
			continue
		}
		answer.Events, size = append(answer.Events, e.data), size+len(e.data)
		mine.Events = append(mine.Events, e.seq)
		if !slices.Contains(mine.Chats, chat) {
			mine.Chats = append(mine.Chats, chat)
		}
	}
	x.Done = slices.DeleteFunc(x.Done, func(seq uint64) bool { return seq <= x.Cursor })
	if len(mine.Events) > 0 {
		mine.ID = rand.Text()
		answer.Lease, x.Leases = mine.ID, append(x.Leases, mine)
	}
	return answer, nil
}

// settle ends a lease: of its events, those up to a cursor are handled, and the others can be
// leased again. Without a lease it moves the cursor of a consumer ahead.
func (g *Gateway) settle(ctx context.Context, name string, cursor uint64, id string) error {
	err := g.change(ctx, name, func(x *consumer, _ *place) (bool, error) {
		now := g.h.Now()
		x.Leases = slices.DeleteFunc(x.Leases, func(l lease) bool { return l.ID != id && !l.open(now) })
		i := slices.IndexFunc(x.Leases, func(l lease) bool { return l.ID == id })
		switch {
		case i >= 0:
			for _, seq := range x.Leases[i].Events {
				if seq <= cursor {
					x.Done = append(x.Done, seq)
				}
			}
			slices.Sort(x.Done)
			x.Leases = slices.Delete(x.Leases, i, i+1)
		case id != "":
			return false, failed(http.StatusConflict, "lease",
				"the lease is over, or not of this consumer: its events are handed out again")
		case len(x.Leases) > 0:
			return false, failed(http.StatusConflict, "lease",
				"workers have leases on events of this consumer: pass the lease of the poll")
		default:
			x.Cursor = max(x.Cursor, cursor)
			x.Done = slices.DeleteFunc(x.Done, func(seq uint64) bool { return seq <= x.Cursor })
		}
		return true, nil
	})
	g.news.tell()
	return err
}

// held reports whether a lease is still open.
func (g *Gateway) held(ctx context.Context, name, id string) (held bool, err error) {
	now := g.h.Now()
	err = g.change(ctx, name, func(x *consumer, _ *place) (bool, error) {
		held = slices.ContainsFunc(x.Leases, func(l lease) bool { return l.ID == id && l.open(now) })
		return false, nil
	})
	return held, err
}

// begin makes a consumer if there is none.
func (g *Gateway) begin(ctx context.Context, name string) error {
	return g.change(ctx, name, func(*consumer, *place) (bool, error) { return false, nil })
}

type ackInput struct {
	Name string `path:"name" doc:"The name of the consumer."`
	Body struct {
		Cursor string `json:"cursor" doc:"The id of the last event that was handled, or the cursor of a poll."`
		Lease  string `json:"lease,omitempty" doc:"The lease of the poll, if it had one."`
	}
}

type ackOutput struct {
	Body struct {
		Cursor string `json:"cursor"`
	}
}

// ack is POST /v1/consumers/{name}/ack.
func (g *Gateway) ack(ctx context.Context, in *ackInput) (*ackOutput, error) {
	cursor, err := strconv.ParseUint(in.Body.Cursor, 10, 64)
	if err != nil {
		return nil, failed(http.StatusUnprocessableEntity, "cursor", "cursor is the id of an event, or the cursor of a poll")
	}
	newest, err := g.newest(ctx)
	if err != nil {
		return nil, problemOf(err)
	}
	if cursor > newest {
		return nil, failed(http.StatusUnprocessableEntity, "cursor", "there is no such event yet: it would be lost")
	}
	if err := g.settle(ctx, in.Name, cursor, in.Body.Lease); err != nil {
		return nil, problemOf(err)
	}
	out := &ackOutput{}
	out.Body.Cursor = in.Body.Cursor
	return out, nil
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
