package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// stage is a step of the time line of an item.
type stage struct {
	Name string    `json:"name"` // received, stored, run, send, dead, task
	At   time.Time `json:"at,omitzero"`
	// State is ok, bad, wait, unknown or gone: the last says that it is not known any more.
	State string `json:"state"`
	Text  string `json:"text,omitempty"`
	// Route is what ran.
	Route string `json:"route,omitempty"`
	// Kind and Send are the kind of message and the state of a stage "send".
	Kind  string          `json:"kind,omitempty"`
	Send  store.SendState `json:"send,omitempty"`
	Link  string          `json:"link,omitempty"`
	Stack string          `json:"stack,omitempty"`
	// After is the time since the stage before, in seconds.
	After float64 `json:"after_seconds,omitempty"`
}

// detail is all that is known of an item.
type detail struct {
	Item    *item         `json:"item,omitempty"`
	Event   *eventDetail  `json:"event,omitempty"`
	Stages  []stage       `json:"stages"`
	Stack   string        `json:"stack,omitempty"`
	Sends   []item        `json:"sends,omitempty"`
	Rules   []ruleVerdict `json:"rules,omitempty"` // what the rules of now say
	Text    string        `json:"text,omitempty"`  // what it says; only if it was asked for
	HasText bool          `json:"has_text"`
	Actions []string      `json:"actions,omitempty"`
}

// eventDetail is an event without what it says.
type eventDetail struct {
	Key      string    `json:"key"`
	Account  string    `json:"account"`
	Chat     string    `json:"chat"`
	ChatName string    `json:"chat_name,omitempty"`
	Sender   string    `json:"sender,omitempty"`
	Kind     string    `json:"kind"`
	Dialect  string    `json:"dialect,omitempty"`
	Time     time.Time `json:"time,omitzero"`
	Self     bool      `json:"self,omitempty"`
}

// ruleVerdict is what a rule says to an event.
type ruleVerdict struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind,omitempty"`
	Matchers []string `json:"matchers,omitempty"`
	Observer bool     `json:"observer,omitempty"`
	Handles  bool     `json:"handles"`
	Reason   string   `json:"reason,omitempty"`
}

// errNone means that there is no such item.
var errNone = fmt.Errorf("console: there is no such item, or no longer: %w", store.ErrNotFound)

// letter is a dead letter.
func (c *Console) letter(ctx context.Context, seq uint64) (store.DeadItem, error) {
	if seq == 0 {
		return store.DeadItem{}, errNone
	}
	page, err := c.back.Inbox().Dead(ctx, seq-1, 1)
	switch {
	case err != nil:
		return store.DeadItem{}, fmt.Errorf("console: %w", err)
	case len(page) == 0 || page[0].Seq != seq:
		return store.DeadItem{}, errNone
	}
	return page[0], nil
}

// deadDetail is all that is known of a dead letter.
func (c *Console) deadDetail(ctx context.Context, seq uint64, text bool) (detail, error) {
	d, err := c.letter(ctx, seq)
	if err != nil {
		return detail{}, err
	}
	x := itemOfDead(d)
	x.Source = cmp.Or(x.Source, c.seen.routesByEvent()[d.Key])
	x.Name = c.names(ctx).chat(x.Account, x.Chat)
	out := detail{Item: &x, Stack: d.Failure.Stack, Actions: actionsOf(viewDead), HasText: true}
	out.Stages = append(out.Stages, stage{Name: "received", At: d.Received, State: "ok"})
	if e := c.decode(d.Body); e != nil {
		out.Event = c.describe(ctx, e, d.Key)
		out.Rules = c.verdicts(e) //nolint:contextcheck // Explain bounds its time itself
		if text {
			out.Text = textOf(e)
		}
	} else if t, is, err := task.Parse(d.Body); is && err == nil {
		out.Stages[0] = stage{Name: "task", At: t.Due, State: "ok", Text: t.Name + " " + t.Key}
		out.HasText = len(t.Data) > 0
		if text {
			out.Text = string(t.Data)
		}
	} else if text {
		out.Text = clip(string(d.Body))
	}
	out.Stages = append(out.Stages, c.runStages(d.Key)...)
	out.Sends = c.sendsOf(ctx, d.Key)
	out.Stages = append(out.Stages, sendStages(out.Sends)...)
	out.Stages = append(out.Stages, stage{Name: "dead", At: d.Buried, State: "bad"})
	out.order()
	return out, nil
}

// sendDetail is all that is known of a send.
func (c *Console) sendDetail(ctx context.Context, key string, text bool) (detail, error) {
	s, err := c.back.Ledger().Get(ctx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return detail{}, errNone
	case err != nil:
		return detail{}, fmt.Errorf("console: %w", err)
	}
	view := viewOf(s.State)
	x := itemOfSend(s, cmp.Or(view, "sent"))
	x.Name = c.names(ctx).chat(x.Account, x.Chat)
	out := detail{Item: &x, Actions: actionsOf(view), HasText: len(s.Body) > 0}
	if s.State == store.Sending {
		out.Actions = nil
	}
	if text {
		out.Text = saidBy(s)
	}
	if s.Event != "" {
		out.Stages = append(out.Stages, c.runStages(s.Event)...)
	}
	out.Stages = append(out.Stages, stage{Name: "made", At: s.Created, State: "ok", Text: s.Source})
	out.Stages = append(out.Stages, sendStages([]item{x})...)
	out.order()
	return out, nil
}

// eventOf is all that is known of an event.
func (c *Console) eventOf(ctx context.Context, key string, text bool) (detail, error) {
	runs := c.seen.runsOf(key)
	out := detail{}
	e, seq := c.findEvent(ctx, key)
	if len(runs) == 0 && e == nil {
		return out, errNone
	}
	if e != nil {
		out.Event = c.describe(ctx, e, key)
		out.Rules = c.verdicts(e) //nolint:contextcheck // Explain bounds its time itself
		out.HasText = true
		if text {
			out.Text = textOf(e)
		}
	}
	if len(runs) > 0 {
		r := runs[0]
		if out.Event == nil {
			out.Event = &eventDetail{
				Key: key, Account: r.Account, Chat: r.Chat, Sender: r.Sender, Kind: r.Kind, Time: r.Time,
				ChatName: c.names(ctx).chat(r.Account, r.Chat),
			}
		}
		out.Stages = append(out.Stages, stage{Name: "received", At: r.Received, State: "ok"})
	} else {
		out.Stages = append(out.Stages, stage{Name: "received", State: "gone"})
	}
	out.Stages = append(out.Stages, c.runStages(key)...)
	out.Sends = c.sendsOf(ctx, key)
	out.Stages = append(out.Stages, sendStages(out.Sends)...)
	if seq > 0 {
		if d, err := c.letter(ctx, seq); err == nil {
			out.Stages = append(out.Stages, stage{
				Name: "dead", At: d.Buried, State: "bad", Text: firstLine(d.Failure.Reason),
				Link: fmt.Sprintf("%sdead/%d", root, seq),
			})
		}
	}
	out.order()
	return out, nil
}

// findEvent finds the callback of an event where it is kept: among the dead letters, in the log of
// the gateway, or as a text of the history. It returns nil if it is not.
func (c *Console) findEvent(ctx context.Context, key string) (e *callback.Event, dead uint64) {
	if q, err := c.readQueue(ctx, viewDead); err == nil {
		for i := range q.items {
			if q.items[i].Key != key {
				continue
			}
			if d, err := c.letter(ctx, q.items[i].Seq); err == nil {
				return c.decode(d.Body), d.Seq
			}
		}
	}
	if e := c.kept(ctx, key); e != nil {
		return e, 0
	}
	return c.remembered(ctx, key), 0
}

// runStages are the runs of an event.
func (c *Console) runStages(key string) (all []stage) {
	for _, r := range c.seen.runsOf(key) {
		s := stage{Name: "run", At: r.Ended, State: "ok"}
		switch {
		case r.Err != "":
			s.State, s.Text = "bad", r.Err
		case r.Dropped != "":
			s.Name, s.State, s.Text = "dropped", "wait", r.Dropped
		case r.Route == "":
			s.Name, s.State = "unhandled", "wait"
		}
		if s.Route = r.Route; r.Route != "" {
			s.Link = root + "rules/" + escape(r.Route)
		}
		all = append(all, s)
	}
	return all
}

func sendStages(sends []item) (all []stage) {
	for _, x := range sends {
		s := stage{
			Name: "send", At: x.Since, State: "wait", Kind: x.Kind, Send: x.State, Text: x.Reason,
			Link: root + "sends/" + escape(x.Key),
		}
		switch x.State {
		case store.Sent:
			s.State = "ok"
		case store.Refused, store.Expired:
			s.State = "bad"
		case store.Unknown:
			s.State = "unknown"
		case store.Queued, store.Held, store.Sending:
		}
		all = append(all, s)
	}
	return all
}

// order puts the stages in the order of their times, and works out the differences.
func (d *detail) order() {
	slices.SortStableFunc(d.Stages, func(a, b stage) int {
		if a.At.IsZero() || b.At.IsZero() {
			return 0
		}
		return a.At.Compare(b.At)
	})
	var before time.Time
	for i := range d.Stages {
		s := &d.Stages[i]
		if !before.IsZero() && !s.At.IsZero() {
			s.After = max(0, s.At.Sub(before).Seconds())
		}
		if !s.At.IsZero() {
			before = s.At
		}
	}
}

// sendsOf are the sends of an event: those since the start, and those of before that are not sent.
func (c *Console) sendsOf(ctx context.Context, event string) (all []item) {
	keys := c.seen.sendsOf(event)
	for _, key := range keys {
		if s, err := c.back.Ledger().Get(ctx, key); err == nil {
			all = append(all, itemOfSend(s, cmp.Or(viewOf(s.State), "sent")))
		}
	}
	for _, view := range []string{viewUnknown, viewHeld, viewFailed, viewWaiting} {
		q, err := c.readQueue(ctx, view)
		if err != nil {
			continue
		}
		for _, x := range q.items {
			if x.Event == event && event != "" && !slices.Contains(keys, x.Key) {
				all = append(all, x)
			}
		}
	}
	slices.SortFunc(all, func(a, b item) int { return a.Came.Compare(b.Came) })
	return all
}

// decode reads a callback; nil if it is none.
func (c *Console) decode(body []byte) *callback.Event {
	if _, is, _ := task.Parse(body); is {
		return nil
	}
	e, err := callback.Decode(body)
	if err != nil {
		return nil
	}
	return e
}

func (c *Console) describe(ctx context.Context, e *callback.Event, key string) *eventDetail {
	return &eventDetail{
		Key: key, Account: e.AppID, Chat: e.Conversation.ID, ChatName: c.names(ctx).chat(e.AppID, e.Conversation.ID), Sender: e.Sender,
		Kind: string(e.Kind()), Dialect: e.Dialect, Time: e.Time, Self: e.Self,
	}
}

// verdicts are what the rules of now say to an event.
func (c *Console) verdicts(e *callback.Event) []ruleVerdict {
	return verdictsOf(c.bot.Explain(e).Routes)
}

func verdictsOf(routes []router.Verdict) []ruleVerdict {
	all := make([]ruleVerdict, len(routes))
	for i, v := range routes {
		all[i] = ruleVerdict{
			Name: v.Name, Kind: string(v.Kind), Matchers: v.Matchers, Observer: v.Observer, Handles: v.Handles, Reason: v.Reason,
		}
	}
	return all
}

// maxText bounds the text of an item that is shown, in characters.
const maxText = 2000

func clip(text string) string {
	if r := []rune(text); len(r) > maxText {
		return string(r[:maxText]) + "…"
	}
	return text
}

// textOf is what an event says: its text, or the kind of what it carries.
func textOf(e *callback.Event) string {
	if text := plain(e); text != "" {
		return clip(text)
	}
	return "(" + string(e.Kind()) + ")"
}

// saidBy is what a send says.
func saidBy(s store.Send) string {
	m, err := api.DecodeSend(s.Endpoint, s.Body)
	if err != nil {
		return ""
	}
	switch m := m.(type) {
	case api.PostText:
		return clip(m.Content)
	case api.PostFile:
		return clip(m.FileName)
	case api.PostLink:
		return clip(m.Title)
	}
	return "(" + path.Base(s.Endpoint) + ")"
}
