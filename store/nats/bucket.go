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

// bucket is a stream that holds one record for each subject.
type bucket struct {
	*cluster
	name   string
	stream jetstream.Stream
}

// record is what is stored under a subject. Its revision is its sequence in the stream, which never comes again.
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

// anyRevision lets put write whatever is there.
const anyRevision = ^uint64(0)

// last reads the record of a subject, or the last one of a filter: store.ErrNotFound if there is none. The leader answers, so that what was written is seen.
func (b *bucket) last(ctx context.Context, subject string) (record, error) {
	return b.read(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return b.stream.GetLastMsgForSubject(ctx, subject)
	})
}

// at reads the record of a revision.
func (b *bucket) at(ctx context.Context, revision uint64) (record, error) {
	return b.read(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) { return b.stream.GetMsg(ctx, revision) })
}

// firstFrom reads the first record of a filter from a sequence on.
func (b *bucket) firstFrom(ctx context.Context, sequence uint64, filter string) (record, error) {
	return b.read(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return b.stream.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(filter))
	})
}

func (b *bucket) read(ctx context.Context, get func(context.Context) (*jetstream.RawStreamMsg, error)) (record, error) {
	var r record
	err := again(ctx, patience, func(ctx context.Context, _ bool) error {
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

// put writes a record if the subject still has the revision; 0 means that it must have none. Otherwise store.ErrConflict.
func (b *bucket) put(ctx context.Context, limit time.Duration, subject string, h nats.Header, data []byte, revision uint64) (uint64, error) {
	return b.publish(ctx, limit, write{subject: subject, header: h, data: data}, revision, subject)
}

// write is a message to be stored.
type write struct {
	subject string
	header  nats.Header
	data    []byte
	// with is stored with it, in one step: all or nothing.
	with []*nats.Msg
}

// publish writes if the last message of the filter still has the revision. A try that got no answer is repeated, and knows its own message
// by its nonce.
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
	err := again(ctx, limit, func(ctx context.Context, doubt bool) error {
		var err error
		stored, err = b.send(ctx, w)
		if !isWrongLast(err) {
			return err
		}
		m, err := b.stream.GetLastMsgForSubject(ctx, filter)
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			if revision == 0 {
				return errNotYet // somebody's write is on its way, and may still fail
			}
			return store.ErrConflict
		case err != nil:
			return err
		case m.Header.Get(headNonce) == nonce:
			stored = m.Sequence
			return nil
		case m.Sequence == revision:
			return errNotYet // likewise
		case doubt: // somebody may have written over what this call had stored
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
	ack, err := b.js.PublishMsg(ctx, m, jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, err
	}
	if ack.Stream != b.name {
		return 0, fmt.Errorf("nats: the stream %s takes the subjects of %s: remove it or take another prefix", ack.Stream, b.name)
	}
	return ack.Sequence, nil
}

// remove deletes exactly this revision, and reports whether it was there.
func (b *bucket) remove(ctx context.Context, revision uint64) (bool, error) {
	removed := false
	err := again(ctx, patience, func(ctx context.Context, doubt bool) error {
		err := b.stream.DeleteMsg(ctx, revision)
		var api *jetstream.APIError
		switch {
		case err == nil:
			removed = true
		case errors.As(err, &api) && (api.Code == 404 || api.ErrorCode == errCodeDelete):
			removed = doubt // by the try that had no answer
			return nil
		}
		return err
	})
	return removed, b.explain("delete", "$JS.API.STREAM.MSG.DELETE."+b.name, err)
}

// errCodeDelete is how a server answers the deletion of a message that is not there.
const errCodeDelete jetstream.ErrorCode = 10057

// scan shows the records of a filter, without their data, in the order of their revisions. One that is changed meanwhile may come again, with its new revision.
func (b *bucket) scan(ctx context.Context, filter string, each func(record)) error {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	last := uint64(0)
	err := again(ctx, 0, func(context.Context, bool) error {
		return b.scanFrom(ctx, last+1, filter, func(r record) {
			last = r.revision
			each(r)
		})
	})
	return b.explain("list", "$JS.API.CONSUMER.CREATE."+b.name, err)
}

// scanTimeout bounds a listing.
const scanTimeout = time.Minute

func (b *bucket) scanFrom(ctx context.Context, start uint64, filter string, each func(record)) error {
	consumer, left, err := b.consume(ctx, jetstream.ConsumerConfig{
		FilterSubject: filter, HeadersOnly: true, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: start,
	})
	if err != nil {
		return err
	}
	defer b.release(ctx, consumer)
	next := uint64(1)
	for left > 0 {
		batch, err := consumer.Fetch(min(left, 1000), jetstream.FetchContext(ctx), jetstream.FetchHeartbeat(time.Second))
		if err != nil {
			return err
		}
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil || meta.Sequence.Consumer != next {
				return nats.ErrTimeout // a lost delivery: go on from the last one
			}
			next++
			left--
			each(record{subject: m.Subject(), revision: meta.Sequence.Stream, header: m.Headers(), stored: meta.Timestamp})
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

// count is the number of records of a filter.
func (b *bucket) count(ctx context.Context, filter string) (int, error) {
	n := 0
	err := again(ctx, patience, func(ctx context.Context, _ bool) error {
		consumer, left, err := b.consume(ctx, jetstream.ConsumerConfig{FilterSubject: filter, HeadersOnly: true, DeliverPolicy: jetstream.DeliverAllPolicy})
		if err == nil {
			n = left
			b.release(ctx, consumer)
		}
		return err
	})
	return n, b.explain("count", "$JS.API.CONSUMER.CREATE."+b.name, err)
}

// consume makes a consumer that lives as long as somebody reads, and says how much there is to read.
func (b *bucket) consume(ctx context.Context, c jetstream.ConsumerConfig) (jetstream.Consumer, int, error) {
	c.Name = "hongyan-" + rand.Text()
	c.AckPolicy, c.MemoryStorage, c.Replicas, c.InactiveThreshold = jetstream.AckNonePolicy, true, 1, time.Minute
	consumer, err := b.stream.CreateConsumer(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	return consumer, int(consumer.CachedInfo().NumPending), nil //nolint:gosec // far below 2^63
}

// release deletes a consumer, or leaves it to the servers, which do it after a minute.
func (b *bucket) release(ctx context.Context, consumer jetstream.Consumer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tryTimeout)
	defer cancel()
	_ = b.stream.DeleteConsumer(ctx, consumer.CachedInfo().Name)
}

// fill reads the data of records whose headers are known. What is gone since is left out, what was changed comes as it is now.
func (b *bucket) fill(ctx context.Context, list []record) ([]record, error) {
	full := make([]record, len(list))
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for i, r := range list {
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
