package botfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/outbox"
)

// limits are the limits of the outbox, for accounts of every age. docs/outbox.md describes them.
type limits struct {
	Gap                   *span  `yaml:"gap"`
	ChatGap               *span  `yaml:"chat_gap"`
	PerHour               *limit `yaml:"per_hour"`
	PerDay                *limit `yaml:"per_day"`
	ProactivePerDay       *limit `yaml:"proactive_per_day"`
	ProactiveChatsPerHour *limit `yaml:"proactive_chats_per_hour"`
	QuietHours            string `yaml:"quiet_hours"`
	Zone                  string `yaml:"zone"`
}

// pacing is the pace of the bot; nil means its default.
func (s *schema) pacing(mistake func(path string, err error)) *outbox.Pace {
	p := outbox.DefaultPace()
	switch s.Pace {
	case "", "default":
		if s.Limits == (limits{}) {
			return nil
		}
	case "unlimited":
		p = outbox.Unlimited()
	default:
		mistake("pace", fmt.Errorf("%q is neither default nor unlimited", s.Pace))
	}
	for _, l := range []*outbox.Limits{&p.New, &p.Young, &p.Old} {
		s.Limits.set(l)
	}
	s.Limits.quiet(&p.Quiet, mistake)
	return &p
}

// checkTTLs reports negative times.
func (s *schema) checkTTLs(mistake func(path string, err error)) {
	for _, ttl := range []struct {
		path string
		d    duration
	}{{"answer_ttl", s.AnswerTTL}, {"proactive_ttl", s.ProactiveTTL}} {
		if ttl.d < 0 {
			mistake(ttl.path, errors.New("it is less than nothing: write how long a message may wait for its turn, such as 12h"))
		}
	}
}

// set replaces the limits that the file sets.
func (l *limits) set(o *outbox.Limits) {
	for _, g := range []struct {
		from *span
		to   *outbox.Range
	}{{l.Gap, &o.Gap}, {l.ChatGap, &o.ChatGap}} {
		if g.from != nil {
			*g.to = outbox.Range(*g.from)
		}
	}
	for _, n := range []struct {
		from *limit
		to   *int
	}{
		{l.PerHour, &o.PerHour}, {l.PerDay, &o.PerDay},
		{l.ProactivePerDay, &o.ProactivePerDay}, {l.ProactiveChatsPerHour, &o.ProactiveChatsPerHour},
	} {
		if n.from != nil {
			*n.to = int(*n.from)
		}
	}
}

// quiet replaces the quiet hours and their zone, if the file names them.
func (l *limits) quiet(q *outbox.Window, mistake func(path string, err error)) {
	switch l.QuietHours {
	case "":
	case off:
		q.From, q.To = 0, 0
	default:
		const day = 24 * time.Hour
		w, err := outbox.ParseWindow(l.QuietHours)
		q.From, q.To = w.From%day, w.To%day
		switch {
		case err != nil:
			mistake("limits.quiet_hours", fmt.Errorf("%w, or off", err))
		case q.From == q.To:
			mistake("limits.quiet_hours", errors.New("the whole day is quiet: no proactive send would ever go out; leave some of it"))
		}
	}
	if err := checkZone(l.Zone); err != nil {
		mistake("limits.zone", err)
	}
	q.Zone = l.Zone
}

// checkZone reports a name that is not one of a time zone. Empty means the default.
func checkZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil {
		return fmt.Errorf("%q is no time zone: write Asia/Shanghai", name)
	}
	return nil
}

// off is the value that switches a thing off.
const off = "off"

// limit is a number of sends; off is 0. The number 0 is refused, as it could mean no send or no
// limit.
type limit int

// UnmarshalYAML reads a limit.
func (l *limit) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		if s == off {
			*l = 0
			return nil
		}
		v, err := strconv.Atoi(s)
		if err != nil || v < 1 {
			return fmt.Errorf("%q is no limit: write a number from 1 on, or off", s)
		}
		*l = limit(v)
		return nil
	})
}

// span is the range of a gap: 2s-5s, 3s, or off for no gap.
type span struct{ Min, Max time.Duration }

// UnmarshalYAML reads a span.
func (p *span) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) (err error) {
		*p, err = parseSpan(s)
		return err
	})
}

func parseSpan(s string) (span, error) {
	if s == off {
		return span{}, nil
	}
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		to = from
	}
	shortest, errFrom := time.ParseDuration(strings.TrimSpace(from))
	longest, errTo := time.ParseDuration(strings.TrimSpace(to))
	switch {
	case errFrom != nil || errTo != nil || shortest < 0 || longest < 0:
		return span{}, fmt.Errorf("%q is no gap: write 2s-5s, 3s or off", s)
	case shortest > longest:
		return span{}, fmt.Errorf("%q: the first time is the longer one: write the shortest gap first", s)
	}
	return span{shortest, longest}, nil
}

// date is a day such as 2026-01-31.
type date struct{ time.Time }

// UnmarshalYAML reads a day.
func (d *date) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		day, err := time.Parse(time.DateOnly, s)
		switch {
		case err != nil:
			return fmt.Errorf("%q is no day: write 2026-01-31", s)
		case day.After(time.Now().Add(24 * time.Hour)): // it may be tomorrow already in China
			return fmt.Errorf("%s is in the future: write when the account began to use the service", s)
		}
		d.Time = day
		return nil
	})
}
