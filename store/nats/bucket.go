package nats

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/hongyan-go/hongyan/store"
)

// bucket is a stream that holds one record per subject.
type bucket struct {
	*cluster
	name   string
	stream jetstream.Stream
	group  group
}

// record is a stored message. Its revision is its sequence in the stream, which is never reused.
type record struct {
	subject  string
	revision uint64
	header   nats.Header
	data     []byte
	stored   time.Time
}

func recordOf(m *jetstream.RawStreamMsg) record {
	return record{subject: m.Subject, revision: m.Sequence, header: m.Header, data: m.Data, stored: m.Time}
}

// anyRevision makes put write unconditionally.
const anyRevision = ^uint64(0)

// last reads the record of a subject, or the last record that matches a filter; store.ErrNotFound
// if there is none. The leader answers, so earlier writes are visible.
func (b *bucket) last(ctx context.Context, subject string) (record, error) {
	return b.read(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return b.stream.GetLastMsgForSubject(ctx, subject)
	})
}

// at reads the record of a revision.
func (b *bucket) at(ctx context.Context, revision uint64) (record, error) {
	return b.read(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return b.stream.GetMsg(ctx, revision) })
}

// firstFrom reads the first record that matches a filter, starting at a sequence.
func (b *bucket) firstFrom(ctx context.Context, sequence uint64, filter string) (record, error) {
	return b.read(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return b.stream.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(filter))
	})
}

func (b *bucket) read(ctx context.Context, get func(context.Context) (*jetstream.RawStreamMsg, error)) (record, error) {
	var r record
	err := retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
		m, err := get(ctx)
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			return store.ErrNotFound
		case err == nil:
			r = recordOf(m)
		}
		return err
	})
	return r, b.explain("read", "$JS.API.STREAM.MSG.GET."+b.name, err)
}

// put writes a record if the subject still has the revision, and returns store.ErrConflict
// otherwise. Revision 0 means that the subject must have no record.
func (b *bucket) put(ctx context.Context, limit time.Duration, subject string, h nats.Header, data []byte,
	revision uint64) (uint64, error) {
	return b.publish(ctx, limit, write{subject: subject, header: h, data: data}, revision, subject)
}

// write is a message to be stored.
type write struct {
	subject string
	header  nats.Header
	data    []byte
	// with is stored in the same atomic batch.
	with []*nats.Msg
}

// publish writes if the last message that matches the filter still has the revision. It repeats a
// try that got no answer, and recognises its own message by the nonce.
func (b *bucket) publish(ctx context.Context, limit time.Duration, w write, revision uint64, filter string) (uint64, error) {
	if w.header == nil {
		w.header = nats.Header{}
	}
	nonce := rand.Text()
	w.header.Set(headNonce, nonce)
	if revision != anyRevision {
		w.header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(revision, 10))
		if filter != w.subject {
			w.header.Set(jetstream.ExpectedLastSubjSeqSubjHeader, filter)
		}
	}
	var stored uint64
	send := func(ctx context.Context) (uint64, error) { return b.sendGrouped(ctx, w, filter) }
	if len(w.with) > 0 {
		send = func(ctx context.Context) (uint64, error) { return b.send(ctx, w) }
	}
	err := retry(ctx, limit, func(ctx context.Context, uncertain bool) error {
		var err error
		stored, err = send(ctx)
		send = func(ctx context.Context) (uint64, error) { return b.send(ctx, w) }
		if !isWrongLast(err) {
			return err
		}
		m, err := b.stream.GetLastMsgForSubject(ctx, filter)
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			if revision == 0 {
				return errTryAgain // another write is in progress and may still fail
			}
			return store.ErrConflict
		case err != nil:
			return err
		case m.Header.Get(headNonce) == nonce:
			stored = m.Sequence
			return nil
		case m.Sequence == revision:
			return errTryAgain // likewise
		case uncertain: // the message of this call may have been overwritten
			return fmt.Errorf("%w: %w", store.ErrConflict, store.ErrUnavailable)
		}
		return store.ErrConflict
	})
	return stored, b.explain("write", w.subject, err)
}

func (b *bucket) send(ctx context.Context, w write) (uint64, error) {
	m := &nats.Msg{Subject: w.subject, Header: w.header, Data: w.data}
	if len(w.with) > 0 {
		batch := rand.Text()
		for i, other := range w.with {
			other.Header.Set("Nats-Batch-Id", batch)
			other.Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
			if err := b.conn.PublishMsg(other); err != nil {
				return 0, err
			}
		}
		m.Header.Set("Nats-Batch-Id", batch)
		m.Header.Set("Nats-Batch-Sequence", strconv.Itoa(len(w.with)+1))
		m.Header.Set("Nats-Batch-Commit", "1")
	}
	return b.request(ctx, m)
}

// request publishes a message, and returns its sequence when it is stored.
func (b *bucket) request(ctx context.Context, m *nats.Msg) (uint64, error) {
	ack, err := b.publishOne(ctx, m)
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

// publishOne publishes a message once, and checks that this stream has it.
func (b *bucket) publishOne(ctx context.Context, m *nats.Msg) (*jetstream.PubAck, error) {
	ack, err := b.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
	if err == nil && ack.Stream != b.name {
		err = fmt.Errorf("nats: the stream %s takes the subjects of %s: remove it or choose another prefix", ack.Stream, b.name)
	}
	return ack, err
}

// remove deletes exactly this revision, and reports whether it existed.
func (b *bucket) remove(ctx context.Context, revision uint64) (bool, error) {
	removed := false
	err := retry(ctx, callTimeout, func(ctx context.Context, uncertain bool) error {
		err := b.stream.DeleteMsg(ctx, revision)
		var api *jetstream.APIError
		switch {
		case err == nil:
			removed = true
		case errors.As(err, &api) && (api.Code == 404 || api.ErrorCode == errCodeDelete):
			removed = uncertain // by the earlier try that got no answer
			return nil
		}
		return err
	})
	return removed, b.explain("delete", "$JS.API.STREAM.MSG.DELETE."+b.name, err)
}

// errCodeDelete is the server's code for deleting a message that does not exist.
const errCodeDelete jetstream.ErrorCode = 10057

// scan calls each for the records that match a filter, without their data, in the order of their
// revisions. A record that changes meanwhile may appear again with its new revision.
func (b *bucket) scan(ctx context.Context, filter string, each func(record)) error {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	last := uint64(0)
	err := retry(ctx, 0, func(context.Context, bool) error {
		return b.scanFrom(ctx, last+1, filter, func(r record) {
			last = r.revision
			each(r)
		})
	})
	return b.explain("list", "$JS.API.CONSUMER.CREATE."+b.name, err)
}

// scanTimeout limits a scan.
const scanTimeout = time.Minute

func (b *bucket) scanFrom(ctx context.Context, start uint64, filter string, each func(record)) error {
	return b.each(ctx, jetstream.ConsumerConfig{
		FilterSubject: filter, HeadersOnly: true, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: start,
	}, func(r record) int { each(r); return fetchSize }, fetchSize)
}

// fetchSize is how many records are fetched at once.
const fetchSize = 1000

// each calls do for the records that a consumer gets, until it has had all that were there at the
// start, or do wants no more. wanted is how many the first fetch asks for.
func (b *bucket) each(ctx context.Context, start jetstream.ConsumerConfig, do func(record) (wanted int), wanted int) error {
	consumer, left, err := b.consume(ctx, start)
	if err != nil {
		return err
	}
	defer b.release(ctx, consumer)
	next := uint64(1)
	for left > 0 && wanted > 0 {
		batch, err := consumer.Fetch(min(left, wanted, fetchSize), jetstream.FetchContext(ctx), jetstream.FetchHeartbeat(time.Second))
		if err != nil {
			return err
		}
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil || meta.Sequence.Consumer != next {
				return nats.ErrTimeout // a delivery was lost: continue after the last one received
			}
			next++
			left--
			wanted = do(record{
				subject: m.Subject(), revision: meta.Sequence.Stream, header: m.Headers(), data: m.Data(), stored: meta.Timestamp,
			})
			if meta.NumPending == 0 {
				left = 0
			}
		}
		if err := batch.Error(); err != nil {
			return err
		}
	}
	return nil
}

// count returns the number of records that match a filter.
func (b *bucket) count(ctx context.Context, filter string) (int, error) {
	n := 0
	err := retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
		consumer, left, err := b.consume(ctx,
			jetstream.ConsumerConfig{FilterSubject: filter, HeadersOnly: true, DeliverPolicy: jetstream.DeliverAllPolicy})
		if err == nil {
			n = left
			b.release(ctx, consumer)
		}
		return err
	})
	return n, b.explain("count", "$JS.API.CONSUMER.CREATE."+b.name, err)
}

// consume creates a consumer that the servers delete when it is idle, and returns the number of
// messages to read.
func (b *bucket) consume(ctx context.Context, c jetstream.ConsumerConfig) (jetstream.Consumer, int, error) {
	c.Name = "hongyan-" + rand.Text()
	c.AckPolicy, c.MemoryStorage, c.Replicas, c.InactiveThreshold = jetstream.AckNonePolicy, true, 1, time.Minute
	consumer, err := b.stream.CreateConsumer(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	return consumer, int(consumer.CachedInfo().NumPending), nil //nolint:gosec // far below 2^63
}

// release deletes a consumer. If that fails, the servers delete it after a minute.
func (b *bucket) release(ctx context.Context, consumer jetstream.Consumer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryTimeout)
	defer cancel()
	_ = b.stream.DeleteConsumer(ctx, consumer.CachedInfo().Name)
}

// fill reads the data of records whose headers are known. Deleted records are left out; changed
// ones are returned in their current version.
func (b *bucket) fill(ctx context.Context, list []record) ([]record, error) {
	full := make([]record, len(list))
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i, r := range list {
		if r.header.Get(nats.MsgSize) == "0" { // there is nothing to read: an index has many such entries
			full[i] = r
			continue
		}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			full[i], errs[i] = b.at(ctx, r.revision)
			if errors.Is(errs[i], store.ErrNotFound) {
				full[i], errs[i] = b.last(ctx, r.subject)
			}
		})
	}
	wg.Wait()
	kept := full[:0]
	for i := range full {
		switch {
		case errs[i] == nil:
			kept = append(kept, full[i])
		case !errors.Is(errs[i], store.ErrNotFound):
			return nil, errs[i]
		}
	}
	return kept, nil
}
