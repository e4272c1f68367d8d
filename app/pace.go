package app

import (
	"cmp"
	"errors"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
)

// pace says how an account sends. The word for answers may stand for it.
type pace struct {
	Answers   string `yaml:"answers"`
	Proactive struct {
		Gap          *outbox.Range  `yaml:"gap"`
		Hours        *outbox.Window `yaml:"hours"`
		PerDay       *limit         `yaml:"per_day"`
		ChatsPerHour *limit         `yaml:"chats_per_hour"`
	} `yaml:"proactive"`
}

// UnmarshalShort reads default or unlimited.
func (p *pace) UnmarshalShort(answers string) error {
	p.Answers = answers
	return nil
}

// limits are the limits of the outbox, for accounts of every age. docs/en/outbox.md describes them.
type limits struct {
	Gap                   *outbox.Range `yaml:"gap"`
	ChatGap               *outbox.Range `yaml:"chat_gap"`
	PerHour               *limit        `yaml:"per_hour"`
	PerDay                *limit        `yaml:"per_day"`
	ProactivePerDay       *limit        `yaml:"proactive_per_day" was:"notices_per_day"`
	ProactiveChatsPerHour *limit        `yaml:"proactive_chats_per_hour" was:"notice_chats_per_hour"`
	QuietHours            string        `yaml:"quiet_hours"`
	Zone                  string        `yaml:"zone"`
}

// pacing is the pace of the bot; nil means its default.
func (s *schema) pacing(mistake func(path string, err error)) *outbox.Pace {
	common := s.Pace == pace{} || s.Pace == pace{Answers: "default"}
	if common && s.Limits == (limits{}) && (s.Zone == "" || s.Service.Sim) { // a simulator is not paced
		return nil
	}
	base := outbox.DefaultPace()
	if s.Service.Sim && s.Limits == (limits{}) {
		base = outbox.Unlimited()
	}
	return paceOf(&s.Pace, &s.Limits, base, s.Zone, "", mistake)
}

// pacing is the pace of an account, whose limits change those of the bot; nil means that of the
// bot.
func (a *account) pacing(shared *outbox.Pace, zone, at string, mistake func(path string, err error)) *outbox.Pace {
	if a.Pace == (pace{}) && a.Limits == (limits{}) {
		return nil
	}
	base := outbox.DefaultPace()
	if shared != nil && a.Pace.Answers == "" {
		base = *shared
	}
	return paceOf(&a.Pace, &a.Limits, base, cmp.Or(zone, base.Quiet.Zone), at, mistake)
}

// paceOf is a pace and its limits, whose keys are below at.
func paceOf(p *pace, l *limits, base outbox.Pace, zone, at string, mistake func(path string, err error)) *outbox.Pace {
	switch p.Answers {
	case "", "default":
	case "unlimited":
		base = outbox.Unlimited()
	default:
		mistake(at+"pace", phrase.Errorf("%q is neither default nor unlimited", p.Answers))
	}
	if hours := p.Proactive.Hours; hours != nil {
		if l.QuietHours != "" {
			mistake(at+"pace.proactive.hours", errors.New("limits.quiet_hours says the same: leave one out"))
		}
		base.Quiet.From, base.Quiet.To = hours.To%day, hours.From%day
	}
	for _, one := range []*outbox.Limits{&base.New, &base.Young, &base.Old} {
		l.set(one)
		p.set(one)
	}
	l.quiet(&base.Quiet, zone, func(path string, err error) { mistake(at+path, err) })
	return &base
}

// checkTTLs reports negative times.
func (s *schema) checkTTLs(mistake func(path string, err error)) {
	for _, ttl := range []struct {
		path string
		d    time.Duration
	}{{"answer_ttl", s.AnswerTTL}, {"proactive_ttl", s.ProactiveTTL}} {
		if ttl.d < 0 {
			mistake(ttl.path, errors.New("it is less than nothing: write how long a message may wait for its turn, such as 12h"))
		}
	}
}

// set replaces the limits of proactive sends.
func (p *pace) set(o *outbox.Limits) {
	if gap := p.Proactive.Gap; gap != nil {
		o.ProactiveGap = *gap
	}
	if n := p.Proactive.PerDay; n != nil {
		o.ProactivePerDay = int(*n)
	}
	if n := p.Proactive.ChatsPerHour; n != nil {
		o.ProactiveChatsPerHour = int(*n)
	}
}

const day = 24 * time.Hour

// set replaces the limits that the file sets.
func (l *limits) set(o *outbox.Limits) {
	for _, g := range []struct {
		from *outbox.Range
		to   *outbox.Range
	}{{l.Gap, &o.Gap}, {l.ChatGap, &o.ChatGap}} {
		if g.from != nil {
			*g.to = *g.from
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
func (l *limits) quiet(q *outbox.Window, zone string, mistake func(path string, err error)) {
	switch l.QuietHours {
	case "":
	case conf.Off:
		q.From, q.To = 0, 0
	default:
		w, err := outbox.ParseWindow(l.QuietHours)
		q.From, q.To = w.From%day, w.To%day
		switch {
		case err != nil:
			mistake("limits.quiet_hours", phrase.Errorf("%w, or off", err))
		case q.From == q.To:
			mistake("limits.quiet_hours", errors.New("the whole day is quiet: no proactive send would ever go out; leave some of it"))
		}
	}
	if err := checkZone(l.Zone); err != nil {
		mistake("limits.zone", err)
	}
	q.Zone = cmp.Or(l.Zone, zone)
}

// checkZone reports a name that is not one of a time zone. Empty means the default.
func checkZone(name string) error {
	if _, err := time.LoadLocation(name); err != nil {
		return phrase.Errorf("%q is not a time zone: write Asia/Shanghai", name)
	}
	return nil
}

// limit is a number of sends; off is 0. The number 0 is refused, as it could mean no send or no
// limit.
type limit int

// UnmarshalText reads a limit.
func (l *limit) UnmarshalText(text []byte) error {
	if string(text) == conf.Off {
		*l = 0
		return nil
	}
	v, err := strconv.Atoi(string(text))
	if err != nil || v < 1 {
		return phrase.Errorf("%q is not a limit: write a number from 1 on, or off", text)
	}
	*l = limit(v)
	return nil
}

// ConfWords implements conf.Worded.
func (limit) ConfWords() string { return "number, or off" }

// futureDay reports a day that has not come.
func futureDay(day time.Time) error {
	if day.After(time.Now().Add(24 * time.Hour)) { // it may be tomorrow already in China
		return phrase.Errorf("%s is in the future: write when the account began to use the service", day.Format(time.DateOnly))
	}
	return nil
}
