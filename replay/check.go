package replay

import (
	"context"
	"strings"

	"github.com/hongyan-go/hongyan/router"
)

// TB is what Check needs of a *testing.T.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Context() context.Context
}

// Checked is a player inside a test: where something is not as expected, the test fails. An
// expectation is about the calls since the last Play. Use it from the goroutine of the test.
type Checked struct {
	*Player
	tb    TB
	steps []Step // of the last Play
}

// Check makes a player for a router and its handlers in a test. For the middleware of a bot, and
// its plugins, see CheckPlayer.
func Check(tb TB, r *router.Router) *Checked {
	tb.Helper()
	p, err := ForRouter(r, Options{})
	if err != nil {
		tb.Fatalf("%v", err)
		return nil
	}
	return CheckPlayer(tb, p)
}

// CheckPlayer is Check for a player that the caller closes.
func CheckPlayer(tb TB, p *Player) *Checked { return &Checked{Player: p, tb: tb} }

// Plays runs recordings or bodies from files, and fails if they cannot be read.
func (c *Checked) Plays(paths ...string) []Step {
	c.tb.Helper()
	entries, err := Read(paths...)
	if err != nil {
		c.tb.Fatalf("%v", err)
		return nil
	}
	return c.PlaysEntries(entries...)
}

// PlaysBody runs one body.
func (c *Checked) PlaysBody(body string) Step {
	c.tb.Helper()
	return c.PlaysEntries(Entry{Body: []byte(body)})[0]
}

// PlaysEntries runs entries.
func (c *Checked) PlaysEntries(entries ...Entry) []Step {
	c.tb.Helper()
	c.steps = c.Play(c.tb.Context(), entries...)
	return c.steps
}

// ExpectText fails unless exactly one text went to a group or a friend, and contains all parts. It
// returns the text.
func (c *Checked) ExpectText(to string, parts ...string) string {
	c.tb.Helper()
	return c.ExpectOne(postText, to, parts...).Text()
}

// ExpectOne fails unless exactly one call of an endpoint went to a group or a friend, and its body
// contains all parts. It returns the call.
func (c *Checked) ExpectOne(endpoint, to string, parts ...string) Call {
	c.tb.Helper()
	var found []Call
	for _, call := range c.calls() {
		if call.Endpoint == endpoint && call.To() == to {
			found = append(found, call)
		}
	}
	if len(found) != 1 {
		c.tb.Fatalf("%d calls of %s to %s, want one. All calls:\n%s%s", len(found), endpoint, to, Golden(c.calls()), c.why())
		return Call{}
	}
	for _, part := range parts {
		if text := found[0].Text() + string(found[0].Body); !strings.Contains(text, part) {
			c.tb.Fatalf("%s is not in %s", part, found[0])
		}
	}
	return found[0]
}

// ExpectNothing fails if anything was called, or a handler failed.
func (c *Checked) ExpectNothing() {
	c.tb.Helper()
	if calls := c.calls(); len(calls) > 0 {
		c.tb.Fatalf("nothing should have been called:\n%s", Golden(calls))
	}
}

func (c *Checked) calls() []Call {
	var all []Call
	for _, s := range c.steps {
		all = append(all, s.Calls...)
	}
	return all
}

// why returns, for each event that no route took, the reason of each route.
func (c *Checked) why() string {
	var b strings.Builder
	for _, s := range c.steps {
		switch {
		case s.Unhandled():
			b.WriteString("no route took " + string(s.Event.Kind()) + ":\n" + c.Explain(s.Event).String())
		case s.Outcome.Dropped != "":
			b.WriteString("dropped: " + s.Outcome.Dropped + "\n")
		}
	}
	return b.String()
}
