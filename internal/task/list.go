package task

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// pageSize is how many entries are read at once.
const pageSize = 500

// Task is a task that is not in the inbox yet.
type Task struct {
	Name, Key             string
	Due, First            time.Time
	Account, Conversation string
	Bytes                 int  // of its data
	Parked                bool // it is due, and its function is not registered: its plugin is not installed
}

// List returns up to limit tasks that are pending or parked, in the order of their names and keys,
// the parked ones last. next is the after of the next page; empty for the last.
func (t *Tasks) List(ctx context.Context, after string, limit int) (list []Task, next string, err error) {
	prefix := entries
	if strings.HasPrefix(after, waiting) {
		prefix = waiting
	}
	for {
		page, err := t.State.List(ctx, prefix, after, pageSize)
		if err != nil {
			return nil, "", fmt.Errorf("task: %w", err)
		}
		for _, stored := range page {
			if len(list) == limit {
				return list, after, nil
			}
			after = stored.Key
			if x, ok, err := taskOf(prefix, stored); err != nil {
				return nil, "", err
			} else if ok {
				list = append(list, x)
			}
		}
		switch {
		case len(page) == pageSize:
		case prefix == waiting:
			return list, "", nil
		default:
			prefix, after = waiting, waiting
		}
	}
}

func taskOf(prefix string, stored store.Entry) (Task, bool, error) {
	if prefix == waiting {
		if len(stored.Value) == 0 {
			return Task{}, false, nil
		}
		_, x, err := readParked(stored)
		return x.task(true), true, err
	}
	var e entry
	if err := json.Unmarshal(stored.Value, &e); err != nil {
		return Task{}, false, fmt.Errorf("task: %s cannot be read: %w", stored.Key, err)
	}
	x := e.task(false)
	x.First = e.First
	return x, e.Status != over, nil
}

func (t *Trigger) task(parked bool) Task {
	return Task{
		Name: t.Name, Key: t.Key, Due: t.Due, Account: t.Account, Conversation: t.Conversation, Bytes: len(t.Data), Parked: parked,
	}
}
