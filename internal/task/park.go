package task

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// parked is a due task whose function no process has registered: its plugin is not installed.
type parked struct {
	Item  string `json:"item"` // the key of the item that it was
	Round int    `json:"round"`
	Body  []byte `json:"body"`
}

// keepParked is how long the state keeps that a task was parked and is not any more: as long as the
// inbox remembers a key at least.
const keepParked = 7 * 24 * time.Hour

const waiting = "task/wait/"

// Park keeps a due task outside of the inbox until Unpark. Its item is done then.
func (t *Tasks) Park(ctx context.Context, x Trigger, item store.Item) error {
	round := 0
	if key := x.ItemKey(); len(item.Key) > len(key) {
		round, _ = strconv.Atoi(item.Key[len(key)+1:])
	}
	data, err := json.Marshal(parked{Item: x.ItemKey(), Round: round + 1, Body: item.Body})
	if err == nil {
		sum := sha256.Sum256([]byte(item.Key))
		key := fmt.Sprintf("%s%020d.%x", waiting, x.Revision, sum[:16])
		_, err = t.State.Swap(ctx, key, data, 0, 0)
	}
	if err != nil && !errors.Is(err, store.ErrConflict) { // it was parked before
		return fmt.Errorf("task: %w", err)
	}
	return nil
}

// Unpark puts the parked tasks whose functions are known into the inbox.
func (t *Tasks) Unpark(ctx context.Context, known func(name string) bool) error {
	for after := ""; ; {
		page, err := t.State.List(ctx, waiting, after, pageSize)
		if err != nil {
			return fmt.Errorf("task: %w", err)
		}
		for _, entry := range page {
			after = entry.Key
			if err := t.unpark(ctx, entry, known); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

func (t *Tasks) unpark(ctx context.Context, e store.Entry, known func(string) bool) error {
	if len(e.Value) == 0 {
		return nil
	}
	p, x, err := readParked(e)
	if err != nil || !known(x.Name) {
		return err
	}
	item := store.Item{Key: p.Item + "+" + strconv.Itoa(p.Round), Lane: Lane(x.Name, x.Key), Body: p.Body, Received: t.now()}
	if _, err := t.Inbox.Append(ctx, item); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	if _, err := t.State.Swap(ctx, e.Key, nil, e.Revision, keepParked); err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("task: %w", err)
	}
	return nil
}

// CancelParked takes the parked tasks of a name and key away. It reports whether there was one.
func (t *Tasks) CancelParked(ctx context.Context, name, key string) (bool, error) {
	found := false
	for after := ""; ; {
		page, err := t.State.List(ctx, waiting, after, pageSize)
		if err != nil {
			return found, fmt.Errorf("task: %w", err)
		}
		for _, e := range page {
			after = e.Key
			if len(e.Value) == 0 {
				continue
			}
			if _, x, err := readParked(e); err != nil {
				return found, err
			} else if x.Name != name || x.Key != key {
				continue
			}
			if _, err := t.State.Swap(ctx, e.Key, nil, e.Revision, keepParked); err != nil && !errors.Is(err, store.ErrConflict) {
				return found, fmt.Errorf("task: %w", err)
			} else if err == nil {
				found = true
			}
		}
		if len(page) < pageSize {
			return found, nil
		}
	}
}

func readParked(e store.Entry) (p parked, x Trigger, err error) {
	if err = json.Unmarshal(e.Value, &p); err == nil {
		x, _, err = Parse(p.Body)
	}
	if err != nil {
		return p, x, fmt.Errorf("task: %s cannot be read: %w", e.Key, err)
	}
	return p, x, nil
}
