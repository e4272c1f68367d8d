package schedule

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Planned is a job and what is known of its times.
type Planned struct {
	Name  string
	Times string    // as they were written, and their zone
	Next  time.Time // zero if none comes
	Last  time.Time // the latest time that is done; zero if none is
	// Due is the time that is running, or to be tried again; zero if none is. Attempts counts its
	// runs.
	Due      time.Time
	Attempts int
	Paused   bool // by an operator; then none comes next
}

// List lists the jobs in the order of their names.
func (s *Scheduler) List(ctx context.Context) ([]Planned, error) {
	s.mu.Lock()
	jobs := make(map[string]Schedule, len(s.jobs))
	for name, e := range s.jobs {
		jobs[name] = e.job
	}
	s.mu.Unlock()
	now := s.config.Clock.Now()
	list := make([]Planned, 0, len(jobs))
	for _, name := range slices.Sorted(maps.Keys(jobs)) {
		job := jobs[name]
		r, _, err := s.load(ctx, job)
		if err != nil {
			return nil, err
		}
		w, _, err := loadWish(ctx, s.config.State, name)
		if err != nil {
			return nil, err
		}
		r.Times = job.Times.String()
		list = append(list, plannedOf(name, r, w, job.Times.Next(now)))
	}
	return list, nil
}
