package soak_test

import (
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// answerDelay is how long answers are put off: often long enough for another message of the same
// person.
const answerDelay = 80 * time.Millisecond

// answerLater answers every second person by a task, whose data grows with each message, and the
// others by turns. Some handlers fail once, after they have asked for the task.
func answerLater(b *bot.Bot) {
	var even, odd []string
	for i := range 100 {
		if i%2 == 0 {
			even = append(even, wxid(i))
		} else {
			odd = append(odd, wxid(i))
		}
	}
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		err := c.Later("answer", c.SenderKey(), answerDelay, []string{m.Body}, bot.Merge(func(before, now []string) []string {
			return append(before, now...)
		}))
		if err == nil && len(m.Body)%2 == 0 && c.Attempt() == 1 && m.Body[len(m.Body)-1] == '5' {
			return errors.New("soak: it fails after it has asked")
		}
		return err
	}, match.From(even...)).Named("later")
	b.Task("answer", func(t *bot.Task[[]string]) error {
		var unknown error
		for i, text := range t.Data {
			if err := answer(t.Context, text, &unknown); err != nil {
				return err
			}
			if i == 0 && text[len(text)-1] == '3' && t.Attempt() == 1 {
				return errors.New("soak: it fails after it has sent")
			}
		}
		return unknown
	}, bot.RetryFor(time.Hour), bot.Backoff(10*time.Millisecond, time.Second))
	b.Where(match.From(odd...)).Batch(router.BySender, answerDelay, func(_ *router.Context, turn []*router.Context) error {
		var unknown error
		for _, m := range turn {
			if err := answer(m, m.Said(), &unknown); err != nil {
				return err
			}
		}
		return unknown
	}).Named("turns")
}

// answer answers one message. An answer that may have been sent does not keep the next from going
// out.
func answer(c *router.Context, text string, unknown *error) error {
	err := c.Reply("re: " + text)
	if u := (*outbox.UnknownError)(nil); errors.As(err, &u) {
		*unknown = err
		return nil
	}
	return err
}
