package app

import (
	"errors"
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/unanswered"
	"github.com/hongyan-go/hongyan/store"
)

// past is what a store knows of a message, as --json prints it.
type past struct {
	Key   string           `json:"key"`
	State string           `json:"state"` // dead, answered, unanswered, unknown
	Dead  phrase.Text      `json:"dead,omitzero"`
	Note  *unanswered.Note `json:"unanswered,omitempty"`
	Sends []pastSend       `json:"sends,omitempty"`
}

// pastSend is a send that a message has caused. It has no text.
type pastSend struct {
	Key    string    `json:"key"`
	To     string    `json:"to"`
	Route  string    `json:"route,omitempty"`
	State  string    `json:"state"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// past prints what came of a past message.
func (cmd *ExplainCommand) past(c Console) (err error) {
	back, err := cmd.Open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, back.Close()) }()
	p, err := cmd.lookUp(c, back)
	if err != nil {
		return err
	}
	if cmd.JSON {
		if err := printJSON(c, p); err != nil {
			return err
		}
	} else {
		p.tell(c)
	}
	if p.State == "unknown" {
		return SaidError{}
	}
	return nil
}

// lookUp asks the parts of the store.
func (cmd *ExplainCommand) lookUp(c Console, back store.Store) (past, error) {
	p := past{Key: cmd.Key, State: "unknown"}
	n, err := unanswered.Read(c.Ctx, back.Log(), cmd.Key)
	switch {
	case err == nil:
		p.Note, p.State = &n, "unanswered"
	case !errors.Is(err, unanswered.ErrNotFound):
		return p, err
	}
	if p.Sends, err = sendsOf(c, back.Ledger(), cmd.Key); err != nil {
		return p, err
	}
	if len(p.Sends) > 0 {
		p.State = "answered"
	}
	if p.Dead, err = deadReason(c, back.Inbox(), cmd.Key); err != nil {
		return p, err
	}
	if !p.Dead.IsZero() {
		p.State = "dead"
	}
	return p, nil
}

// sendsOf lists the sends that a message has caused.
func sendsOf(c Console, ledger store.Ledger, key string) (all []pastSend, err error) {
	const page = 500
	for after := uint64(0); ; {
		sends, err := ledger.List(c.Ctx, store.SendQuery{After: after, Limit: page})
		if err != nil {
			return nil, fmt.Errorf("app: explain: %w", err)
		}
		for _, s := range sends {
			after = s.Seq
			if s.Event == key {
				all = append(all, pastSend{
					Key: s.Key, To: s.Target, Route: s.Source, State: string(s.State), Reason: s.Reason, At: s.Created,
				})
			}
		}
		if len(sends) < page {
			return all, nil
		}
	}
}

// deadReason is why a message is a dead letter; empty if it is none.
func deadReason(c Console, in store.Inbox, key string) (phrase.Text, error) {
	const page = 500
	for after := uint64(0); ; {
		items, err := in.Dead(c.Ctx, after, page)
		if err != nil {
			return phrase.Text{}, fmt.Errorf("app: explain: %w", err)
		}
		for _, d := range items {
			after = d.Seq
			if d.Key == key {
				return phrase.New("dead letter %d, given up after %d tries: %v", d.Seq, d.Attempts, phrase.Word(d.Failure.Reason)), nil
			}
		}
		if len(items) < page {
			return phrase.Text{}, nil
		}
	}
}

// tell prints it for people.
func (p *past) tell(c Console) {
	if !p.Dead.IsZero() {
		c.tell("%v", p.Dead)
		c.tell("  → hongyan dead show tells more; hongyan dead retry handles it again")
	}
	for _, s := range p.Sends {
		line := phrase.New("%s: %v, to %s", s.Route, phrase.Word(s.State), s.To)
		if s.Reason != "" {
			line = phrase.New("%v: %v", line, phrase.Word(s.Reason))
		}
		c.tell("%v", line)
	}
	if n := p.Note; n != nil && len(p.Sends) == 0 {
		c.tell("%s  %s of %s in %s: no answer", n.Time.Local().Format(time.DateTime), n.Kind, n.Sender, n.Chat)
		c.tell("  → %v", phrase.Word(n.Reason))
		for _, r := range n.Routes {
			c.tell("no   %-24s %v", r.Name, phrase.Word(r.Reason))
		}
		if n.More > 0 {
			c.tell("and %d routes more", n.More)
		}
	}
	if p.State == "unknown" {
		c.say("nothing is known of the message %s; the key is what the log calls event. A message without an answer is "+
			"noted for %.0f hours, of a flood only a part; one that still waits is not (hongyan inbox stats), "+
			"nor what a bot on a simulator has seen.\n"+
			"  → hongyan explain -c FILE --say TEXT tries a text", p.Key, unanswered.Keep.Hours())
	}
}
