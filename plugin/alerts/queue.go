package alerts

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/internal/alert"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// queue are the alerts of a sender for a chat.
type queue struct {
	Pending  []alert.Alert
	More     int                  // alerts beyond what is kept
	Requests []string             // the ids of the requests with alerts in Pending
	Seen     map[string]time.Time // by the key of the alert
	By       map[string]string    // the id of the request that brought it, by the key
	Arrived  []time.Time          // within the time of a storm
	Taken    taken
}

// taken are the alerts of a run of the task: another run sends the same.
type taken struct {
	By       string
	List     []alert.Alert
	More     int
	Requests []string
	Storm    bool
}

func (x *taken) messages(by []string) []alert.Message {
	switch {
	case len(x.List) == 0:
		return nil
	case x.Storm:
		return alert.Summary(x.List, x.More)
	}
	return alert.Messages(x.List, slices.Contains(by, alert.ByAll))
}

const (
	maxPending = 200
	maxSeen    = 2000
)

// flushing is the data of the task.
type flushing struct{ Queue, Sender string }

// put puts the alerts of a request into the queue of a chat, those of a level with quiet hours into
// one of their own during those. It returns the id of the request that brought them: that of an
// earlier one if nothing is new.
func (p *part) put(ctx context.Context, account, chat string, s *sender, id string, list []alert.Alert) (by string, err error) {
	now, waits := p.h.Now(), map[string][]alert.Alert{}
	for _, a := range list {
		level := ""
		if hours := p.quiet[a.Level]; hours != nil && hours.Contains(now) {
			level = a.Level
		}
		waits[level] = append(waits[level], a)
	}
	for level, list := range waits {
		wait, key := p.c.Group.Wait, "queue/"+s.name+"/"+account+"/"+chat
		if level != "" {
			key += "/" + level
			wait = max(wait, p.quiet[level].Until(now).Sub(now))
		}
		one, putErr := p.enqueue(ctx, key, id, list, func() error {
			return p.h.Later(ctx, "flush", key, wait, flushing{key, s.name}, bot.InChat(account, chat), bot.Keep())
		})
		if by != id {
			by = one
		}
		err = errors.Join(err, putErr)
	}
	return by, err
}

// enqueue puts alerts into a queue, and has it flushed.
func (p *part) enqueue(ctx context.Context, key, id string, list []alert.Alert, flush func() error) (by string, err error) {
	now := p.h.Now()
	q, err := router.Update(ctx, p.h.Store(), key, 24*time.Hour, func(q queue) (queue, error) {
		by = ""
		maps.DeleteFunc(q.Seen, func(_ string, at time.Time) bool { return now.Sub(at) >= p.c.Group.Repeat })
		q.Arrived = slices.DeleteFunc(q.Arrived, func(at time.Time) bool { return now.Sub(at) >= p.c.Storm.In })
		maps.DeleteFunc(q.By, func(key, _ string) bool { return q.Seen[key].IsZero() })
		if q.Seen == nil {
			q.Seen = map[string]time.Time{}
		}
		if q.By == nil {
			q.By = map[string]string{}
		}
		for _, a := range list {
			waits := slices.ContainsFunc(q.Pending, func(p alert.Alert) bool { return p.Key == a.Key })
			if _, again := q.Seen[a.Key]; again || waits {
				by = cmp.Or(by, q.By[a.Key])
				continue
			}
			if by = id; !slices.Contains(q.Requests, id) {
				q.Requests = append(q.Requests, id)
			}
			if len(q.Seen) < maxSeen {
				q.Seen[a.Key], q.By[a.Key] = now, id
			}
			if len(q.Arrived) <= max(p.c.Storm.Over, 0) {
				q.Arrived = append(q.Arrived, now)
			}
			if len(q.Pending) >= maxPending {
				q.More++
				continue
			}
			q.Pending = append(q.Pending, a)
		}
		return q, nil
	})
	if err != nil || len(q.Pending) == 0 {
		return by, err
	}
	return by, flush() // also if nothing is new: a request before may have failed right here
}

// The states of a request.
const (
	stateQueued   = "queued"
	stateRepeated = "repeated"
	stateSent     = "sent"
	stateFailed   = "failed"
	stateExpired  = "expired"
)

// keepState is how long a sender can ask what has become of a request.
const keepState = 24 * time.Hour

func stateKey(id string) string { return "request/" + id }

// note notes the state of requests.
func (p *part) note(ctx context.Context, ids []string, state string) error {
	for _, id := range ids {
		if err := p.h.Store().Set(ctx, stateKey(id), state, keepState); err != nil {
			return err
		}
	}
	return nil
}

// stale is how old alerts are left out: the plugin was off in the chat.
const stale = 6 * time.Hour

// flush sends what has come.
func (p *part) flush(t *bot.Task[flushing]) error {
	if t.Now().Sub(t.Due) > stale {
		p.h.Logger().Info("alerts were left out: they are too old", zap.Time("due", t.Due))
		var q queue
		if _, err := p.h.Store().Get(t, t.Data.Queue, &q); err != nil {
			return err
		}
		return p.note(t, q.Requests, stateExpired)
	}
	by := t.Due.Format(time.RFC3339Nano)
	q, err := router.Update(t, p.h.Store(), t.Data.Queue, 24*time.Hour, func(q queue) (queue, error) {
		if q.Taken.By != by {
			storm := p.c.Storm.Over > 0 && max(len(q.Arrived), len(q.Pending)+q.More) > p.c.Storm.Over
			q.Taken = taken{By: by, List: q.Pending, More: q.More, Requests: q.Requests, Storm: storm}
			q.Pending, q.More, q.Requests = nil, 0, nil
		}
		return q, nil
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range q.Taken.messages(p.c.Group.By) {
		chat := t.To(t.Conversation().ID)
		if m.Urgent {
			errs = append(errs, chat.Mention(p.mentioned(t), m.Text, router.AsAnswer()))
			continue
		}
		errs = append(errs, chat.SendText(m.Text, router.AsProactive()))
	}
	switch err := router.Each(errs...); {
	case err == nil:
		return p.note(t, q.Taken.Requests, stateSent)
	case router.IsPermanent(err):
		return errors.Join(err, p.note(t, q.Taken.Requests, stateFailed))
	default:
		return err
	}
}

// mentioned are the people whom a critical alert mentions in a group. Who is no member is left out.
func (p *part) mentioned(t *bot.Task[flushing]) (people []xmlmsg.Person) {
	i := slices.IndexFunc(p.senders, func(s sender) bool { return s.name == t.Data.Sender })
	if i < 0 || !t.Conversation().IsGroup() {
		return nil
	}
	group := t.Conversation().ID
	for _, name := range p.senders[i].Mention {
		id, err := p.h.Contacts().FindMember(t, t.Account(), group, name)
		if err != nil {
			p.h.Logger().Warn("an alert cannot mention somebody", zap.String("name", name), zap.Error(err))
			continue
		}
		people = append(people, xmlmsg.Person{Username: id})
	}
	return people
}
