package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// consumerPrefix is the prefix of the keys of consumers; the name of a token and of the consumer
// follow.
const consumerPrefix = "gateway/consumer/"

// leaseTime is how long a worker may take for a batch before another one gets it.
const leaseTime = time.Minute

// errLeased means that another worker has the next events.
var errLeased = errors.New("gateway: another worker has the next events of this consumer")

// consumer is the place of a named reader. A worker that polls has a lease on what follows, so that
// several share it in its order.
type consumer struct {
	Cursor uint64    `json:"cursor,string"`
	Lease  string    `json:"lease,omitempty"`
	Until  time.Time `json:"until,omitzero"`
}

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

// consumer reads a consumer, or makes one that begins now.
func (g *Gateway) consumer(ctx context.Context, name string) (consumer, uint64, error) {
	var x consumer
	key, err := consumerKey(ctx, name)
	if err != nil {
		return x, 0, err
	}
	for {
		entry, err := g.back.State().Get(ctx, key)
		if err == nil {
			if err := json.Unmarshal(entry.Value, &x); err != nil {
				return x, 0, fmt.Errorf("gateway: the consumer %q: %w", name, err)
			}
			return x, entry.Revision, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return x, 0, fmt.Errorf("gateway: the consumer %q: %w", name, err)
		}
		if x.Cursor, err = g.newest(ctx); err != nil {
			return x, 0, err
		}
		revision, err := g.swap(ctx, key, x, 0)
		if !errors.Is(err, store.ErrConflict) {
			return x, revision, err
		}
	}
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

// lease takes what follows the cursor of a consumer.
func (g *Gateway) lease(ctx context.Context, name string) (lease string, cursor uint64, err error) {
	key, err := consumerKey(ctx, name)
	if err != nil {
		return "", 0, err
	}
	x, revision, err := g.consumer(ctx, name)
	if err != nil {
		return "", 0, err
	}
	now := g.h.Now()
	if until := store.Bound(x.Until, now, leaseTime); x.Lease != "" && until.After(now) {
		return "", x.Cursor, errLeased
	}
	x.Lease, x.Until = rand.Text(), now.Add(leaseTime)
	switch _, err := g.swap(ctx, key, x, revision); {
	case errors.Is(err, store.ErrConflict):
		return "", x.Cursor, errLeased
	case err != nil:
		return "", 0, err
	}
	return x.Lease, x.Cursor, nil
}

// settle moves the cursor of a consumer ahead, and ends the lease.
func (g *Gateway) settle(ctx context.Context, name string, cursor uint64, lease string) error {
	key, err := consumerKey(ctx, name)
	if err != nil {
		return err
	}
	for {
		x, revision, err := g.consumer(ctx, name)
		if err != nil {
			return err
		}
		if x.Lease != "" && x.Lease != lease {
			return failed(http.StatusConflict, "lease", "another worker has these events now: leave them to it")
		}
		x.Cursor, x.Lease, x.Until = max(x.Cursor, cursor), "", time.Time{}
		if _, err = g.swap(ctx, key, x, revision); !errors.Is(err, store.ErrConflict) {
			g.news.tell()
			return err
		}
	}
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
	x, _, err := g.consumer(ctx, in.Name)
	if err != nil {
		return nil, problemOf(err)
	}
	if cursor > max(newest, x.Cursor) {
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
