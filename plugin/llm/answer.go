package llm

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
	"github.com/hongyan-go/hongyan/router"
)

// tries is how often the model is asked for an answer.
const tries = 3

// stale is how old a question may be: after that, nobody waits for its answer any more.
const stale = 10 * time.Minute

// answer answers the open questions of a person. A newer question ends it through its context: then
// nothing was sent, and the next run answers both.
func (p *llm) answer(t *bot.Task[string]) error {
	c := t.Context
	var open []question
	if _, err := c.Store(router.BySender).Get(c, openKey, &open); err != nil {
		return err //nolint:wrapcheck // it names the value
	}
	if len(open) == 0 {
		return nil
	}
	muted, err := c.Muted()
	if err != nil {
		return err
	}
	if muted || c.Now().Sub(open[len(open)-1].Asked) > stale {
		return p.close(c, open)
	}
	a, err := router.Remember(c, "answer", func() (answer, error) { return p.ask(c, open) })
	if c.Err() != nil && (err != nil || !a.Changed) {
		return context.Cause(c) //nolint:wrapcheck // of the task
	}
	c = c.WithContext(context.WithoutCancel(c)) // from here on the answer is complete, or not there
	if err != nil {
		if !service.IsPermanent(err) && c.Attempt() < tries {
			return err
		}
		p.h.Logger().Warn("the model does not answer", zap.String("chat", c.Conversation().ID), zap.Error(err))
		if err := p.say(c, &p.c.Failed, router.Queued()); err != nil {
			return err
		}
		return p.close(c, open)
	}
	if text := strings.TrimSpace(a.Text); p.isBlocked(text) {
		a.Text, a.Chat = "", ""
		err = p.say(c, &p.c.Refused, router.Queued())
	} else {
		a.Text = text
		err = p.reply(c, text)
	}
	if err != nil {
		return err
	}
	if err := p.remember(c, open, a); err != nil {
		return err
	}
	return p.close(c, open)
}

// reply sends an answer in parts. The parts are in the queue at once, and keep the pace there.
func (p *llm) reply(c *router.Context, text string) error {
	text = p.c.ReplyPrefix + text
	options := []router.SendOption{router.Queued(), router.SplitAt(p.c.Split), router.MaxParts(0)}
	if p.c.Quote {
		return c.ReplyQuote(text, options...)
	}
	return c.ReplyAt(text, options...)
}

// answer is what the model says.
type answer struct {
	Text string `json:"text"`
	Chat string `json:"chat,omitempty"` // id of the conversation, of a backend that remembers itself
	// Read means that it read what a tool found, Changed that a tool may have changed something.
	Read    bool `json:"read,omitempty"`
	Changed bool `json:"changed,omitempty"`
}

// ask asks the model.
func (p *llm) ask(c *router.Context, open []question) (answer, error) {
	text, err := asJSON(open)
	if err != nil {
		return answer{}, err
	}
	known, err := p.recall(c)
	if err != nil {
		return answer{}, err
	}
	own, err := p.at(c)
	if err != nil {
		return answer{}, err
	}
	r := model.Request{System: own.prompt(), Text: text, Chat: known.Chat, Person: person(c)}
	for _, q := range open {
		r.Pictures = append(r.Pictures, q.Pictures...)
	}
	r.Pictures = r.Pictures[max(0, len(r.Pictures)-maxPictures):]
	var a answer
	if tools := p.offered(c, own, open); len(tools) > 0 {
		r.Turns = known.turns(func(x exchange) bool { return !x.Others })
		a, err = p.converse(c, own, r, tools)
	} else {
		r.Turns = known.turns(func(exchange) bool { return true })
		var got model.Answer
		if got, err = own.Ask(c, p.client, r); err == nil {
			a.Text, a.Chat = got.Text, got.Chat
			err = p.pay(c, own, got.Usage)
		}
	}
	if err != nil {
		return answer{}, err
	}
	if a.Text = strings.TrimSpace(a.Text); a.Text == "" {
		return answer{}, errEmpty
	}
	return a, nil
}

// errEmpty is an answer without text.
var errEmpty = errors.New("llm: the model's answer is empty")

// close forgets questions that are answered.
func (p *llm) close(c *router.Context, done []question) error {
	_, err := router.Update(c, c.Store(router.BySender), openKey, time.Hour, func(open []question) ([]question, error) {
		return slices.DeleteFunc(open, func(q question) bool {
			return slices.ContainsFunc(done, func(d question) bool { return d.ID == q.ID })
		}), nil
	})
	return err //nolint:wrapcheck // it names the value
}
