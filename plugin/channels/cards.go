package channels

import (
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// sameCard is how long a card is not sent to the same chat again.
const sameCard = 24 * time.Hour

// likedFor is how long it is known that a video has a heart.
const likedFor = 365 * 24 * time.Hour

// shown is what a card shows.
type shown struct{ ID, Channel, Text string }

func shownBy(payload xmlmsg.Payload) shown {
	switch m := payload.(type) {
	case *xmlmsg.FinderFeed:
		return shown{"feed/" + strconv.FormatUint(m.ObjectID, 10), m.Nickname, m.Desc}
	case *xmlmsg.FinderLive:
		return shown{"live/" + strconv.FormatUint(m.LiveID, 10), m.Nickname, m.Desc}
	case *xmlmsg.FinderCard:
		return shown{"card/" + m.Username, m.Nickname, m.Nickname}
	}
	return shown{}
}

// card has a card sent on, by the first entry that has it.
func (p *part) card(c *router.Context) error {
	if c.Event.Self {
		return nil
	}
	s := shownBy(c.Payload())
	for i, rule := range p.c.Cards {
		if len(rule.Channels) > 0 && !slices.Contains(rule.Channels, s.Channel) || len(rule.Keyword) > 0 && !has(s.Text, rule.Keyword) {
			continue
		}
		return c.Later("card", c.Event.Key(), plugin.Draw(rule.Delay), i)
	}
	c.Logger().Debug("the card is left alone: no entry of cards has it")
	return nil
}

// sendCard sends a card on, unless it was revoked.
func (p *part) sendCard(t *bot.Task[int]) error {
	if t.Data >= len(p.c.Cards) { // of another configuration
		return nil
	}
	revoked, err := plugin.Revoked(t.Context, plugin.MessageID(t.Context))
	if err != nil || revoked {
		return err
	}
	rule, s := p.c.Cards[t.Data], shownBy(t.Payload())
	var errs []error
	for _, to := range plugin.Chats(p.h, rule.To) {
		chat := t.To(to)
		if err := chat.Err(); err != nil {
			errs = append(errs, router.Permanent(err))
			continue
		}
		if chat.ID() == t.Conversation().ID {
			continue
		}
		first, err := t.Store(router.ByAccount).Claim(t, "sent/"+s.ID+"/"+chat.ID(), sameCard)
		if err != nil {
			return err
		}
		if !first {
			t.Logger().Info("the card is not sent on: the chat has got it within 24 hours", zap.String("to", chat.ID()))
			continue
		}
		errs = append(errs, t.Forward(chat.ID()))
	}
	if m, video := t.Payload().(*xmlmsg.FinderFeed); video && rule.Like {
		errs = append(errs, t.Later("like", t.Account()+"/"+s.ID, plugin.Draw(rule.Delay), feed{m.Username, api.ID(m.ObjectID)}))
	}
	if !rule.text.Empty() {
		errs = append(errs, t.Reply(rule.text.Fill(map[string]string{
			"Name": plugin.CleanName(t.SenderName(), "朋友"), "Time": t.Now().Format("15:04"), "Channel": plugin.CleanName(s.Channel, "视频号"),
		})))
	}
	return router.Each(errs...)
}

// feed is a video that is liked.
type feed struct {
	Of string
	ID api.ID
}

// like gives a video a heart, each once. If nobody knows whether the service has done it, it is not
// done again.
func (p *part) like(t *bot.Task[feed]) error {
	if p.h.Dry() {
		t.Logger().Info("dry run: a video would get a heart")
		return nil
	}
	me, err := p.me(t, t.Account())
	if err != nil {
		return err
	}
	video, err := p.video(t, t.Account(), t.Data.Of, t.Data.ID)
	if err != nil {
		return err
	}
	if video == nil {
		t.Logger().Info("a video gets no heart: it is not among the newest of its channel")
		return nil
	}
	first, err := t.Store(router.ByAccount).Claim(t, "liked/"+t.Data.ID.String(), likedFor)
	if err != nil || !first {
		return err
	}
	return plugin.Step(t.Context, "like", func() error {
		return p.h.Client().Finder.Heart(t, api.FinderHeartRequest{
			FinderIdentity: api.FinderIdentity{AppID: t.Account(), MyUserName: me}, FinderVideo: video.Video(),
			ToUserName: t.Data.Of, Op: api.FinderHeartGive,
		})
	})
}
