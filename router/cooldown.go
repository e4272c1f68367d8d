package router

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/internal/journal"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/store"
)

// DroppedCooldown is the reason for messages that come within the Cooldown of their route.
const DroppedCooldown = "cooldown"

// cooldownMemory is how many events an entry knows that were let pass: they may be run again.
const cooldownMemory = 8

// cooled is what the state keeps of a Cooldown.
type cooled struct {
	At     time.Time `json:"at"`
	Events []string  `json:"events"` // identities, the latest first
}

// Cooldown is an option of a route: after a message that it handled, it handles none for a time,
// counted for each person in each chat (BySender), each chat, or the account. Messages in between
// are dropped for DroppedCooldown; no other route gets them. A message whose handler returned Next
// does not count. It stands among the matchers; on a group, each route counts for itself. The time
// is in the state, so it outlives a restart, and a message that is run again passes again.
//
//	b.Text(router.Say("9:00-18:00"), match.Keyword("营业时间"),
//		router.Cooldown(router.BySender, 30*time.Second))
func Cooldown(per Scope, d time.Duration) match.Matcher {
	names := map[Scope]string{BySender: "router.BySender", ByChat: "router.ByChat", ByAccount: "router.ByAccount"}
	if names[per] == "" || d <= 0 {
		panic(fmt.Sprintf("router: Cooldown(%d, %v) at %s: it needs BySender, ByChat or ByAccount, and a time above 0",
			per, d, callSite()))
	}
	rests := func(c *Context, r *Route) time.Time { return c.cooledUntil(r, per, d) }
	return &routeOption{name: fmt.Sprintf("router.Cooldown(%s, %v)", names[per], d), rests: rests,
		around: func(r *Route, next Handler) Handler {
			return func(c *Context) error {
				if c.run.journal.Form() != nil { // the answer to a question of a message that has passed
					return next(c)
				}
				key, err := c.cooldownKey(r, per)
				if err != nil {
					return err
				}
				passes, before, err := c.cool(key, d)
				switch {
				case err != nil:
					return fmt.Errorf("router: cooldown: %w", err)
				case !passes:
					c.Drop(DroppedCooldown)
					return nil
				}
				err = next(c)
				if errors.Is(err, Next) && !c.run.journal.Waiting() {
					return errors.Join(err, c.uncool(key, before, d))
				}
				return err
			}
		}}
}

func (c *Context) cooldownKey(r *Route, per Scope) (string, error) {
	e := c.Event
	if c.services.State == nil {
		return "", ErrNoState
	}
	ids := []string{r.name, e.AppID}
	if per != ByAccount {
		ids = append(ids, e.Conversation.ID)
	}
	if per == BySender {
		ids = append(ids, e.Sender)
	}
	return "cooldown/" + journal.Join(ids...), nil
}

// cooledUntil is until when the cooldown of a route drops the event; zero if it does not, or if the
// state does not tell.
func (c *Context) cooledUntil(r *Route, per Scope, d time.Duration) time.Time {
	key, err := c.cooldownKey(r, per)
	if err != nil {
		return time.Time{}
	}
	entry, err := c.services.State.Get(c, key)
	var was cooled
	if err != nil || json.Unmarshal(entry.Value, &was) != nil || slices.Contains(was.Events, c.identity()) {
		return time.Time{}
	}
	now := c.services.now()
	if until := store.Bound(was.At, now, 0).Add(d); until.After(now) {
		return until
	}
	return time.Time{}
}

// cool begins the cooldown with this event, and reports whether the event passes: none runs, or it
// has passed before. before is the entry as it was.
func (c *Context) cool(key string, d time.Duration) (passes bool, before *cooled, err error) {
	id := c.identity()
	for {
		entry, err := c.services.State.Get(c, key)
		var was cooled
		switch {
		case err == nil:
			if err := json.Unmarshal(entry.Value, &was); err != nil {
				return false, nil, err
			}
			before = &was
		case !errors.Is(err, store.ErrNotFound):
			return false, nil, err
		}
		now := c.services.now()
		at := store.Bound(was.At, now, 0) // the clock may have been set back
		switch {
		case slices.Contains(was.Events, id):
			return true, before, nil
		case before != nil && now.Sub(at) < d:
			return false, before, nil
		}
		next := cooled{At: now, Events: append([]string{id}, was.Events[:min(len(was.Events), cooldownMemory-1)]...)}
		value, err := json.Marshal(next)
		if err != nil {
			return false, nil, err
		}
		_, err = c.services.State.Swap(c, key, value, entry.Revision, cooldownKept(d))
		if err == nil || !errors.Is(err, store.ErrConflict) {
			return err == nil, before, err
		}
	}
}

// uncool forgets an event that the route has passed on.
func (c *Context) uncool(key string, before *cooled, d time.Duration) error {
	if before == nil {
		return c.services.State.Delete(c, key)
	}
	value, err := json.Marshal(before)
	if err == nil {
		_, err = c.services.State.Put(c, key, value, cooldownKept(d))
	}
	return err
}

// cooldownKept is how long an entry is stored: its event may be run again for a day.
func cooldownKept(d time.Duration) time.Duration { return d + 24*time.Hour }
