package plugin

import (
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// Gather is for a task whose data is a list: what is asked for under the same key before the task
// runs is added to the list, and moves it, to most after the first at the latest. So a plugin
// writes a file, or tells of something, once for all that comes within a time.
func Gather[T any](most time.Duration) router.LaterOption {
	merge := bot.Merge(func(before, now []T) []T { return append(before, now...) })
	return func(r *router.TaskRequest) {
		merge(r)
		r.Most = most
	}
}

// Written is when the message of an event was written.
func Written(c *router.Context) time.Time {
	if c.Event.Time.IsZero() {
		return c.Now()
	}
	return c.Event.Time
}
