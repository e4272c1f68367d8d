package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/outbox"
)

// explanation is why the bot answers a message, or does not.
type explanation struct {
	Say     string        `json:"say,omitempty"`
	As      string        `json:"as,omitempty"`
	In      string        `json:"in,omitempty"`
	Account string        `json:"account,omitempty"`
	Key     string        `json:"event,omitempty"`
	Asked   bool          `json:"asked"`
	Err     string        `json:"error,omitempty"`
	Hears   bool          `json:"hears"`
	HearWhy string        `json:"hears_why,omitempty"`
	Muted   string        `json:"chat_paused,omitempty"`
	Kind    string        `json:"kind,omitempty"`
	Taken   string        `json:"taken,omitempty"` // the rule that answers
	Rules   []ruleVerdict `json:"rules,omitempty"`
	Missed  []run         `json:"unanswered,omitempty"`   // messages that no rule took
	Waits   []string      `json:"answer_waits,omitempty"` // why an answer would wait, or not go out
}

// explain tells what the rules say to a text, or to an event that is kept. Nothing is sent.
func (c *Console) explain(ctx context.Context, x explanation) explanation {
	x.Missed = c.seen.unhandled(8)
	var e *callback.Event
	switch {
	case x.Key != "":
		if e, _ = c.findEvent(ctx, x.Key); e == nil {
			x.Err = "gone"
			return x
		}
	case x.Say != "":
		var err error
		if e, err = c.imagine(ctx, &x); err != nil {
			x.Err = strings.TrimPrefix(strings.TrimPrefix(firstLine(err.Error()), "console: "), "contacts: ")
			return x
		}
	default:
		return x
	}
	x.Asked, x.Account, x.Kind = true, e.AppID, string(e.Kind())
	chat := e.Conversation.ID
	heard, err := c.bot.Hears(ctx, e.AppID, chat, e.Sender)
	if err != nil {
		x.Err = firstLine(err.Error())
	}
	x.Hears, x.HearWhy = heard.Hears, heard.Why
	x.Waits = c.waits(ctx, e.AppID, chat, heard.Paused)
	x.Rules = c.verdicts(e) //nolint:contextcheck // Explain bounds its time itself
	for _, v := range x.Rules {
		if v.Handles && !v.Observer && x.Taken == "" {
			x.Taken = v.Name
		}
	}
	return x
}

// waits are the reasons for which an answer to a chat would wait now, or be dropped: those that do
// not depend on what it says.
func (c *Console) waits(ctx context.Context, account, chat string, paused bool) (why []string) {
	pauses, _ := outbox.Pauses(ctx, c.back.State()) // the page says that the store does not answer
	for _, p := range pauses {
		if p.Account == "" || p.Account == account {
			why = append(why, reason.SendingStopped.With(p.Reason))
		}
	}
	if len(why) == 0 && c.bot.Health(ctx).Paused {
		why = append(why, reason.StopFile.String())
	}
	if paused {
		why = append(why, reason.ChatPaused.String())
	}
	if until, err := outbox.MutedUntil(ctx, c.back.State(), account, chat); err == nil && until.After(c.h.Now()) {
		why = append(why, reason.ChatMuted.String())
	}
	if b, ok := c.seen.budgetOf(account); ok && (b.PerHour > 0 && b.HourLeft <= 0 || b.PerDay > 0 && b.DayLeft <= 0) {
		why = append(why, reason.BudgetUsed.String())
	}
	return why
}

// errWho means that nobody is named who says it.
var errWho = errors.New("console: name the person who says it, by name or id")

// imagine makes the event of a text that somebody would say.
func (c *Console) imagine(ctx context.Context, x *explanation) (*callback.Event, error) {
	if x.Account == "" {
		all := c.h.Accounts()
		if len(all) == 0 {
			for _, a := range c.accounts(ctx) {
				all = append(all, a.AppID)
			}
		}
		if len(all) == 0 {
			return nil, errors.New("console: no account is known yet: log in, or wait for the first message")
		}
		x.Account = all[0]
	}
	find := func(name string) (string, error) {
		if strings.HasPrefix(name, "wxid_") || isGroup(name) {
			return name, nil
		}
		id, err := c.h.Contacts().Find(ctx, x.Account, name)
		if err != nil {
			return "", fmt.Errorf("console: %w", err)
		}
		return id, nil
	}
	group, person := "", strings.TrimSpace(x.As)
	var err error
	if in := strings.TrimSpace(x.In); in != "" {
		if group, err = find(in); err != nil {
			return nil, err
		}
	}
	switch {
	case person == "" && group == "":
		return nil, errWho
	case person == "":
		person = "wxid_somebody"
	case group != "":
		if id, err := c.h.Contacts().FindMember(ctx, x.Account, group, person); err == nil {
			person = id
			break
		}
		fallthrough
	default:
		if person, err = find(person); err != nil {
			return nil, err
		}
	}
	return textEvent(x.Account, c.h.Wxid(x.Account), group, person, x.Say, c.h.Now().Unix())
}

// textEvent is the event of a text.
func textEvent(account, own, group, person, text string, at int64) (*callback.Event, error) {
	if own == "" {
		own = "wxid_own"
	}
	from, content := person, text
	if group != "" {
		from, content = group, person+":\n"+text
	}
	type word struct {
		String string `json:"string"`
	}
	body, err := json.Marshal(map[string]any{
		"TypeName": "AddMsg", "Appid": account, "Wxid": own,
		"Data": map[string]any{
			"MsgId": 1, "NewMsgId": 1, "MsgSeq": 1, "MsgType": 1, "Status": 3, "CreateTime": at,
			"FromUserName": word{from}, "ToUserName": word{own}, "Content": word{content},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return callback.Decode(body)
}
