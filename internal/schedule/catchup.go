package schedule

import "time"

// Punctual is how late a run may begin and still be on time.
const Punctual = time.Minute

// lookBack bounds how far All goes back.
const lookBack = 31 * 24 * time.Hour

// CatchUp is the policy for times that were missed, because no process ran or the run before took
// too long. The zero value is Skip.
type CatchUp struct {
	within time.Duration
	all    int
}

// Skip runs none of them.
func Skip() CatchUp { return CatchUp{} }

// Latest runs only the latest of them, if it is less late than within.
func Latest(within time.Duration) CatchUp { return CatchUp{within: within} }

// All runs each of them in their order, but of those of the last 31 days at most the latest n.
func All(n int) CatchUp { return CatchUp{all: max(n, 1)} }

// due returns the time after last that is to run now; zero if there is none.
func (c CatchUp) due(t Times, last, now time.Time) time.Time {
	start, keep := now.Add(-max(c.within, Punctual)), 1
	if c.all > 0 {
		start, keep = now.Add(-lookBack), c.all
	}
	var latest []time.Time
	for at := t.Next(t.from(last, start)); !at.IsZero() && !at.After(now); at = t.Next(at) {
		if latest = append(latest, at); len(latest) > keep {
			latest = latest[1:]
		}
	}
	if len(latest) == 0 {
		return time.Time{}
	}
	return latest[0]
}
