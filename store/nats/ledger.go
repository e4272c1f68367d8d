package nats

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

// ledger is the store.Ledger of a Store. The fields that List and Count select by are in headers.
type ledger struct {
	*bucket
	config Config
	self   *membership
	recent *lru.Cache[string, store.Send] // known to this process, without what Update replaces
}

// remember notes a send as it is stored now.
func (l *ledger) remember(s store.Send) {
	s.Body, s.Result, s.Reason = nil, nil, ""
	l.recent.Add(s.Key, s)
}

func (l *ledger) usable(ctx context.Context) error {
	if l.self.closed() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// headRoom is the space reserved for the headers of a send.
const headRoom = 8 << 10

// encode returns the headers and the data of a send.
func (l *ledger) encode(s store.Send) (nats.Header, []byte, error) {
	h := nats.Header{}
	setText(h, headAccount, s.Account)
	setText(h, headTarget, s.Target)
	h.Set(headState, string(s.State))
	h.Set(headSend, strconv.FormatUint(s.Seq, 10))
	setTime(h, headUpdated, s.Updated)
	data, err := json.Marshal(s)
	if err != nil {
		return nil, nil, fmt.Errorf("nats: %w", err)
	}
	if most := l.conn.MaxPayload(); int64(len(data)+headRoom) > most {
		return nil, nil, fmt.Errorf("nats: a send of %d bytes does not fit into the servers' max_payload of %d: raise it", len(data), most)
	}
	return h, data, nil
}

// seqOf returns the Seq of a send, which is the revision of its first record.
func seqOf(r record) uint64 {
	if seq, _ := strconv.ParseUint(r.header.Get(headSend), 10, 64); seq > 0 {
		return seq
	}
	return r.revision
}

func decodeSend(r record) (store.Send, error) {
	var s store.Send
	if err := json.Unmarshal(r.data, &s); err != nil {
		return s, fmt.Errorf("nats: the record %s cannot be read: %w", r.subject, err)
	}
	s.Seq, s.Revision = seqOf(r), r.revision
	return s, nil
}

// Reserve implements store.Ledger.
func (l *ledger) Reserve(ctx context.Context, s store.Send) (store.Send, bool, error) {
	for {
		if err := l.usable(ctx); err != nil {
			return store.Send{}, false, err
		}
		s.Seq, s.Revision, s.Created = 0, 0, l.config.now()
		s.Updated = s.Created
		h, data, err := l.encode(s)
		if err != nil {
			return store.Send{}, false, err
		}
		revision, err := l.put(ctx, callTimeout, l.cluster.send(s.Key), h, data, 0)
		if err == nil {
			stored, err := decodeSend(record{revision: revision, header: h, data: data})
			l.remember(stored)
			return stored, true, err
		}
		if !errors.Is(err, store.ErrConflict) {
			return store.Send{}, false, err
		}
		known, err := l.Get(ctx, s.Key)
		if errors.Is(err, store.ErrNotFound) {
			continue // it has just been swept
		}
		return known, false, err
	}
}

// Update implements store.Ledger.
func (l *ledger) Update(ctx context.Context, s store.Send) (store.Send, error) {
	if err := l.usable(ctx); err != nil {
		return store.Send{}, err
	}
	known, remembered := l.recent.Get(s.Key)
	if remembered = remembered && known.Revision == s.Revision; !remembered {
		var err error
		if known, err = l.Get(ctx, s.Key); err != nil {
			return store.Send{}, err
		}
		if known.Revision != s.Revision {
			return store.Send{}, store.ErrConflict
		}
	}
	known.State, known.Attempts, known.Reason = s.State, s.Attempts, s.Reason
	known.NotBefore, known.Expires, known.Body, known.Result = s.NotBefore, s.Expires, s.Body, s.Result
	known.Updated = l.config.now()
	h, data, err := l.encode(known)
	if err != nil {
		return store.Send{}, err
	}
	revision, err := l.put(ctx, callTimeout, l.cluster.send(s.Key), h, data, s.Revision)
	if remembered && errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrUnavailable) {
		if _, gone := l.Get(ctx, s.Key); errors.Is(gone, store.ErrNotFound) {
			return store.Send{}, gone
		}
	}
	if err != nil {
		return store.Send{}, err
	}
	stored, err := decodeSend(record{revision: revision, header: h, data: data})
	l.remember(stored)
	return stored, err
}

// Get implements store.Ledger.
func (l *ledger) Get(ctx context.Context, key string) (store.Send, error) {
	if err := l.usable(ctx); err != nil {
		return store.Send{}, err
	}
	r, err := l.last(ctx, l.cluster.send(key))
	if err != nil {
		return store.Send{}, err
	}
	s, err := decodeSend(r)
	if err == nil && !s.State.Final() {
		l.remember(s)
	}
	return s, err
}

// List implements store.Ledger. It reads the headers of all sends, but the bodies only of those
// that it returns.
func (l *ledger) List(ctx context.Context, q store.SendQuery) ([]store.Send, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit == 0 {
		limit = store.DefaultListLimit
	}
	var found []record
	err := l.scan(ctx, l.prefix+".ledger.>", func(r record) {
		at, known := slices.BinarySearchFunc(found, seqOf(r), func(r record, seq uint64) int { return cmp.Compare(seqOf(r), seq) })
		if known {
			found = slices.Delete(found, at, at+1) // r is newer
		}
		if !selects(q, r) {
			return
		}
		if found = slices.Insert(found, at, r); len(found) > limit {
			found = found[:limit]
		}
	})
	if err != nil {
		return nil, err
	}
	full, err := l.fill(ctx, found)
	if err != nil {
		return nil, err
	}
	list := make([]store.Send, 0, len(full))
	for _, r := range full {
		s, err := decodeSend(r)
		if err != nil {
			return nil, err
		}
		if selects(q, r) {
			list = append(list, s)
		}
	}
	return list, nil
}

func selects(q store.SendQuery, r record) bool {
	return seqOf(r) > q.After && (q.Account == "" || q.Account == text(r.header, headAccount)) &&
		(q.Target == "" || q.Target == text(r.header, headTarget)) &&
		(len(q.States) == 0 || slices.Contains(q.States, store.SendState(r.header.Get(headState))))
}

// Count implements store.Ledger. It reads the headers of all sends, about 300 bytes each.
func (l *ledger) Count(ctx context.Context) (map[store.SendState]int, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	states := map[string]store.SendState{}
	if err := l.scan(ctx, l.prefix+".ledger.>",
		func(r record) { states[r.subject] = store.SendState(r.header.Get(headState)) }); err != nil {
		return nil, err
	}
	counts := map[store.SendState]int{}
	for _, state := range states {
		counts[state]++
	}
	return counts, nil
}

// sweep deletes the sends that have been final for longer than Remember.
func (l *ledger) sweep(ctx context.Context) error {
	before := l.config.now().Add(-l.config.Remember)
	over := map[string]uint64{}
	err := l.scan(ctx, l.prefix+".ledger.>", func(r record) {
		delete(over, r.subject)
		if store.SendState(r.header.Get(headState)).Final() && timeOf(r.header, headUpdated).Before(before) {
			over[r.subject] = r.revision
		}
	})
	if err != nil {
		return err
	}
	for _, revision := range over {
		if _, err := l.remove(ctx, revision); err != nil {
			return err
		}
	}
	return nil
}
