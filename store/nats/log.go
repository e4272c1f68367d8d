package nats

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hongyan-go/hongyan/store"
)

// idsKept is how long the servers remember the IDs of lines.
const idsKept = 48 * time.Hour

// slack is how far apart the clocks of processes and servers may be where a read begins at a time.
const slack = 5 * time.Minute

// log is the store.Log of a Store. Each log has a subject per key in the stream of the logs. The
// servers delete a line when its time is over.
type log struct {
	*bucket
	config Config
	self   *membership
}

func (l *log) usable(ctx context.Context) error {
	if l.self.closed() {
		return store.ErrClosed
	}
	return ctx.Err()
}

// lines is the subject of the lines of a log with a key; without a key, the filter for all of them.
func (n names) lines(log, key string) string {
	if key == "" {
		return n.prefix + ".log." + token(log) + ".>"
	}
	return n.prefix + ".log." + token(log) + "." + token(key)
}

// noKey is the token of lines without a key. A hash is longer.
const noKey = "none"

// Append implements store.Log.
func (l *log) Append(ctx context.Context, name string, line store.Line, keep time.Duration) (uint64, bool, error) {
	if err := l.usable(ctx); err != nil {
		return 0, false, err
	}
	if err := store.CheckLine(name, line); err != nil {
		return 0, false, err
	}
	subject := l.lines(name, line.Key)
	if line.Key == "" {
		subject = l.prefix + ".log." + token(name) + "." + noKey
	}
	now := l.config.now()
	if line.Time.IsZero() || line.Time.After(now) {
		line.Time = now
	}
	h := nats.Header{}
	setText(h, headKey, line.Key)
	setText(h, headID, line.ID)
	h.Set(headTime, strconv.FormatInt(line.Time.UnixMilli(), 10))
	if keep > 0 {
		setTime(h, headExpires, now.Add(keep))
		h.Set(headTTL, keep.String())
		h.Set(jetstream.MsgTTLHeader, max(keep, time.Second).Truncate(time.Second).String())
	}
	return l.publishOnce(ctx, write{subject: subject, header: h, data: line.Data}, idOf(name, line.ID))
}

// idOf identifies a line for the servers; empty if it has no identity.
func idOf(log, id string) string {
	if id == "" {
		return ""
	}
	return token(log + "\x00" + id)
}

// publishOnce writes a message unless the servers know its ID. A message without one gets a random
// ID, so that a try that got no answer can be repeated.
func (b *bucket) publishOnce(ctx context.Context, w write, id string) (sequence uint64, added bool, err error) {
	w.header.Set(jetstream.MsgIDHeader, cmp.Or(id, rand.Text()))
	err = retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
		m := &nats.Msg{Subject: w.subject, Header: w.header, Data: w.data}
		ack, err := b.publishOne(ctx, m)
		if err == nil {
			sequence, added = ack.Sequence, !ack.Duplicate
		}
		return err
	})
	return sequence, added, b.explain("write", w.subject, err)
}

// Read implements store.Log.
func (l *log) Read(ctx context.Context, name string, q store.LineQuery) ([]store.Line, error) {
	if err := l.usable(ctx); err != nil {
		return nil, err
	}
	limit, filter := cmp.Or(q.Limit, store.DefaultListLimit), l.lines(name, q.Key)
	if !q.Newest {
		return l.readFrom(ctx, filter, q, limit)
	}
	return l.newest(ctx, filter, q, limit)
}

// newest reads the last lines: it goes back by more and more until there are enough.
func (l *log) newest(ctx context.Context, filter string, q store.LineQuery, limit int) ([]store.Line, error) {
	last, err := l.last(ctx, filter)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for back := uint64(2 * limit); ; back *= 4 { //nolint:gosec // positive
		from := q
		if last.revision > back {
			from.After = max(q.After, last.revision-back)
		}
		found, err := l.readFrom(ctx, filter, from, limit)
		if err != nil {
			return nil, err
		}
		if len(found) >= limit || from.After == q.After {
			return found, nil
		}
	}
}

// readFrom reads the lines that a query selects: the first ones, or the last ones if it is for the
// newest.
func (l *log) readFrom(ctx context.Context, filter string, q store.LineQuery, limit int) ([]store.Line, error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	var found []store.Line
	last := q.After
	err := retry(ctx, 0, func(context.Context, bool) error {
		start := jetstream.ConsumerConfig{
			FilterSubject: filter, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: last + 1,
		}
		if last == 0 && !q.From.IsZero() {
			from := q.From.Add(-slack)
			start.DeliverPolicy, start.OptStartSeq, start.OptStartTime = jetstream.DeliverByStartTimePolicy, 0, &from
		}
		return l.each(ctx, start, func(r record) (wanted int) {
			last = r.revision
			if x := lineOf(r); q.Includes(x) && !l.over(r) {
				found = append(found, x)
			}
			if !q.Newest {
				return limit - len(found)
			}
			if len(found) > limit {
				found = found[1:]
			}
			return fetchSize
		}, limit)
	})
	return found, l.explain("read", "$JS.API.CONSUMER.CREATE."+l.name, err)
}

// over reports whether the time of a line is over: the servers may delete it a little later.
func (l *log) over(r record) bool {
	ends := timeOf(r.header, headExpires)
	if keep, err := time.ParseDuration(r.header.Get(headTTL)); err == nil {
		ends = store.Bound(ends, l.config.now(), keep)
	}
	return !ends.IsZero() && !ends.After(l.config.now())
}

func lineOf(r record) store.Line {
	at, err := strconv.ParseInt(r.header.Get(headTime), 10, 64)
	when := time.UnixMilli(at)
	if err != nil {
		when = r.stored
	}
	return store.Line{Seq: r.revision, Key: text(r.header, headKey), ID: text(r.header, headID), Time: when, Data: r.data}
}

// Forget implements store.Log.
func (l *log) Forget(ctx context.Context, name, key string) error {
	if err := l.usable(ctx); err != nil {
		return err
	}
	err := retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
		return l.stream.Purge(ctx, jetstream.WithPurgeSubject(l.lines(name, key)))
	})
	return l.explain("purge", "$JS.API.STREAM.PURGE."+l.name, err)
}
