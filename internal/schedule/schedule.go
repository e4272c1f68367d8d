package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Schedule is a function that runs at certain times.
type Schedule struct {
	// Name identifies the job in the state: it must be the same in every process and after an
	// update.
	Name string
	// Times are when the job runs. See Parse.
	Times Times
	// CatchUp is the policy for missed times. The zero value is Skip.
	CatchUp CatchUp
	// Run runs the job for the time due. Its context is cancelled when another process may have
	// taken over, and when the grace period of a stop ends.
	Run func(ctx context.Context, due time.Time) error
}

// Check returns what keeps the job from being added, apart from another one of its name.
func (j Schedule) Check() error {
	switch {
	case j.Name == "" || len(j.Name) > 200:
		return fmt.Errorf("schedule: a job needs a name of at most 200 bytes, %q has %d", j.Name, len(j.Name))
	case j.Times.cron == nil:
		return fmt.Errorf("schedule: job %s has no times: use Parse", j.Name)
	case j.Run == nil:
		return fmt.Errorf("schedule: job %s does nothing: Run is nil", j.Name)
	}
	return nil
}

// record is what the state keeps about a job.
type record struct {
	Times string    `json:"times"`
	Last  time.Time `json:"last"` // the latest time that is done

	// The time that is running, or to be tried again.
	Due      time.Time `json:"due,omitzero"`
	Owner    string    `json:"owner,omitempty"`
	Until    time.Time `json:"until,omitzero"` // no other process may run it before
	Attempts int       `json:"attempts,omitempty"`

	// Asked is the latest run that an operator has asked for, and that has begun.
	Asked time.Time `json:"asked,omitzero"`
}

// asked reports whether the time that is running is one that an operator has asked for.
func (r record) asked() bool { return !r.Due.IsZero() && r.Due.Equal(r.Asked) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// done returns the record after its time is done.
func (r record) done() record {
	if r.asked() { // its own times go on as they were
		return record{Times: r.Times, Last: r.Last, Asked: r.Asked}
	}
	return record{Times: r.Times, Last: r.Due, Asked: r.Asked}
}

func key(job string) string { return "schedule/" + url.PathEscape(job) }

func (s *Scheduler) load(ctx context.Context, job Schedule) (r record, revision uint64, err error) {
	entry, err := s.config.State.Get(ctx, key(job.Name))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return r, 0, nil
	case err != nil:
		return r, 0, fmt.Errorf("schedule: job %s: %w", job.Name, err)
	}
	if err := json.Unmarshal(entry.Value, &r); err != nil {
		return r, 0, fmt.Errorf("schedule: job %s: what is stored of it cannot be read: %w", job.Name, err)
	}
	return r, entry.Revision, nil
}

func (s *Scheduler) save(ctx context.Context, job Schedule, r record, revision uint64) (uint64, error) {
	data, err := json.Marshal(r)
	if err == nil {
		revision, err = s.config.State.Swap(ctx, key(job.Name), data, revision, 0)
	}
	if err != nil {
		return 0, fmt.Errorf("schedule: job %s: %w", job.Name, err)
	}
	return revision, nil
}
