package router

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/journal"
)

// ExpireForms ends the forms whose time is over, and sends their texts of OnTimeout. The bot calls
// it every few seconds; several processes may do so on one State. next is when the time of the next
// form that is open now ends; zero if none is.
func (r *Router) ExpireForms(ctx context.Context, s Services) (next time.Time, err error) {
	if s.State == nil {
		return time.Time{}, nil
	}
	next, err = r.forms.Sweep(ctx, journalOf(&s), r.sayBy(s))
	return next, formError(err)
}

// sayBy sends the text of a form whose time is over.
func (r *Router) sayBy(s Services) journal.Say[api.SentMessage] {
	return func(ctx context.Context, f *form) error { return r.sayTimeout(ctx, s, f) }
}

// sayTimeout sends the text of a form whose time is over. It logs why it could not.
func (r *Router) sayTimeout(ctx context.Context, s Services, f *form) error {
	err := r.sendTimeout(ctx, s, f)
	if err != nil && ctx.Err() == nil && s.Logger != nil {
		s.Logger.Error("the text of a time-out was not sent", zap.String("form", f.Route), zap.Error(err))
	}
	return err
}

// sendTimeout sends nothing for a route that is switched off in the chat.
func (r *Router) sendTimeout(ctx context.Context, s Services, f *form) error {
	first, err := eventOf(f, f.Body)
	if err != nil || r.compiled().offByName(f.Route, first) {
		return err
	}
	if s.Sender == nil {
		return ErrNoSender
	}
	m := api.PostText{AppID: first.AppID, To: first.Conversation.ID, Content: f.OnTimeout}
	o := NewMessage(m, Key(f.Start+"/"+f.Route+"/timeout"), AsAnswer(), Queued()) // other forms do not wait for its turn
	o.Source, o.Event = f.Route, f.Start
	_, err = s.Sender.Send(ctx, o)
	return err
}
