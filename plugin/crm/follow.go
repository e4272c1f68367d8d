package crm

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// followUp is a FollowUp with its texts.
type followUp struct {
	FollowUp
	text, send plugin.Text
}

// step is a follow-up that waits.
type step struct {
	Who, Rule string
	By        string // the message with which it began
	N         int    // which of the times of After
}

// begin begins the follow-ups of labels; those that wait begin anew.
func (p *part) begin(c *router.Context, who string, labels []string) error {
	for i := range p.c.FollowUp {
		f := &p.c.FollowUp[i]
		if !slices.Contains(labels, f.Label) {
			continue
		}
		by := c.Event.Key()
		_, err := p.update(c, c.Account(), who, func(cust *customer) {
			if cust.Waiting == nil {
				cust.Waiting = map[string]string{}
			}
			cust.Waiting[f.id()] = by
		})
		if err != nil {
			return err
		}
		next := step{Who: who, Rule: f.id(), By: by}
		if err := c.Later("follow", next.key(c.Account()), f.After[0], next, bot.InChat(c.Account(), who)); err != nil {
			return err
		}
	}
	return nil
}

func (s *step) key(account string) string { return account + "/" + s.Who + "/" + s.Rule }

// follow does a follow-up, if the customer has not written since it began.
func (p *part) follow(t *bot.Task[step]) error {
	account, s := t.Account(), t.Data
	f, known := p.followUps[s.Rule]
	if !known || s.N >= len(f.After) {
		p.h.Logger().Info("a follow-up is left out: it is not in the configuration any more", zap.String("person", s.Who))
		return nil
	}
	cust, err := p.load(t, account, s.Who)
	if err != nil {
		return err
	}
	if cust.Waiting[s.Rule] != s.By {
		p.h.Logger().Debug("a follow-up is left out: the customer has written", zap.String("person", s.Who))
		return nil
	}
	values := p.fill(&cust, f.Label, t.Now())
	var errs []error
	if !f.text.Empty() {
		scope := p.c.Scope
		if len(f.Notify) > 0 {
			scope.Notify = f.Notify
		}
		errs = append(errs, scope.Tell(t, p.h, account, f.text.Fill(values)))
	}
	send, err := p.maySend(t, &f)
	if err != nil {
		return err
	}
	if send {
		err := t.To(s.Who).SendText(f.send.Fill(values), router.AsProactive())
		var refused *outbox.RefusedError
		if errors.As(err, &refused) && refused.Gate != "" { // nothing failed
			p.h.Logger().Info("a follow-up is left out: "+refused.Reason, zap.String("person", s.Who))
			err = nil
		}
		errs = append(errs, err)
	}
	if next := s.N + 1; next < len(f.After) {
		s.N = next
		rest := f.After[next] - f.After[next-1] - t.Now().Sub(t.Due) // the run may be late
		errs = append(errs, t.Later("follow", s.key(account), max(rest, 0), s, bot.InChat(account, s.Who)))
	}
	return router.Each(errs...)
}

// maySend counts a follow-up to a customer, and reports whether they may get it.
func (p *part) maySend(t *bot.Task[step], f *followUp) (bool, error) {
	s := t.Data
	id := s.Rule + "/" + s.By + "/" + strconv.Itoa(s.N)
	if f.send.Empty() {
		return false, nil
	}
	may := false
	_, err := p.update(t, t.Account(), s.Who, func(c *customer) {
		may = slices.Contains(c.Sent, id) || c.sentOf(s.Rule) < f.Most && c.Waiting[s.Rule] == s.By && c.Never == ""
		if may && !slices.Contains(c.Sent, id) {
			c.Sent = append(c.Sent, id)
		}
	})
	if err != nil || !may {
		return false, err
	}
	may, err = p.c.PerDay.Take(t.Context, p.h.Store().Account(t.Account()), "follow-ups", s.Who+"/"+id)
	if err == nil && !may {
		p.h.Logger().Info("a follow-up is left out: per_day are sent", zap.String("person", s.Who))
	}
	return may, err
}

// sentOf counts the messages of a follow-up that have no answer.
func (c *customer) sentOf(rule string) (n int) {
	for _, id := range c.Sent {
		if strings.HasPrefix(id, rule+"/") {
			n++
		}
	}
	return n
}

// gate stops what nobody asked for to people who must not get it, and follow-ups to customers who
// have written while they waited for their turn.
func (p *part) gate(ctx context.Context, m outbox.Message) (v outbox.Verdict) {
	account, to := api.AccountOf(m.Send), api.TargetOf(m.Send)
	if m.Class == outbox.Answer || callback.ConversationOf(to).Type != callback.Private || slices.Contains(p.h.Owners(), to) ||
		!p.h.On(ctx, account, to) {
		return v
	}
	cust, err := p.load(ctx, account, to)
	switch {
	case err != nil:
		p.h.Logger().Error("it is not known whether a person may get messages: one is held", zap.Error(err))
		v.Hold = reason.CustomerUnknown.String()
	case cust.Never != "":
		v.Drop = reason.CustomerNever.With(cust.Never)
	case m.Source == "task:"+p.h.Name()+"/follow" && len(cust.Sent) == 0:
		v.Drop = reason.CustomerWrote.String()
	}
	return v
}
