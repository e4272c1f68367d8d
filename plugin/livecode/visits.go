package livecode

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

const (
	keyVisits  = "visits"
	keepVisits = 31 // days
	week       = 7
)

// seen counts the visitors who were shown the code of a group: by day, and by when the code was
// fetched. One who comes again within sticky does not count twice.
type seen struct {
	Days  map[string]int `json:"days"`
	Codes map[string]int `json:"codes"`
}

func (s *seen) add(other *seen) {
	for _, of := range []struct {
		to   *map[string]int
		from map[string]int
	}{{&s.Days, other.Days}, {&s.Codes, other.Codes}} {
		if *of.to == nil {
			*of.to = map[string]int{}
		}
		for key, n := range of.from {
			(*of.to)[key] += n
		}
	}
}

// since counts the visitors from a day on; an empty day is the first.
func (s *seen) since(day string) (n int) {
	if s == nil {
		return 0
	}
	for d, count := range s.Days {
		if d >= day {
			n += count
		}
	}
	return n
}

// of counts the visitors of a code.
func (s *seen) of(fetched time.Time) int {
	if s == nil {
		return 0
	}
	return s.Codes[fetched.Format(time.RFC3339)]
}

// visits are those that are not in the store yet, by the name of the group in the list. They are
// written with each check, as the page is public and a visit must cost little; a crash forgets
// those since the last one.
type visits struct {
	mu  sync.Mutex
	new map[string]*seen
}

// add adds visits to those that wait.
func (v *visits) add(more map[string]*seen) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.new = sum(v.new, more)
}

// take takes the visits that wait out.
func (v *visits) take() map[string]*seen {
	v.mu.Lock()
	defer v.mu.Unlock()
	taken := v.new
	v.new = nil
	return taken
}

// with adds the visits that wait to those of the store.
func (v *visits) with(stored map[string]*seen) map[string]*seen {
	v.mu.Lock()
	defer v.mu.Unlock()
	return sum(stored, v.new)
}

func sum(to, from map[string]*seen) map[string]*seen {
	if to == nil {
		to = map[string]*seen{}
	}
	for name, s := range from {
		if to[name] == nil {
			to[name] = &seen{}
		}
		to[name].add(s)
	}
	return to
}

// shown counts a visitor.
func (l *livecode) shown(c *code) {
	l.visits.add(map[string]*seen{c.Name: {
		Days:  map[string]int{l.today().Format(time.DateOnly): 1},
		Codes: map[string]int{c.Fetched.Format(time.RFC3339): 1},
	}})
}

func (l *livecode) stored(ctx context.Context) (all map[string]*seen, err error) {
	_, err = l.h.Store().Get(ctx, keyVisits, &all)
	return all, err
}

// counted are the visitors so far.
func (l *livecode) counted(ctx context.Context) (map[string]*seen, error) {
	all, err := l.stored(ctx)
	return l.visits.with(all), err
}

// today is the day of now, in the zone of the bot.
func (l *livecode) today() time.Time { return l.h.Now().In(l.h.Zone()) }

// count writes the visitors to the store, and forgets those of long ago.
func (l *livecode) count(ctx context.Context) error {
	all, err := l.stored(ctx)
	if err != nil {
		return err
	}
	fresh := l.visits.take()
	all = sum(all, fresh)
	day := l.today().AddDate(0, 0, -keepVisits).Format(time.DateOnly)
	ended := l.h.Now().Add(-valid)
	for _, s := range all {
		maps.DeleteFunc(s.Days, func(d string, _ int) bool { return d < day })
		maps.DeleteFunc(s.Codes, func(fetched string, _ int) bool {
			at, err := time.Parse(time.RFC3339, fetched)
			return err != nil || at.Before(ended)
		})
	}
	if err := l.h.Store().Set(ctx, keyVisits, all, 0); err != nil {
		l.visits.add(fresh)
		return err
	}
	return nil
}

// report tells a person in charge how the groups are doing.
func (l *livecode) report(c *router.Context) error {
	if c.ArgText() != "" {
		return router.Next
	}
	all, err := l.counted(c)
	if err != nil {
		return err
	}
	now := l.today()
	lines := []string{"活码 " + l.c.Path}
	for _, name := range l.c.Groups {
		var group code
		if _, err := l.h.Store().Get(c, key(name), &group); err != nil {
			return err
		}
		s := all[name]
		shown := plugin.CleanName(l.h.Contacts().Contact(c, c.Account(), cmp.Or(group.Group, name)), name)
		line := fmt.Sprintf("%s：%d 人，今天 %d 人扫码，7 天 %d 人", shown, group.Members,
			s.since(now.Format(time.DateOnly)), s.since(now.AddDate(0, 0, 1-week).Format(time.DateOnly)))
		if group.good(l.h.Now()) {
			line += "，二维码到 " + group.Fetched.Add(valid).In(now.Location()).Format("01-02 15:04")
		} else {
			line += "，没有能用的二维码"
		}
		lines = append(lines, line)
	}
	if err := c.Reply(strings.Join(lines, "\n")); err != nil {
		return err
	}
	return router.Next // another entry has groups of its own
}
