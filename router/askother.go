package router

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/journal"
)

// askOtherTimeout is how long a question to another person waits for its answer.
const askOtherTimeout = 24 * time.Hour

// AskOther asks another person, by wxid, in their private chat with the account, and returns
// whether the answer is yes. Like Ask it returns ErrWaiting while there is no answer, which the
// handler must return; the handler runs again from its start when the answer comes, also after a
// restart. In the meantime the chat of the event goes on: its messages, also those of the sender,
// are handled.
//
//	ok, err := c.AskOther(owner, "转发 "+f.Name+" 吗？")
//	if err != nil || !ok {
//		return err
//	}
//	return c.Forward(target)
//
// Each question has a number, which is sent with it. The answer is 是 or 否, 同意 or 拒绝, yes or
// no, with the number if several questions to the person are open, or as a quote of the question.
// Of the options, Timeout (24 hours without it) and OnTimeout count: the text goes to the chat of
// the event. A handler may ask several people, and the sender before them, but not the sender
// after them.
func (c *Context) AskOther(person, question string, options ...AskOption) (bool, error) {
	j := &c.run.journal
	switch {
	case c.services.State == nil:
		return false, ErrNoState
	case c.route == nil || c.route.observer:
		return false, ErrCannotAsk
	case j.Waiting():
		return false, ErrWaiting
	case person == "":
		return false, Permanent(errors.New("router: AskOther: the person is empty: give a wxid"))
	}
	c.run.askedOther = true
	key := journal.FormKey("other", c.identity(), c.Route())
	over, err := j.Move(c, c.journal(), key)
	switch {
	case err != nil:
		return false, formError(err)
	case over:
		return false, ErrWaiting
	case j.Form() == nil:
		j.Begin(c.newForm())
	}
	if s, ok := j.Step(c.Route()); ok {
		return s.Text == yes, stepError(s)
	}
	number, err := c.register(person, pending{Key: key, Step: len(j.Form().Steps), Text: question})
	if err != nil {
		return false, err
	}
	if !j.Asked(c.Route()) {
		if err := c.sendQuestion(person, question, number); err != nil {
			return false, err
		}
	}
	q := newQuestion("", append([]AskOption{Timeout(askOtherTimeout)}, options...))
	q.cancel = nil
	if j.Form().Answer == nil {
		return false, c.wait(q)
	}
	e, err := eventOf(j.Form(), j.Form().Answer)
	if err != nil {
		return false, err
	}
	answer := c.heard(e)
	decision, _ := readDecision(answer.Said())
	step := journal.Step{Text: decision}
	return decision == yes, formError(j.Record(c, step))
}

// sendQuestion sends a question to another person. It does not wait for the morning, as the answer
// to an event.
func (c *Context) sendQuestion(person, question string, number int) error {
	n := strconv.Itoa(number)
	text := question + "\n" + questionMark + n + "：请回复“是”或“否”；有多个问题时带上编号，如“是 " + n + "”。"
	_, err := c.Send(api.PostText{To: person, Content: text}, AsAnswer())
	return err
}

// otherAnswer is a message that may answer a question of AskOther.
type otherAnswer struct {
	person  pendings
	number  int    // of the question; 0 if it names none
	key     string // of the form, if that is certain
	certain bool
}

// readOther reads which question of AskOther a message may answer; nil if none.
func (c *Context) readOther() (*otherAnswer, error) {
	e := c.Event
	if e.Conversation.IsGroup() || e.Self || c.values.Spoken {
		return nil, nil
	}
	decision, number := readDecision(c.Said())
	if decision == "" {
		return nil, nil
	}
	p, _, err := c.pendings(e.Sender)
	if err != nil || len(p.Open)+len(p.Answers) == 0 {
		return nil, err
	}
	if number == 0 {
		number = quotedNumber(e)
	}
	a := &otherAnswer{person: p, number: number}
	if a.key = p.answered(c.identity()); a.key != "" {
		a.certain = true
	} else if open, ok := p.Open[number]; ok {
		a.key, a.certain = open.Key, true
	}
	return a, nil
}

// resumeOther takes an answer to a question of AskOther, and runs the handler that has asked again.
// It reports false if the message answers none.
func (t *table) resumeOther(c *Context, a *otherAnswer) (bool, error) {
	if !a.certain {
		open, err := c.stillOpen(a.person)
		if err != nil || len(open) == 0 || a.number != 0 {
			return false, err
		}
		if len(open) > 1 {
			c.run.outcome.Route = "AskOther"
			return true, c.Reply(listPending(open))
		}
		a.number, a.key = open[0].number, open[0].Key
	}
	// Before the form has the answer, so that the same message never answers another question.
	if err := c.noteAnswer(c.Event.Sender, c.identity(), a.key); err != nil {
		return false, err
	}
	f, err := c.openForm(a.key)
	if f == nil || err != nil {
		return false, err
	}
	first, err := eventOf(f, f.Body)
	if err != nil {
		return false, err
	}
	if f.Status == journal.Waiting && t.offByName(f.Route, first) { // the question waits until it is switched on
		c.run.outcome.Route = f.Route
		return true, c.Reply("这个功能现在关着，答复没有生效。打开以后请再答一次。")
	}
	m := journal.Message{ID: c.identity(), Written: c.Event.Time}
	verdict, err := c.run.journal.Judge(c, f, m, c.router.sayBy(c.services))
	if err != nil {
		return false, formError(err)
	}
	if verdict == journal.Unrelated && f.Status == journal.Waiting { // written before the question
		return false, nil
	}
	c.run.outcome.Route = f.Route
	switch verdict {
	case journal.Handled:
		return true, nil
	case journal.Repeated, journal.InTime:
		return t.rerun(c, f, m.ID, verdict == journal.Repeated)
	case journal.Abandoned:
		c.Logger().Warn("a form has ended: its handler failed", zap.String("form", f.Route))
	case journal.Unrelated:
	}
	if a.number == 0 {
		return true, c.Reply("这个问题已经结束，答复没有生效。")
	}
	return true, c.Reply(fmt.Sprintf("问题 %d 已经结束，答复没有生效。", a.number))
}
