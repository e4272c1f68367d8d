package router

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// ErrNoLog means that the context was made without a Log.
var ErrNoLog = errors.New("router: no Log: logs need Services.Log, which every bot has")

// Log is a log of a [Store]: lines of the type T, in the order in which they were appended, as many
// as there are. They are stored as JSON.
type Log[T any] struct {
	store *Store
	name  string
	keep  time.Duration
}

// Line is a line of a log.
type Line[T any] struct {
	// Seq is the position of the line. It grows with each line.
	Seq uint64
	// Time is when it was appended, in milliseconds.
	Time time.Time
	Data T
}

// NewLog is a log of a store. Its lines are kept for the time keep; 0 keeps them for ever. The log
// of a conversation, or of another part of a store, has the lines that were appended to that part;
// the log of the whole store has those of all its parts.
//
//	said := router.NewLog[string](c.Store(router.ByChat), "said", 30*24*time.Hour)
func NewLog[T any](s *Store, name string, keep time.Duration) *Log[T] {
	return &Log[T]{store: s, name: name, keep: keep}
}

// Append adds a line. A handler that runs again adds it once, if it appends to the log in the same
// order.
func (l *Log[T]) Append(ctx context.Context, line T) error {
	log, err := l.open()
	if err != nil {
		return err
	}
	data, err := json.Marshal(line)
	if err != nil {
		return l.wrap(err)
	}
	_, by := claimantOf(ctx, l.id()) // of all parts: they share the IDs
	_, _, err = log.Append(ctx, l.id(), store.Line{
		Key: l.key(), ID: bounded(by), Time: l.store.services.now(), Data: data,
	}, l.keep)
	return l.wrap(err)
}

// Range is the lines with from <= Time < to, in their order. A zero time is no bound. It ends with
// the first error.
//
//	for line, err := range said.Range(c, midnight, time.Time{}) {
func (l *Log[T]) Range(ctx context.Context, from, to time.Time) iter.Seq2[Line[T], error] {
	return func(yield func(Line[T], error) bool) {
		const page = 1000
		q := store.LineQuery{From: from, To: to, Limit: page}
		for {
			lines, err := l.read(ctx, q)
			if err != nil {
				yield(Line[T]{}, err)
				return
			}
			for _, line := range lines {
				if !yield(line, nil) {
					return
				}
				q.After = line.Seq
			}
			if len(lines) < page {
				return
			}
		}
	}
}

// Newest returns the last n lines, in their order.
func (l *Log[T]) Newest(ctx context.Context, n int) ([]Line[T], error) {
	if n <= 0 {
		return nil, l.store.err
	}
	return l.read(ctx, store.LineQuery{Newest: true, Limit: n})
}

// Clear deletes all lines.
func (l *Log[T]) Clear(ctx context.Context) error {
	log, err := l.open()
	if err != nil {
		return err
	}
	return l.wrap(log.Forget(ctx, l.id(), l.key()))
}

func (l *Log[T]) read(ctx context.Context, q store.LineQuery) ([]Line[T], error) {
	log, err := l.open()
	if err != nil {
		return nil, err
	}
	q.Key = l.key()
	stored, err := log.Read(ctx, l.id(), q)
	if err != nil {
		return nil, l.wrap(err)
	}
	lines := make([]Line[T], len(stored))
	for i, line := range stored {
		lines[i].Seq, lines[i].Time = line.Seq, line.Time
		if err := json.Unmarshal(line.Data, &lines[i].Data); err != nil {
			return nil, l.wrap(err)
		}
	}
	return lines, nil
}

func (l *Log[T]) open() (store.Log, error) {
	switch {
	case l.store.err != nil:
		return nil, l.store.err
	case l.store.services.Log == nil:
		return nil, ErrNoLog
	}
	return l.store.services.Log, nil
}

// id is the name of the log in the store, key that of the part.
func (l *Log[T]) id() string { return bounded(l.store.space + l.name) }

func (l *Log[T]) key() string {
	if l.store.scope == whole {
		return ""
	}
	return l.store.scope
}

func (l *Log[T]) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("router: store: log %q: %w", l.name, err)
	}
	return nil
}
