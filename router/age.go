package router

import (
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// DroppedLate is the reason for messages that are older than the MaxAge of their route.
const DroppedLate = "late"

// AnyAge as MaxAge takes messages of every age.
const AnyAge time.Duration = -1

// MaxAge says that the handler is for fresh messages: one that is older is not handled. It is noted
// as dropped for DroppedLate, and counted. AnyAge, or 0, takes all messages, whatever the groups of
// the route say; Context.Age tells how old one is.
func (r *Route) MaxAge(d time.Duration) *Route {
	r.group.router.mu.Lock()
	defer r.group.router.mu.Unlock()
	r.maxAge = explicitAge(d)
	r.group.router.table.Store(nil)
	return r
}

// MaxAge is the MaxAge of all routes of the group, and of the groups in it, that have none of their
// own. It does not apply to observers, nor to friend requests, which wait for an answer until they
// get one. AnyAge, or 0, means no limit.
func (g *Group) MaxAge(d time.Duration) {
	g.router.mu.Lock()
	defer g.router.mu.Unlock()
	g.maxAge = explicitAge(d)
	g.router.table.Store(nil)
}

// explicitAge distinguishes a limit that was set from none.
func explicitAge(d time.Duration) time.Duration {
	if d <= 0 {
		return AnyAge
	}
	return d
}

// ageLimit is the oldest message that the route takes; 0 means any. inherited reports that the
// limit is that of a group.
func (r *Route) ageLimit() (limit time.Duration, inherited bool) {
	limit = r.maxAge
	for g := r.group; limit == 0 && g != nil; g = g.parent {
		limit, inherited = g.maxAge, true
	}
	return max(limit, 0), inherited
}

// tooOld says why the route does not take an event of its age; empty if it does.
func (r *Route) tooOld(e *callback.Event, now time.Time) string {
	limit, inherited := r.ageLimit()
	age := e.Age(now)
	if r.observer || limit == 0 || age <= limit || inherited && e.Kind() == xmlmsg.KindFriendRequest {
		return ""
	}
	return reason.TooOld.With(age.Round(time.Second).String(), limit.String())
}

// late drops the event of c if it is too old for the route.
func (c *Context) late(r *Route) bool {
	why := r.tooOld(c.Event, c.services.now())
	if why == "" || c.values.AnyAge != nil && c.values.AnyAge() {
		return false
	}
	c.Logger().Debug("dropped for its age: "+why, zap.String("route", r.name))
	c.Drop(DroppedLate)
	return true
}
