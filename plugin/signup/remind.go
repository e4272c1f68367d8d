package signup

import (
	"strconv"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// waiting is somebody who has not answered the question of a form.
type waiting struct{ Wxid, Name, Account, Chat, Question string }

func remindKey(c *router.Context) string {
	return c.Account() + " " + c.Conversation().ID + " " + c.Sender()
}

// remindLater has somebody reminded of the nth question, unless they go on to the next one before.
func (p *form) remindLater(c *router.Context, n int, question string) error {
	if p.c.Remind <= 0 {
		return nil
	}
	w := waiting{c.Sender(), plugin.CleanName(c.SenderName(), "群友"), c.Account(), c.Conversation().ID, question}
	return p.later(c, strconv.Itoa(n), "remind", remindKey(c), p.c.Timeout-p.c.Remind, w)
}

// remind reminds somebody who has not answered.
func (p *form) remind(t *bot.Task[waiting]) error {
	w := t.Data
	if callback.IsGroup(w.Chat) && !p.h.On(t, w.Account, w.Chat) {
		return nil
	}
	return p.h.Chat(t, w.Account, w.Chat).Mention([]xmlmsg.Person{{Username: w.Wxid, Nickname: w.Name}},
		"报名还没填完，在等你回答："+w.Question+"\n不报了就发“"+p.c.Cancel[0]+"”。", router.AsAnswer())
}
