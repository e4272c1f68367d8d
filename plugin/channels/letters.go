package channels

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

const (
	tellAfter  = 20 * time.Second // letters of that time are told together
	tellMost   = time.Minute
	maxTold    = 20  // letters that are told one by one
	maxQuoted  = 100 // characters of a letter or a comment
	rememberID = 7 * 24 * time.Hour
	profileFor = 24 * time.Hour
)

// arrived has the letters in an event of Channels looked at.
func (p *part) arrived(c *router.Context) error {
	other, ok := c.Payload().(*callback.Other)
	if !ok || !isEvent(other.TypeName) {
		return nil
	}
	for _, l := range lettersOf(c.Event.Body) {
		if err := c.Later("letter", c.Account()+"/"+l.ID, 0, l); err != nil {
			return err
		}
	}
	return nil
}

// letter tells of a letter, and has it answered. A letter that is posted twice counts once.
func (p *part) letter(t *bot.Task[letter]) error {
	l := t.Data
	first, err := t.Store(router.ByAccount).Claim(t, "letter/"+l.ID, rememberID)
	if err != nil || !first {
		return err
	}
	me, err := p.me(t, t.Account())
	if err != nil {
		return err
	}
	if l.From == me {
		return nil
	}
	if !strings.HasSuffix(l.To, "@finder") {
		l.To = me
	}
	name, err := router.Remember(t.Context, "name", func() (string, error) { return p.nameOf(t, t.Account(), me, l.From), nil })
	if err != nil {
		return err
	}
	said := plugin.CleanText(l.Text, maxQuoted)
	if said == "" {
		said = "（不是文字）"
	}
	line := told{t.Account(), []string{name + "：" + said}}
	if err := t.Later("tell", t.Account(), tellAfter, line, bot.Merge(func(before, now told) told {
		before.Lines = append(before.Lines, now.Lines...)
		return before
	}), func(r *router.TaskRequest) { r.Most = tellMost }); err != nil {
		return err
	}
	if !p.c.Letters.wants(l.Text) {
		p.h.Logger().Debug("a letter is not answered: it has no keyword", zap.String("person", l.From))
		return nil
	}
	if ok, err := p.may(t.Context, &p.c.Letters, "letters", l.From, l.ID); err != nil || !ok {
		return err
	}
	text := p.c.Letters.text.Fill(map[string]string{"Name": name, "Time": t.Now().Format("15:04")})
	return t.Later("answer", t.Account()+"/"+l.ID, plugin.Draw(p.c.Letters.Delay), answer{l, text})
}

// may counts an answer, and reports whether it may be sent.
func (p *part) may(c *router.Context, a *Answers, kind, who, id string) (bool, error) {
	var why string
	first, err := c.Store(router.ByAccount).Claim(c, kind+"/answered/"+who, a.OncePer)
	switch {
	case err != nil:
		return false, err
	case !first:
		why = "this person was answered within once_per"
	case a.hours != nil && !a.hours.Contains(c.Now()):
		why = "it is outside of hours"
	default:
		ok, err := a.PerDay.Take(c, c.Store(router.ByAccount), kind+"/per_day", id)
		if err != nil || ok {
			return ok, err
		}
		why = "per_day are answered"
	}
	p.h.Logger().Info("not answered: "+why, zap.String("person", who))
	return false, nil
}

// told are letters that are told together.
type told struct {
	Account string
	Lines   []string
}

// tell tells of letters.
func (p *part) tell(t *bot.Task[told]) error {
	lines := t.Data.Lines
	text := fmt.Sprintf("视频号收到 %d 条私信：\n%s", len(lines), strings.Join(lines[:min(len(lines), maxTold)], "\n"))
	if more := len(lines) - maxTold; more > 0 {
		text += fmt.Sprintf("\n另有 %d 条。", more)
	}
	return p.c.Tell(t, p.h, t.Data.Account, text)
}

// answer is an answer that waits.
type answer struct {
	Letter letter
	Text   string
}

// answer answers a letter.
func (p *part) answer(t *bot.Task[answer]) error {
	l := t.Data.Letter
	_, err := t.Send(api.FinderPostDirectMessageRequest{
		FinderConversation: api.FinderConversation{AppID: t.Account(), MyUserName: l.To, ToUserName: l.From, SessionID: l.Session},
		Content:            t.Data.Text,
	}, router.Key(p.h.Name()+"/letter/"+l.ID), router.AsAnswer(), router.TTL(outbox.DefaultAnswerTTL))
	return err
}

// me is the username of an account in Channels.
func (p *part) me(ctx context.Context, account string) (me string, err error) {
	store := p.h.Store().Account(account)
	if known, err := store.Get(ctx, "me", &me); err != nil || known {
		return me, err
	}
	profile, err := p.h.Client().Finder.GetProfile(ctx, account)
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	return profile.MainFinderUserName, store.Set(ctx, "me", profile.MainFinderUserName, profileFor)
}

// nameOf is the name of somebody who has written a letter; their username if it is not known.
func (p *part) nameOf(ctx context.Context, account, me, who string) string {
	found, err := p.h.Client().Finder.GetContacts(ctx, api.FinderGetContactsRequest{
		FinderIdentity: api.FinderIdentity{AppID: account, MyUserName: me}, UserName: who,
	})
	if err != nil || len(found) == 0 {
		p.h.Logger().Info("the name of somebody in Channels is not known", zap.Error(err))
		return plugin.CleanName(who, "有人")
	}
	return plugin.CleanName(found[0].NickName, plugin.CleanName(who, "有人"))
}
