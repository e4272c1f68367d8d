package router

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// RouteInfo describes a route.
type RouteInfo struct {
	Name     string
	Kind     xmlmsg.Kind // empty: any
	Matchers []string    // those of the groups first
	Observer bool
	Site     string // file:line of the registration
	Depth    int    // in how many groups it stands
}

// String is one line about the route.
func (i RouteInfo) String() string {
	kind := string(i.Kind)
	switch {
	case i.Observer:
		kind = "observe"
	case kind == "":
		kind = "any"
	}
	return strings.TrimSpace(fmt.Sprintf("%-12s %-24s %s", kind, i.Name, strings.Join(i.Matchers, " ")))
}

// Walk calls f for each route in the order in which they are tried, until f returns an error.
func (r *Router) Walk(f func(RouteInfo) error) error {
	var infos []RouteInfo
	r.mu.Lock()
	r.each(func(route *Route) { infos = append(infos, route.info()) })
	r.mu.Unlock()
	for _, i := range infos {
		if err := f(i); err != nil {
			return err
		}
	}
	return nil
}

func (r *Route) info() RouteInfo {
	i := RouteInfo{Name: r.name, Kind: r.kind, Observer: r.observer, Site: r.site}
	for g := r.group; g.parent != nil; g = g.parent {
		i.Depth++
	}
	for _, m := range r.conditions {
		i.Matchers = append(i.Matchers, m.String())
	}
	return i
}

// Explanation says for each route why it would handle an event, or would not.
type Explanation struct {
	Kind   xmlmsg.Kind
	Routes []Verdict
}

// Verdict is what one route says to an event.
type Verdict struct {
	RouteInfo
	// Handles is true for the route that would handle the event, and for each observer that would
	// see it.
	Handles bool
	// Reason says what kept the route from it: the kind, the matcher that said no, or an earlier
	// route. Empty if Handles.
	Reason string
}

// Explain returns what each route would do with the event now, without running a handler or
// middleware. For a route that returns Next the routes after it matter, too: their Reason is that
// an earlier route comes first. Matchers that ask who people are say no: see ExplainWith.
func (r *Router) Explain(e *callback.Event) Explanation {
	return r.ExplainWith(context.Background(), e, Services{})
}

// ExplainWith is Explain with what services know: the time of the Clock, which decides how old the
// message is, the Owners, for match.Owner and match.Admin, and the names of the account and the
// administrators of groups, for which it may ask the service.
func (r *Router) ExplainWith(ctx context.Context, e *callback.Event, s Services) Explanation {
	x := Explanation{Kind: e.Kind()}
	taken, now := "", s.now()
	var routes []*Route
	r.mu.Lock()
	r.each(func(route *Route) {
		c := *route
		routes = append(routes, &c)
	})
	r.mu.Unlock() // a matcher may ask the service
	c := newContext(ctx, r, e, s, Run{})
	fresh := c.Subject
	if x.Kind == xmlmsg.KindQuote {
		routes = quotesFirst(routes)
	}
	for _, route := range routes {
		v := Verdict{RouteInfo: route.info(), Reason: route.refusal(e, fresh)}
		switch {
		case v.Reason != "":
		case route.observer:
			v.Handles = true
		case taken != "":
			v.Reason = reason.ComesFirst.With(taken)
		case route.tooOld(e, now) != "":
			v.Reason, taken = route.tooOld(e, now), route.name
		default:
			if until := route.restsUntil(c); !until.IsZero() { // no other route gets what it drops
				v.Reason, taken = reason.Cooling.With(until.Format(time.DateTime)), route.name
				break
			}
			v.Handles, taken = true, route.name
		}
		x.Routes = append(x.Routes, v)
	}
	return x
}

// refusal says why the route does not want the event; empty if it does. fresh is its subject,
// without captures.
func (r *Route) refusal(e *callback.Event, fresh match.Subject) string {
	if r.kind == selfKind && !e.Self {
		return reason.WantsTyped.String()
	}
	if !r.takes(e) {
		return reason.WantsKind.With(string(r.kind), string(e.Kind()))
	}
	if r.off(e) {
		return reason.OffHere.String()
	}
	for _, m := range r.conditions {
		if !m.Match(&fresh) {
			return reason.SaysNo.With(m.String())
		}
	}
	return ""
}

// String is a line for each route.
func (x Explanation) String() string {
	var b strings.Builder
	for _, v := range x.Routes {
		mark, why := "no ", v.Reason
		if v.Handles {
			mark, why = "YES", ""
		}
		fmt.Fprintf(&b, "%s  %s", mark, v.RouteInfo)
		if why != "" {
			fmt.Fprintf(&b, "  (%s)", why)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
