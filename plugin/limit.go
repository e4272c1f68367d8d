package plugin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// Limit is how often something may happen in a time: 20/24h in a file, or off. The zero value
// allows nothing, and a negative Most anything.
type Limit struct {
	Most int
	Per  time.Duration
}

// maxLimit bounds what a Limit counts.
const maxLimit = 1000

// UnmarshalText reads 20/24h or off.
func (l *Limit) UnmarshalText(text []byte) error {
	if string(text) == conf.Off {
		*l = Limit{Most: -1}
		return nil
	}
	count, time, found := strings.Cut(string(text), "/")
	most, err := strconv.Atoi(strings.TrimSpace(count))
	per, errPer := conf.ParseDuration(time)
	if !found || err != nil || errPer != nil || most < 1 || most > maxLimit || per <= 0 {
		return phrase.Errorf("plugin: %q is not a limit: write 20/24h, with a number from 1 to %d, or off", text, maxLimit)
	}
	*l = Limit{most, per}
	return nil
}

// use is an event that a Limit has counted.
type use struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// Take counts an event under a key of a store, and reports whether the limit allows it. What it
// does not allow does not count, so the limit recovers however often people try. id identifies the
// event: the same one asked again has the same answer as long as it is counted.
func (l Limit) Take(c *router.Context, s *router.Store, key, id string) (bool, error) {
	return l.TakeAt(c, c.Now(), s, key, id)
}

// TakeAt is Take outside of a handler, for an event of a time.
func (l Limit) TakeAt(ctx context.Context, now time.Time, s *router.Store, key, id string) (bool, error) {
	if l.Most < 0 {
		return true, nil
	}
	var ok bool
	_, err := router.Update(ctx, s, key, l.Per, func(uses []use) ([]use, error) {
		uses = slices.DeleteFunc(uses, func(u use) bool { return now.Sub(u.At) >= l.Per })
		if ok = slices.ContainsFunc(uses, func(u use) bool { return u.ID == id }); ok {
			return uses, nil
		}
		if ok = len(uses) < l.Most; ok {
			uses = append(uses, use{id, now})
		}
		return uses, nil
	})
	return ok, err //nolint:wrapcheck // it names the value
}

// Back takes back what Take has counted, for an event that did not happen.
func (l Limit) Back(ctx context.Context, s *router.Store, key, id string) error {
	if l.Most < 0 {
		return nil
	}
	_, err := router.Update(ctx, s, key, l.Per, func(uses []use) ([]use, error) {
		return slices.DeleteFunc(uses, func(u use) bool { return u.ID == id }), nil
	})
	return err //nolint:wrapcheck // it names the value
}
