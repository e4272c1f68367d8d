package rules

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The values of Pick.
const (
	pickAll    = "all"
	pickRandom = "random"
	pickFirst  = "first"
)

// reply answers in the chat of the message.
func (p *ruleset) reply(c *router.Context, r *active) error {
	from, to := 0, len(r.Reply)
	if r.Pick == pickRandom && to > 0 {
		from = int(drawn(c.Event, r.Name, "reply") * float64(to))
		to = from + 1
	}
	var errs []error
	for i := from; i < to; i++ {
		err := p.part(c, r, i)
		if r.Pick == pickFirst && (!router.IsPermanent(err) || errors.Is(err, outbox.ErrUnknown)) {
			return err // it is sent, may be sent, or is tried again
		}
		errs = append(errs, err)
	}
	return router.Each(errs...)
}

// part sends one message of the answer.
func (p *ruleset) part(c *router.Context, r *active, i int) error {
	part, field, options, chat := &r.Reply[i], r.partField(i), r.options(router.AsAnswer()), chatOf(c)
	switch {
	case part.Image != "":
		path, err := p.picture(c, part.Image)
		if err != nil {
			return err
		}
		return chat.SendImage(path, options...)
	case part.File != "":
		return chat.SendFile(part.File, options...)
	case part.Voice != "":
		return chat.SendVoice(part.Voice, options...)
	case part.Card != "":
		name := p.h.Contacts().Contact(c, c.Account(), part.Card)
		_, err := chat.Send(api.PostNameCard{Wxid: part.Card, NickName: name}, options...)
		return err
	case part.Link != nil:
		title, err := r.render(c, field+".link.title")
		if err != nil {
			return err
		}
		desc, err := r.render(c, field+".link.desc")
		if err != nil {
			return err
		}
		_, err = chat.Send(api.PostLink{Title: title, Desc: desc, LinkURL: part.Link.URL, ThumbURL: part.Link.Thumb}, options...)
		return err
	}
	text, err := r.render(c, field)
	switch {
	case err != nil:
		return err
	case part.Quote:
		return c.ReplyQuote(text, options...)
	case part.Mention:
		return c.ReplyAt(text, options...)
	}
	return chat.SendText(text, options...)
}

// chatOf is where a message is answered: a friend request, with the person who has made it.
func chatOf(c *router.Context) *router.Chat {
	if f, ok := c.Payload().(*xmlmsg.FriendRequest); ok {
		return c.To(f.FromUsername)
	}
	return c.Chat()
}

// partField is where a message of the answer is in a file.
func (r *Rule) partField(i int) string {
	if len(r.Reply) == 1 {
		return "reply"
	}
	return fmt.Sprintf("reply[%d]", i)
}
