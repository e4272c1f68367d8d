package console

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

const (
	// maxWorks is how many bulk actions are remembered, maxReports how many failures of one.
	maxWorks, maxReports = 20, 50
	// doTime bounds one action of a bulk.
	doTime = 10 * time.Second
)

// work is an action on many items, which goes on in the background.
type work struct {
	ID      string    `json:"id"`
	View    string    `json:"view"`
	Action  string    `json:"action"`
	Total   int       `json:"total"`
	Done    int       `json:"done"`
	Failed  int       `json:"failed"`
	Gone    int       `json:"gone"` // were not there any more
	Reports []report  `json:"reports,omitempty"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended,omitzero"`
}

// Percent is how much is done.
func (w work) Percent() int {
	if w.Total == 0 {
		return 100
	}
	return 100 * (w.Done + w.Failed + w.Gone) / w.Total
}

// report is an item at which a bulk action failed.
type report struct {
	Ref string `json:"ref"`
	Err string `json:"error"`
}

// works are the bulk actions of this process, and what was read of the queue.
type works struct {
	mu   sync.Mutex
	list []*work
	read map[string]queue
}

// begin does an action to items in the background, those of each chat in their order.
func (c *Console) begin(view, action string, items []item) string {
	w := &work{ID: rand.Text()[:12], View: view, Action: action, Total: len(items), Began: time.Now()}
	c.works.mu.Lock()
	if len(c.works.list) == maxWorks {
		c.works.list = slices.Delete(c.works.list, 0, 1)
	}
	c.works.list = append(c.works.list, w)
	c.works.mu.Unlock()
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b item) int {
		switch {
		case a.Seq < b.Seq:
			return -1
		case a.Seq > b.Seq:
			return 1
		}
		return 0
	})
	c.owned.Go(func() {
		for _, x := range items {
			if c.running.Err() != nil {
				break
			}
			c.one(w, x)
			c.news.tell()
		}
		c.works.mu.Lock()
		w.Ended = time.Now()
		c.works.mu.Unlock()
		c.stale()
		c.news.tell()
	})
	return w.ID
}

// one does the action to one item, and notes what came of it.
func (c *Console) one(w *work, x item) {
	ctx, cancel := context.WithTimeout(c.running, doTime)
	defer cancel()
	err := c.do(ctx, w.View, w.Action, x)
	c.works.mu.Lock()
	defer c.works.mu.Unlock()
	switch {
	case err == nil:
		w.Done++
	case errors.Is(err, store.ErrNotFound):
		w.Gone++
	default:
		w.Failed++
		if len(w.Reports) < maxReports {
			w.Reports = append(w.Reports, report{x.Ref(), firstLine(err.Error())})
		}
	}
}

// workOf is a bulk action; false if there is none.
func (c *Console) workOf(id string) (work, bool) {
	c.works.mu.Lock()
	defer c.works.mu.Unlock()
	for _, w := range c.works.list {
		if w.ID == id {
			x := *w
			x.Reports = slices.Clone(w.Reports)
			return x, true
		}
	}
	return work{}, false
}

// recentWorks are the bulk actions that go on, or have just ended.
func (c *Console) recentWorks() (ids []string) {
	c.works.mu.Lock()
	defer c.works.mu.Unlock()
	for _, w := range c.works.list {
		if w.Ended.IsZero() || time.Since(w.Ended) < settles*liveEvery {
			ids = append(ids, w.ID)
		}
	}
	return ids
}
