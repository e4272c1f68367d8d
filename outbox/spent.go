package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// spent is the budget of an account in memory, with its limits. budget is nil while it is not
// known, and without a pace. If no other process sends from the store, this is what counts, and the
// state has it for the next process: one write serves all sends that wait for it.
type spent struct {
	*budget
	limits Limits
	name   string    // of the limits
	since  time.Time // when the account was used for the first time; only the queue's goroutine writes it

	revision uint64  // of the entry in the state
	version  uint64  // counts the sends
	saved    uint64  // the version that the state has
	saving   *saving // the write in progress; nil if there is none
}

// saving is a write of a budget.
type saving struct{ done chan struct{} }

func (s *spent) free(class Class, now time.Time, quiet *Hours) (time.Time, reached) {
	if s.budget == nil {
		return (&budget{}).free(class, now, Limits{}, "", quiet)
	}
	return s.budget.free(class, now, s.limits, s.name, quiet)
}

func (s *spent) freeChat(it *item, now time.Time) (time.Time, reached) {
	if s.budget == nil {
		return now, reached{}
	}
	return s.budget.freeChat(it, now, s.limits, s.name)
}

func (s *spent) redate(now time.Time) bool {
	if s.budget == nil || !s.budget.redate(now, s.limits) {
		return false
	}
	s.version++
	return true
}

// loadSpent makes the budget of an account known; one that other processes change is read before
// each turn.
func (o *Outbox) loadSpent(q *queue, now time.Time) error {
	if !o.paceOf(q.account).paced() {
		return nil
	}
	since := q.spent.since
	if since.IsZero() {
		var err error
		if since, err = o.since(o.calls, q.account, now); err != nil {
			return err
		}
	}
	limits, name := o.paceOf(q.account).at(now.Sub(since))
	var b *budget
	var revision uint64
	if o.config.Shared || q.spent.budget == nil {
		var err error
		if b, revision, err = o.loadBudget(o.calls, q.account); err != nil {
			return err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	q.spent.since = since
	if b != nil {
		q.spent.budget, q.spent.revision = b, revision
	}
	if limits != q.spent.limits {
		q.spent.limits, q.spent.name = limits, name
		q.again(now)
	}
	return nil
}

// loadBudget reads the budget of an account, and its revision.
func (o *Outbox) loadBudget(ctx context.Context, account string) (*budget, uint64, error) {
	e, err := o.state.Get(ctx, budgetKey(account))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return &budget{}, 0, nil
	case err != nil:
		return nil, 0, fmt.Errorf("outbox: the budget of the account: %w", err)
	}
	var b budget
	if err := json.Unmarshal(e.Value, &b); err != nil {
		return nil, 0, fmt.Errorf("outbox: the budget of the account in the state, %s: %w", e.Key, err)
	}
	return &b, e.Revision, nil
}

// saveSpent returns when the state has a version of the budget, or a later one. A store that is
// shared returns store.ErrConflict if another process has written it since it was read.
func (o *Outbox) saveSpent(q *queue, want uint64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for q.spent.saved < want {
		running := q.spent.saving
		if running != nil { // it may not have what this caller has changed
			o.mu.Unlock()
			<-running.done
			o.mu.Lock()
			continue
		}
		if err := o.save(q); err != nil {
			return err
		}
	}
	return nil
}

// along runs a change of the ledger while the state gets a version of the budget, so that both
// share a transaction and its flush, and returns after both.
func (o *Outbox) along(q *queue, version uint64, change func() error) error {
	o.mu.Lock()
	saved := q.spent.saved >= version
	o.mu.Unlock()
	if saved {
		return change()
	}
	result := make(chan error, 1)
	go func() { result <- o.saveSpent(q, version) }()
	err := change()
	if lost := <-result; lost != nil && err == nil { // the ledger says that the request leaves, and memory has counted it
		o.config.Logger.Error("what an account has spent of its limits could not be stored: a restart may forget it",
			zap.String("account", q.account), zap.Error(lost))
	}
	return err
}

// save writes the budget. The caller holds the lock, which is free meanwhile.
func (o *Outbox) save(q *queue) error {
	s := &q.spent
	running := &saving{done: make(chan struct{})}
	s.saving = running
	version, revision := s.version, s.revision
	value, err := json.Marshal(s.budget)
	o.mu.Unlock()
	if err == nil {
		revision, err = o.state.Swap(o.calls, budgetKey(q.account), value, revision, budgetTTL)
	}
	for !o.config.Shared && errors.Is(err, store.ErrConflict) { // a person has changed it; what this process knows prevails
		if _, revision, err = o.loadBudget(o.calls, q.account); err == nil {
			revision, err = o.state.Swap(o.calls, budgetKey(q.account), value, revision, budgetTTL)
		}
	}
	o.mu.Lock()
	if s.saving = nil; err == nil || errors.Is(err, store.ErrConflict) { // then it is read again
		s.saved = version
	}
	if err == nil {
		s.revision = revision
	}
	close(running.done)
	return err
}

// since is when an account was used for the first time. It notes that if this is now.
func (o *Outbox) since(ctx context.Context, account string, now time.Time) (time.Time, error) {
	if t, ok := o.config.Since[account]; ok {
		return t, nil
	}
	key := "account/" + account + "/since"
	e, err := o.state.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		_, err = o.state.Swap(ctx, key, []byte(now.UTC().Format(time.RFC3339)), 0, 0)
		if err == nil || errors.Is(err, store.ErrConflict) {
			return now, nil
		}
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("outbox: since when the account is in use: %w", err)
	}
	since, err := time.Parse(time.RFC3339, string(e.Value))
	if err != nil {
		return time.Time{}, fmt.Errorf("outbox: %s in the state is no time: %w", key, err)
	}
	return since, nil
}
