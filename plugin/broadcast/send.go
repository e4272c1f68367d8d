package broadcast

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// The outcomes of a recipient.
const (
	sent    = "已发"
	skipped = "跳过"
	failed  = "失败"
	unknown = "未知（可能已发，不会重发）"
)

// lookAgain is the time until a message that waits in the outbox, for a limit or the end of the
// quiet hours, is looked at again. The next recipient waits for it, so that a stop stops.
const lookAgain = time.Minute

// step sends to the next recipient, and asks for the step after it.
func (p *part) step(t *bot.Task[string]) error {
	var r run
	if _, err := p.h.Store().Get(t, keyRun, &r); err != nil {
		return err
	}
	if r.ID != t.Data || r.State == paused || r.State == stopped {
		return nil
	}
	if r.Next >= len(r.Targets) {
		return p.finish(t, r)
	}
	now := t.Now()
	if open := opening(p.hours, now); open.After(now) {
		return t.Later("step", r.ID, open.Sub(now), r.ID)
	}
	outcome, err := p.send(t, r)
	switch {
	case err != nil:
		return err
	case outcome == "":
		return t.Later("step", r.ID, lookAgain, r.ID)
	}
	i := r.Next
	r, err = p.update(t.Context, func(now run) run {
		if now.ID == r.ID && now.Next == i {
			now.Targets[i].Outcome, now.Next = outcome, i+1
		}
		return now
	})
	switch {
	case err != nil:
		return err
	case r.Next >= len(r.Targets):
		return p.finish(t, r)
	}
	gap := plugin.Draw(p.c.Gap)
	if strings.HasPrefix(outcome, skipped) {
		gap = 0
	}
	return t.Later("step", r.ID, p.rest(r.Next, gap), r.ID)
}

// send sends to the next recipient, and returns its outcome; empty if the message waits.
func (p *part) send(t *bot.Task[string], r run) (string, error) {
	to := r.Targets[r.Next]
	if slices.ContainsFunc(p.h.Bot().Plugins(t, r.Account, to.ID), func(s bot.PluginState) bool { return s.Name == p.name && !s.On }) {
		return skipped + "：那里关了这个插件", nil
	}
	all, err := r.sends(to)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Append(nil, all...))
	same := "same/" + r.Account + "/" + to.ID + "/" + hex.EncodeToString(sum[:12])
	var before string // the run that sent it
	before, err = router.Update(t, p.h.Store(), same, p.c.SameWithin, func(id string) (string, error) {
		if id == "" {
			id = r.ID
		}
		return id, nil
	})
	if err != nil {
		return "", err
	}
	if before != r.ID {
		return skipped + "：刚收到过同样的内容", nil
	}
	key := "broadcast/" + r.ID + "/" + to.ID
	for _, m := range all {
		outcome, err := p.sendOne(t, to, m.(api.Send), key)
		if outcome != sent {
			return outcome, err
		}
		key += "/message" // after the text
	}
	return sent, nil
}

// sends are the messages to a recipient: the text, and what the command has quoted.
func (r *run) sends(to target) (all []any, err error) {
	filled, err := r.text(to)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(filled) != "" {
		all = append(all, api.PostText{Content: filled})
	}
	if r.Message != nil {
		m, err := router.ForwardOf(r.Message.event())
		if err != nil {
			return nil, router.Permanent(err)
		}
		all = append(all, m)
	}
	return all, nil
}

// text is the text for a recipient.
func (r *run) text(to target) (string, error) {
	text, err := router.ParseTemplate(r.Text)
	if err != nil {
		return "", err //nolint:wrapcheck // it names the template
	}
	return text.Fill(to.fields()) //nolint:wrapcheck // it names the template
}

// sendOne sends a message to a recipient.
func (p *part) sendOne(t *bot.Task[string], to target, m api.Send, key string) (string, error) {
	message, err := t.To(to.ID).Send(m, router.Key(key))
	switch {
	case errors.Is(err, outbox.ErrUnknown):
		return unknown, nil
	case errors.Is(err, outbox.ErrPending):
		return "", nil
	case errors.Is(err, outbox.ErrRefused), errors.Is(err, outbox.ErrExpired), router.IsPermanent(err):
		return failed + "：" + reason(err), nil
	case err != nil:
		return "", err
	case p.h.Dry():
		return "演练", nil
	case message == nil || message.MsgID == 0 && message.NewMsgID == 0 && message.CreateTime == 0:
		return "", nil
	}
	return sent, nil
}

// reason is why a message was not sent, for the report.
func reason(err error) string {
	var refused *outbox.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Reason != "":
		return refused.Reason
	case errors.Is(err, outbox.ErrExpired):
		return "没有及时轮到"
	}
	return "被拒绝"
}

// finish ends a run with its report.
func (p *part) finish(t *bot.Task[string], r run) error {
	if _, err := p.update(t.Context, func(now run) run {
		if now.ID == r.ID {
			now.State = done
		}
		return now
	}); err != nil {
		return err
	}
	var errs []error
	for _, to := range plugin.Chats(p.h, p.c.Report) {
		errs = append(errs, t.To(to).SendText("群发结束。\n"+r.report(), router.AsAnswer(), router.MaxParts(0)))
	}
	return router.Each(errs...)
}

// report has a line for each recipient.
func (r *run) report() string {
	counts := map[string]int{}
	var lines []string
	for i, t := range r.Targets {
		outcome := t.Outcome
		if outcome == "" {
			outcome = "没发"
		}
		kind, _, _ := strings.Cut(outcome, "：")
		kind, _, _ = strings.Cut(kind, "（")
		counts[kind]++
		lines = append(lines, fmt.Sprintf("%d. %s %s", i+1, t.Name, outcome))
	}
	var head []string
	for _, kind := range []string{sent, failed, "未知", skipped, "没发", "演练"} {
		if counts[kind] > 0 {
			head = append(head, fmt.Sprintf("%s %d", kind, counts[kind]))
		}
	}
	return strings.Join(head, "，") + "\n" + strings.Join(lines, "\n")
}
