package world

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// Again posts an old message again, to the same accounts. It takes the lock.
func (w *World) Again(seq int64) error {
	w.Lock()
	defer w.Unlock()
	e, ok := w.Messages.At(seq)
	switch {
	case w.Closed():
		return lifetime.ErrClosed
	case !ok:
		return fmt.Errorf("there is no message %d, or it is forgotten", seq)
	case e.Endpoint != "":
		return fmt.Errorf("the message %d was sent through the API, and such messages are not posted", seq)
	case w.out.URL() == "":
		return errors.New("no bot has registered a callback URL")
	}
	for _, to := range e.seen {
		w.postTo(e, to)
	}
	w.Broadcast()
	return nil
}

// Post sends a message of a person. It returns when the message is recorded and its callback is
// queued. It takes the lock.
func (w *World) Post(d message.Draft) (message.Message, error) {
	d, err := w.sound(d)
	if err != nil {
		return message.Message{}, err
	}
	w.Lock()
	defer w.Unlock()
	if w.Closed() {
		return message.Message{}, lifetime.ErrClosed
	}
	e, err := w.address(d)
	if err != nil {
		return message.Message{}, err
	}
	if err := d.Check(IsGroup(e.Conversation)); err != nil {
		return message.Message{}, err
	}
	if e.At, err = w.mentioned(e.Conversation, d.At); err != nil {
		return message.Message{}, err
	}
	e.Time, e.NewMsgID = w.Now(), w.IDs.NewMsgID()
	if err := w.write(e, d); err != nil {
		return message.Message{}, err
	}
	w.Publish(e, nil)
	return e.Message, nil
}

// address resolves the sender, the receiver and the conversation of a draft.
func (w *World) address(d message.Draft) (*Entry, error) {
	if d.From == "" {
		return nil, errors.New(`"from" is missing: the wxid of who says it`)
	}
	from, err := w.People.Person(d.From)
	if err != nil {
		return nil, err
	}
	to := d.To
	if to == "" {
		if to, err = w.defaultRecipient(d.AppID, from); err != nil {
			return nil, err
		}
	}
	if to, err = w.People.conversation(to); err != nil {
		return nil, fmt.Errorf(`"to": %w`, err)
	}
	e := &Entry{Message: message.Message{From: from, To: to, Conversation: to, Callback: message.CallbackNone}}
	if IsGroup(to) {
		return e, w.addressGroup(e, d.AppID)
	}
	return e, w.addressPrivate(e, d.AppID)
}

func (w *World) defaultRecipient(appID, from string) (string, error) {
	switch {
	case w.People.ByWxid(from) != nil:
		return "", fmt.Errorf(`"to" is missing: %s is the account itself, so say which friend or group it writes to`, from)
	case appID != "":
		if a := w.People.ByApp(appID); a != nil {
			return a.Wxid, nil
		}
		return "", fmt.Errorf(`there is no account with the app_id %q`, appID)
	case len(w.People.Accounts) > 1:
		return "", errors.New(`"to" is missing, and there are several accounts: give the wxid of one, or a group`)
	default:
		return w.People.Accounts[0].Wxid, nil
	}
}

func (w *World) addressGroup(e *Entry, appID string) error {
	g := w.People.GroupByID(e.Conversation)
	if !g.Has(e.From) {
		return fmt.Errorf("%s is not a member of group %s (%s)", e.From, g.Name, g.ID)
	}
	if appID == "" {
		return nil
	}
	if a := w.People.ByApp(appID); a == nil || !g.Has(a.Wxid) {
		return fmt.Errorf("no account with the app_id %q is in group %s (%s)", appID, g.Name, g.ID)
	}
	return nil
}

func (w *World) addressPrivate(e *Entry, appID string) error {
	sender, receiver := w.People.ByWxid(e.From), w.People.ByWxid(e.To)
	switch {
	case sender == nil && receiver == nil:
		return fmt.Errorf(`neither %s nor %s is an account: "to" must be the wxid of an account or a group`, e.From, e.To)
	case sender != nil && !w.People.Knows(sender, e.To):
		return fmt.Errorf("%s is not a friend of the account %s", e.To, sender.Wxid)
	case sender == nil && !w.People.Knows(receiver, e.From):
		return fmt.Errorf("%s is not a friend of the account %s", e.From, receiver.Wxid)
	case sender == nil:
		e.AppID, e.Conversation = receiver.AppID, e.From
	default:
		e.AppID = sender.AppID
		if receiver != nil && receiver != sender {
			e.Mirror = sender.Wxid
		}
	}
	if appID != "" && appID != e.AppID {
		return fmt.Errorf("the account of this chat has the app_id %s, not %q", e.AppID, appID)
	}
	return nil
}

// mentioned resolves the members of an at-list.
func (w *World) mentioned(conversation string, names []string) ([]string, error) {
	g := w.People.GroupByID(conversation)
	var at []string
	for _, name := range names {
		if name == Everybody {
			at = append(at, name)
			continue
		}
		wxid, err := w.People.Member(g, name)
		if err != nil {
			return nil, fmt.Errorf(`"at": %w`, err)
		}
		at = append(at, wxid)
	}
	return at, nil
}

// Everybody in an at-list means all members.
const Everybody = "notify@all"

// Publish adds a message to the log and posts it to the accounts that see the conversation, except
// by, which has sent it through the API.
func (w *World) Publish(e *Entry, by *Account) {
	e.Seq = w.Messages.Next()
	for _, a := range w.concerned(e) {
		a.msgID += 1 + w.IDs.rand.Int64N(3)
		a.seq += 1 + w.IDs.rand.Int64N(3)
		if e.MsgID == 0 || a == by {
			e.MsgID = a.msgID
		}
		e.seen = append(e.seen, sighting{a, a.msgID, a.seq})
		if a != by {
			w.postTo(e, e.seen[len(e.seen)-1])
		}
	}
	w.Messages.Add(e)
	w.Broadcast()
}

// postTo posts a message to an account.
func (w *World) postTo(e *Entry, to sighting) {
	if to.by.Offline || w.out.URL() == "" {
		return
	}
	e.pending++
	w.enqueue(to.by, w.viewOf(to.by, e), &delivery.Callback{
		Body: w.callbackBody(to, e), NewMsgID: e.NewMsgID, Settled: e.settled,
	})
}

// concerned returns the accounts that receive a message.
func (w *World) concerned(e *Entry) []*Account {
	if e.only != nil {
		return []*Account{e.only}
	}
	var as []*Account
	for _, a := range w.People.Accounts {
		g := w.People.GroupByID(e.Conversation)
		if g != nil && g.Has(a.Wxid) || g == nil && (a.Wxid == e.From || a.Wxid == e.To) {
			as = append(as, a)
		}
	}
	return as
}

// viewOf returns the conversation of a message as an account sees it.
func (w *World) viewOf(a *Account, e *Entry) string {
	if !IsGroup(e.Conversation) && e.To == a.Wxid {
		return e.From
	}
	return e.Conversation
}

// ConversationID returns the id of a conversation by any name; empty for an empty name.
func (w *World) ConversationID(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	return w.People.conversation(name)
}

// MessagesAfter yields the messages of a conversation after a number. An empty conversation means
// all. The caller holds the lock.
func (w *World) MessagesAfter(conversation string, after int64) iter.Seq[message.Message] {
	return func(yield func(message.Message) bool) {
		for _, e := range w.Messages.After(after) {
			if conversation != "" && !e.in(conversation) {
				continue
			}
			m := e.Message
			m.At = slices.Clone(m.At)
			if !yield(m) {
				return
			}
		}
	}
}

// Backward yields the messages before a number, newest first. The caller holds the lock.
func (w *World) Backward(before int64) iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for seq := before - 1; seq > 0; seq-- {
			e, ok := w.Messages.At(seq)
			if !ok || !yield(e) {
				return
			}
		}
	}
}

// ChatOf returns the conversation of a message for an account; empty if the account does not see
// it.
func (w *World) ChatOf(a *Account, e *Entry) string {
	for _, seen := range e.seen {
		if seen.by == a {
			return w.viewOf(a, e)
		}
	}
	if e.From == a.Wxid {
		return e.Conversation
	}
	return ""
}

// SeenBy returns the accounts that a message concerns.
func (e *Entry) SeenBy() []*Account {
	var as []*Account
	for _, seen := range e.seen {
		as = append(as, seen.by)
	}
	return as
}

// Posting reports whether a callback of the message is in progress.
func (e *Entry) Posting() bool { return e.pending > 0 }

// Wire returns the content that receivers get, without the prefix of a group.
func (e *Entry) Wire() string { return e.wire() }
