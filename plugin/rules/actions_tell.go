package rules

import (
	"cmp"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// askTime is how long a question waits for its answer.
const askTime = 24 * time.Hour

// tell sends a note about the message.
func (p *ruleset) tell(c *router.Context, r *active) error {
	if r.Tell == nil {
		return nil
	}
	text, err := r.render(c, "tell.text")
	if err != nil {
		return err
	}
	if text == "" {
		where := cmp.Or(c.GroupName(), "私聊")
		text = where + " · " + cmp.Or(c.SenderName(), person(c)) + "\n> " + plugin.CleanText(what(c), 200)
	}
	return p.note(c, r.Tell.To, text)
}

// ask asks the person who has to agree. It reports whether the rule may act.
func (p *ruleset) ask(c *router.Context, r *active) (bool, error) {
	if a := r.Ask; a != nil && !r.DryRun {
		text, err := r.render(c, "ask.text")
		if err != nil {
			return false, err
		}
		options := []router.AskOption{router.Timeout(cmp.Or(a.Within, askTime))}
		if a.No != "" {
			options = append(options, router.OnTimeout(a.No))
		}
		agreed, err := p.askPerson(c, a.By, text, options)
		if err == nil && !agreed && a.No != "" {
			err = c.Reply(a.No)
		}
		if err != nil || !agreed {
			return false, err
		}
	}
	f := r.Forward.Confirm
	if f == nil || r.DryRun || f.Name != nil && !f.Name.MatchString(nameOf(c)) {
		return true, nil
	}
	question := "规则 " + r.Name + "：转发 " + plugin.CleanText(what(c), 60) + "（来自 " + cmp.Or(c.SenderName(), c.Sender()) + "）吗？"
	return p.askPerson(c, f.By, question, []router.AskOption{router.Timeout(cmp.Or(f.Within, askTime))})
}

// nameOf is what a person would tell a message by: the name of its file, its title, or its text.
func nameOf(c *router.Context) string {
	m := messageOf(&c.Subject, time.UTC)
	return cmp.Or(m.FileName, m.Title, m.Text)
}

// askPerson asks one person; an empty one is the first of the people in charge.
func (p *ruleset) askPerson(c *router.Context, who, question string, options []router.AskOption) (bool, error) {
	people := plugin.Chats(p.h, []string{cmp.Or(who, wordOwner)})
	if len(people) == 0 {
		return false, router.Permanent(errors.New("rules: nobody can be asked: name the people in charge in owners"))
	}
	return c.AskOther(people[0], question, options...)
}

// NeedsOwners is the field for which the bot needs people in charge (bot.Config.Owners), such as
// "tell"; empty if there is none.
func (r *Rule) NeedsOwners() string {
	isOwner := func(list ...string) bool {
		for _, who := range list {
			if who == wordOwner || who == wordOwners {
				return true
			}
		}
		return false
	}
	switch {
	case r.Ask != nil && isOwner(cmp.Or(r.Ask.By, wordOwner)):
		return "ask"
	case r.Forward.Confirm != nil && isOwner(cmp.Or(r.Forward.Confirm.By, wordOwner)):
		return "forward.confirm"
	case r.Tell != nil && isOwner(r.Tell.To...):
		return "tell"
	case isOwner(r.Notify...):
		return "notify"
	}
	return ""
}
