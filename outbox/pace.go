package outbox

import (
	"errors"
	"fmt"
	"time"
)

// Limits bound what one account sends. Hours and days are the last 60 minutes and the last 24
// hours, at any moment. Every request that begins counts, also one that fails. A zero field means
// no limit.
type Limits struct {
	Gap     Range // between any two sends of the account
	ChatGap Range // between two sends to the same group or friend
	// ProactiveGap is between two sends that are not answers. Gap holds for them, too.
	ProactiveGap Range

	PerHour, PerDay int // sends

	ProactivePerDay       int // sends that are not answers
	ProactiveChatsPerHour int // different groups and friends that get one
}

// Pace says how an account sends, by its age. The zero value sets no limits.
type Pace struct {
	New   Limits // less than 7 days
	Young Limits // up to 30 days
	Old   Limits // more
	Quiet Window // when only answers go out; it must not be the whole day
}

// The ages at which an account changes its limits.
const (
	youngAge = 7 * 24 * time.Hour
	oldAge   = 30 * 24 * time.Hour
)

// DefaultPace is this project's own proposal; the limits of WeChat itself are not known.
func DefaultPace() Pace {
	between := func(from, to float64) Range {
		return Range{time.Duration(from * float64(time.Second)), time.Duration(to * float64(time.Second))}
	}
	return Pace{
		New: Limits{Gap: between(6, 15), ChatGap: between(8, 20), PerHour: 40, PerDay: 200, ProactivePerDay: 20,
			ProactiveChatsPerHour: 5},
		Young: Limits{Gap: between(3, 8), ChatGap: between(4, 10), PerHour: 90, PerDay: 600, ProactivePerDay: 80,
			ProactiveChatsPerHour: 15},
		Old: Limits{Gap: between(1.5, 5), ChatGap: between(2, 6), PerHour: 180, PerDay: 1500, ProactivePerDay: 200,
			ProactiveChatsPerHour: 30},
		Quiet: Window{From: 23 * time.Hour, To: 7*time.Hour + 30*time.Minute},
	}
}

// Unlimited is a Pace without limits: for the simulator, and for accounts that one can afford to
// lose.
func Unlimited() Pace { return Pace{} }

// at returns the limits of an account of an age, and the name of the setting.
func (p Pace) at(age time.Duration) (Limits, string) {
	switch {
	case age < youngAge:
		return p.New, "Pace.New."
	case age <= oldAge:
		return p.Young, "Pace.Young."
	}
	return p.Old, "Pace.Old."
}

// paced reports whether there are limits that need a budget.
func (p Pace) paced() bool { return p.New != Limits{} || p.Young != Limits{} || p.Old != Limits{} }

// paceOf is the pace of an account.
func (o *Outbox) paceOf(account string) Pace {
	if p, ok := o.config.Paces[account]; ok {
		return p
	}
	return o.config.Pace
}

// quietHours has the quiet hours of an account.
func (o *Outbox) quietHours(account string) *Hours {
	if h := o.quietOf[account]; h != nil {
		return h
	}
	return o.quiet
}

// quietHours reads the quiet hours of a pace.
func quietHours(p Pace) (*Hours, error) {
	quiet, err := p.Quiet.Hours()
	switch {
	case err != nil:
		return nil, fmt.Errorf("outbox: the quiet hours: %w", err)
	case quiet.whole():
		return nil, errors.New("outbox: the whole day is quiet: no proactive send would ever go out; leave some of it")
	}
	return quiet, nil
}
