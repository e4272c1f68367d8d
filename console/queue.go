package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// The views of the queue.
const (
	viewUnknown = "unknown"
	viewHeld    = "held"
	viewDead    = "dead"
	viewFailed  = "failed"
	viewWaiting = "waiting"
)

func views() []string { return []string{viewUnknown, viewHeld, viewDead, viewFailed, viewWaiting} }

// statesOf are the states of the sends of a view; nil for the dead letters.
func statesOf(view string) []store.SendState {
	switch view {
	case viewUnknown:
		return []store.SendState{store.Unknown}
	case viewHeld:
		return []store.SendState{store.Held}
	case viewFailed:
		return []store.SendState{store.Refused, store.Expired}
	case viewWaiting:
		return []store.SendState{store.Queued, store.Sending}
	}
	return nil
}

const (
	// maxQueue is how many items of a view are read: what is beyond is said to be more.
	maxQueue = 10_000
	// queuePage is how many are on a page.
	queuePage = 100
	// readPage is how many are read at once.
	readPage = 500
	// queueFresh is how long what was read is shown again.
	queueFresh = 2 * time.Second
	// queueLazy is the same for a long queue, which is read no more than a twentieth of the time.
	queueLazy = 10 * time.Second
)

// item is an item of the queue: a dead letter or a send. It has no message text.
type item struct {
	Seq     uint64          `json:"seq,string"`
	Key     string          `json:"key"` // of a dead letter that of its event
	View    string          `json:"view"`
	State   store.SendState `json:"state,omitempty"` // empty for a dead letter
	Account string          `json:"account,omitempty"`
	Chat    string          `json:"chat,omitempty"`
	Kind    string          `json:"kind,omitempty"`
	Task    string          `json:"task,omitempty"`
	Source  string          `json:"source,omitempty"` // the route or plugin
	Event   string          `json:"event,omitempty"`
	Class   outbox.Class    `json:"class,omitempty"`
	Reason  string          `json:"reason"` // its first line
	Tries   int             `json:"tries"`
	Since   time.Time       `json:"since"` // when it came into this state
	Came    time.Time       `json:"came"`  // when the message arrived, or the send was made
	NotFrom time.Time       `json:"not_before,omitzero"`
	Expires time.Time       `json:"expires,omitzero"`
	Group   string          `json:"group"` // the id of the group of its reason

	// Name is that of the chat.
	Name string `json:"name,omitempty"`

	lane string
	lost bool
}

// group is the items of one reason and source.
type group struct {
	ID     string    `json:"id"`
	Reason string    `json:"reason"`
	Source string    `json:"source,omitempty"`
	Count  int       `json:"count"`
	Chats  int       `json:"chats"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Items  []item    `json:"items,omitempty"`

	chats map[string]bool
}

// queueQuery selects items of a view.
type queueQuery struct {
	View    string
	Account string
	Source  string
	Group   string
	Words   string
	Before  uint64 // only those with a lower number
	Upto    uint64 // only those up to this number; 0 means all
}

func (q *queueQuery) filtered() bool { return q.Account+q.Source+q.Group+q.Words != "" }

func (q *queueQuery) includes(x *item) bool {
	switch {
	case q.Account != "" && x.Account != q.Account, q.Source != "" && x.Source != q.Source, q.Group != "" && x.Group != q.Group,
		q.Before > 0 && x.Seq >= q.Before, q.Upto > 0 && x.Seq > q.Upto:
		return false
	}
	for word := range strings.FieldsSeq(strings.ToLower(q.Words)) {
		if !strings.Contains(strings.ToLower(x.Key+" "+x.Chat+" "+x.Name+" "+x.Reason+" "+x.Source+" "+x.Kind+" "+x.Task), word) {
			return false
		}
	}
	return true
}

// queue is what was read of a view.
type queue struct {
	at    time.Time
	took  time.Duration // to read it
	items []item        // the latest first
	more  bool          // there are more than were read
}

// changing matches what differs between errors of one cause: numbers, ids and keys.
var changing = regexp.MustCompile(`[0-9a-fA-F]{8,}|\d+|wxid_\w+|wx_\w+`) //nolint:gochecknoglobals // a constant

// groupOf identifies the reason and the source of an item.
func groupOf(reason, source string) string {
	sum := sha256.Sum256([]byte(source + "\x00" + changing.ReplaceAllString(reason, "#")))
	return hex.EncodeToString(sum[:6])
}

// readQueue reads a view, or returns what was read a moment ago.
func (c *Console) readQueue(ctx context.Context, view string) (queue, error) {
	c.works.mu.Lock()
	q, ok := c.works.read[view]
	c.works.mu.Unlock()
	if ok && time.Since(q.at) < max(queueFresh, min(queueLazy, 20*q.took)) {
		return q, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	q = queue{at: time.Now()}
	var err error
	if view == viewDead {
		q.items, q.more, err = c.deadItems(ctx)
	} else {
		q.items, q.more, err = c.sendItems(ctx, view)
	}
	if err != nil {
		return q, fmt.Errorf("console: the queue: %w", err)
	}
	slices.SortFunc(q.items, func(a, b item) int { return cmp.Compare(b.Seq, a.Seq) })
	q.took = time.Since(q.at)
	c.works.mu.Lock()
	defer c.works.mu.Unlock()
	if c.works.read == nil {
		c.works.read = map[string]queue{}
	}
	c.works.read[view] = q
	return q, nil
}

// stale has the queue read again.
func (c *Console) stale() {
	c.works.mu.Lock()
	defer c.works.mu.Unlock()
	clear(c.works.read)
}

func (c *Console) deadItems(ctx context.Context) (all []item, more bool, err error) {
	routes := c.seen.routesByEvent()
	for after := uint64(0); ; {
		page, err := c.back.Inbox().Dead(ctx, after, readPage)
		if err != nil {
			return nil, false, err
		}
		for _, d := range page {
			x := itemOfDead(d)
			x.Source = cmp.Or(x.Source, routes[d.Key])
			x.Group = groupOf(x.Reason, x.Source)
			all = append(all, x)
			after = d.Seq
		}
		if len(page) < readPage || len(all) >= maxQueue {
			return all, len(page) == readPage, nil
		}
	}
}

// laneOf splits the lane of a message into account and chat.
func laneOf(lane string) (account, chat string) {
	account, chat, _ = strings.Cut(strings.TrimSuffix(lane, "/self"), "/")
	if !strings.HasPrefix(account, "wx_") {
		return "", ""
	}
	return account, chat
}

func itemOfDead(d store.DeadItem) item {
	x := item{
		Seq: d.Seq, Key: d.Key, View: viewDead, Reason: firstLine(d.Failure.Reason), Tries: d.Attempts, Since: d.Buried, Came: d.Received,
		lane: d.Lane,
	}
	if t, is, err := task.Parse(d.Body); is && err == nil {
		x.Kind, x.Task, x.Source, x.Account, x.Chat = "task", t.Name, t.Name, t.Account, t.Conversation
	} else if e, err := callback.Decode(d.Body); err == nil {
		x.Kind, x.Account, x.Chat = string(e.Kind()), e.AppID, e.Conversation.ID
		x.Event = e.Key()
	} else {
		x.Kind = "unreadable"
		x.Account, x.Chat = laneOf(d.Lane)
	}
	return x
}

func (c *Console) sendItems(ctx context.Context, view string) (all []item, more bool, err error) {
	query := store.SendQuery{States: statesOf(view), Limit: readPage}
	for {
		page, err := c.back.Ledger().List(ctx, query)
		if err != nil {
			return nil, false, err
		}
		for _, s := range page {
			all = append(all, itemOfSend(s, view))
			query.After = s.Seq
		}
		if len(page) < readPage || len(all) >= maxQueue {
			return all, len(page) == readPage, nil
		}
	}
}

func itemOfSend(s store.Send, view string) item {
	x := item{
		Seq: s.Seq, Key: s.Key, View: view, State: s.State, Account: s.Account, Chat: s.Target, Kind: kindOf(s.Endpoint), Source: s.Source,
		Event: s.Event, Class: outbox.ClassOf(s), Reason: firstLine(s.Reason), Tries: s.Attempts, Since: s.Updated, Came: s.Created,
		NotFrom: s.NotBefore, Expires: s.Expires, lane: s.Account + "/" + s.Target, lost: outbox.Lost(s),
	}
	x.Group = groupOf(x.Reason, x.Source)
	return x
}

// viewOf is the view that a send is in; empty for one that was sent.
func viewOf(state store.SendState) string {
	for _, view := range views() {
		if slices.Contains(statesOf(view), state) {
			return view
		}
	}
	return ""
}

// pick returns the items of a query, the latest first.
func (q *queue) pick(query queueQuery) (all []item) {
	for i := range q.items {
		if query.includes(&q.items[i]) {
			all = append(all, q.items[i])
		}
	}
	return all
}

// grouped are items by reason, the group with the latest item first, each with its first items.
func grouped(items []item, most int) []group {
	byID := map[string]*group{}
	var all []*group
	for _, x := range items {
		g := byID[x.Group]
		if g == nil {
			g = &group{ID: x.Group, Reason: x.Reason, Source: x.Source, First: x.Since, Last: x.Since, chats: map[string]bool{}}
			byID[x.Group] = g
			all = append(all, g)
		}
		g.Count++
		g.chats[x.lane] = true
		if x.Since.Before(g.First) {
			g.First = x.Since
		}
		if x.Since.After(g.Last) {
			g.Last = x.Since
		}
		if len(g.Items) < most {
			g.Items = append(g.Items, x)
		}
	}
	out := make([]group, len(all))
	for i, g := range all {
		g.Chats = len(g.chats)
		out[i] = *g
	}
	return out
}

// queueCounts are the numbers of the views. They are those of the store.
type queueCounts struct {
	Unknown int `json:"unknown"`
	Held    int `json:"held"`
	Dead    int `json:"dead"`
	Failed  int `json:"failed"`
	Waiting int `json:"waiting"`
	Inbox   int `json:"inbox"` // messages that wait to be handled, or are being handled
}

func (n queueCounts) of(view string) int {
	return map[string]int{viewUnknown: n.Unknown, viewHeld: n.Held, viewDead: n.Dead, viewFailed: n.Failed, viewWaiting: n.Waiting}[view]
}

// Needs is how many need a person.
func (n queueCounts) Needs() int { return n.Unknown + n.Held + n.Dead }

func (c *Console) counts(ctx context.Context) (queueCounts, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	sends, err := c.back.Ledger().Count(ctx)
	if err != nil {
		return queueCounts{}, fmt.Errorf("console: %w", err)
	}
	stats, err := c.back.Inbox().Stats(ctx)
	if err != nil {
		return queueCounts{}, fmt.Errorf("console: %w", err)
	}
	return queueCounts{
		Unknown: sends[store.Unknown], Held: sends[store.Held], Dead: stats.Dead, Failed: sends[store.Refused] + sends[store.Expired],
		Waiting: sends[store.Queued] + sends[store.Sending], Inbox: stats.Pending + stats.Leased,
	}, nil
}

// The actions on items.
const (
	doRetry   = "retry"   // a dead letter is handled again
	doSent    = "sent"    // an unknown send has arrived
	doResend  = "resend"  // a send goes out again
	doRelease = "release" // a held send goes on
	doDrop    = "drop"    // it is given up
)

// actionsOf are what can be done with the items of a view, the safest first.
func actionsOf(view string) []string {
	switch view {
	case viewUnknown:
		return []string{doSent, doResend, doDrop}
	case viewHeld:
		return []string{doRelease, doDrop}
	case viewDead:
		return []string{doRetry, doDrop}
	case viewFailed:
		return []string{doResend, doDrop}
	case viewWaiting:
		return []string{doDrop}
	}
	return nil
}

// bulk reports whether an action may be done to several items of different chats at once. What may
// have arrived is sent again one by one.
func bulk(view, action string) bool { return view != viewUnknown || action != doResend }

// errAction means that an action does not go with a view.
var errAction = errors.New("console: that cannot be done with such an item")

// do does an action to an item.
func (c *Console) do(ctx context.Context, view, action string, x item) error {
	if !slices.Contains(actionsOf(view), action) {
		return errAction
	}
	switch {
	case view == viewDead && action == doRetry:
		return c.back.Inbox().Revive(ctx, x.Seq)
	case view == viewDead:
		return c.back.Inbox().Drop(ctx, x.Seq)
	case action == doSent:
		return c.bot.MarkSent(ctx, x.Key)
	case action == doResend:
		return c.bot.Resend(ctx, x.Key)
	case action == doRelease:
		return c.bot.Release(ctx, x.Key)
	}
	return c.bot.Drop(ctx, x.Key)
}

// ref identifies an item in forms and paths: the number of a dead letter, else the key of the send.
func (x item) Ref() string {
	if x.View == viewDead {
		return strconv.FormatUint(x.Seq, 10)
	}
	return x.Key
}
