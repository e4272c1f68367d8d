package welcome

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// some is a list of names, of which only the first are named.
func (w *welcome) some(names []string) string {
	shown := names[:min(len(names), max(w.c.MaxNames, 1))]
	text := strings.Join(shown, "、")
	if len(names) > len(shown) {
		text += " 等 " + strconv.Itoa(len(names)) + " 人"
	}
	return text
}

// inGroup greets new members in their group.
func (w *welcome) inGroup(t *bot.Task[newcomers], people []xmlmsg.Person, group string) error {
	var names, at []string
	var mentions strings.Builder
	for i, p := range people {
		name := plugin.CleanName(p.Nickname, "新朋友")
		names = append(names, name)
		if p.Username != "" && i < max(w.c.MaxNames, 1) {
			at = append(at, p.Username)
			mentions.WriteString("@" + name + "\u2005")
		}
	}
	var errs []error
	if !w.text.Empty() {
		all := w.some(names)
		text := w.text.Fill(map[string]string{
			"Mentions": mentions.String(), "Names": all, "Name": all, "Count": strconv.Itoa(len(people)),
			"Inviter": plugin.CleanName(t.Data.Inviter, "群友"), "GroupName": group,
		})
		switch {
		case w.placed:
		case w.c.Mention:
			text = mentions.String() + text
		default:
			at = nil
		}
		_, err := t.Chat().Send(api.PostText{Content: text, At: at})
		errs = append(errs, err)
	}
	if w.c.Image != "" {
		errs = append(errs, t.Chat().SendImage(w.c.Image))
	}
	if e := w.c.Emoji; e != nil {
		_, err := t.Chat().Send(api.PostEmoji{MD5: strings.ToLower(e.MD5), Size: e.Size})
		errs = append(errs, err)
	}
	if l := w.c.Link; l != nil {
		_, err := t.Chat().Send(api.PostLink{Title: l.Title, Desc: l.Desc, LinkURL: l.URL, ThumbURL: l.Thumb})
		errs = append(errs, err)
	}
	return router.Each(errs...)
}

// inPrivate writes to those new members who are friends of the account: WeChat delivers nothing to
// others. Nobody has asked, so the gates and the limits for that hold.
func (w *welcome) inPrivate(t *bot.Task[newcomers], people []xmlmsg.Person, group string) error {
	if w.private.Empty() {
		return nil
	}
	friends, err := router.Remember(t.Context, "friends", func() ([]xmlmsg.Person, error) {
		list, err := w.h.Contacts().List(t, t.Account())
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what failed
		}
		stranger := func(p xmlmsg.Person) bool { return !slices.Contains(list.Friends, p.Username) }
		return slices.DeleteFunc(slices.Clone(people), stranger), nil
	})
	errs := []error{err}
	for _, p := range friends {
		text := w.private.Fill(map[string]string{"Name": plugin.CleanName(p.Nickname, "朋友"), "GroupName": group})
		err := t.To(p.Username).SendText(text, router.AsProactive())
		var refused *outbox.RefusedError
		if errors.As(err, &refused) && refused.Gate != "" { // nothing failed
			t.Logger().Info("a new member gets nothing in private: " + refused.Reason)
			err = nil
		}
		errs = append(errs, err)
	}
	return router.Each(errs...)
}
