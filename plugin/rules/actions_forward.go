package rules

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The values of the keys of forward.
const (
	byMD5    = "md5"
	byText   = "text"
	thenSkip = "skip"
	thenLine = "line"
	download = "download"
)

// defaultDedupe is how long a thing is the same without Dedupe.For.
const defaultDedupe = 24 * time.Hour

// forward sends the message on to each target, now or later.
func (p *ruleset) forward(c *router.Context, r *active) error {
	var failed []router.ForwardFailure
	wait := r.Forward.Hold
	for i, target := range r.Forward.To {
		if i > 0 {
			wait += spread(c, r, "gap/"+target, r.Forward.Gap)
		}
		var err error
		if wait > 0 && !r.DryRun {
			err = c.Later(taskForward, eventKey(c, r.Name, target), wait, pending{Rule: r.Name, Target: target})
		} else {
			err = p.forwardTo(c, r, target)
		}
		if err != nil {
			failed = append(failed, router.ForwardFailure{To: target, Err: err})
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &router.ForwardError{Targets: len(r.Forward.To), Failed: failed}
}

// forwarding forwards what was put off.
func (p *ruleset) forwarding(t *bot.Task[pending]) error {
	r, err := p.resumed(t)
	if r == nil {
		return err
	}
	return p.forwardTo(t.Context, r, t.Data.Target)
}

// forwardTo sends the message on to one target.
func (p *ruleset) forwardTo(c *router.Context, r *active, target string) error {
	origin, err := p.earlier(c, r, target)
	switch {
	case err != nil:
		return err
	case origin != "":
		c.Logger().Info("not forwarded: the same was forwarded before", zap.String("rule", r.Name), zap.String("to", target),
			zap.String("from", origin))
		if r.Forward.Dedupe.Then != thenLine {
			return nil
		}
		return c.To(target).SendText(p.again(c), r.options(router.AsAnswer())...)
	}
	var options []router.ForwardOption
	for _, o := range r.options() {
		options = append(options, o)
	}
	if r.Forward.Caption != "" {
		options = append(options, router.Caption(r.Forward.Caption))
	}
	if r.Forward.Title != "" {
		options = append(options, router.Retitle(r.Forward.Title))
	}
	err = c.To(target).Forward(c.Event, append(options, router.AsAnswer())...)
	if byService(err) && r.Forward.OnRefused == download {
		c.Logger().Info("the service refuses to forward it: it is sent as a new file", zap.String("rule", r.Name), zap.String("to", target))
		err = p.sendAnew(c, r, target)
	}
	if router.IsPermanent(err) && !errors.Is(err, outbox.ErrUnknown) {
		return router.Each(err, p.forget(c, r, target))
	}
	return err
}

// byService reports whether the service has refused a send, and no gate or person.
func byService(err error) bool {
	var refused *outbox.RefusedError
	return errors.As(err, &refused) && refused.Gate == "" && !refused.Dropped && !errors.Is(err, outbox.ErrUnknown)
}

// sendAnew downloads the file or picture and sends it.
func (p *ruleset) sendAnew(c *router.Context, r *active, target string) error {
	file, err := c.Download()
	if err != nil {
		return err
	}
	if c.Event.Kind() == xmlmsg.KindImage {
		return c.To(target).SendImage(file.Path, r.options(router.AsAnswer())...)
	}
	return c.To(target).SendFile(file.Path, r.options(router.AsAnswer())...)
}

// forwarded is what is known of a thing that was forwarded.
type forwarded struct {
	By   string    `json:"by"` // the message
	At   time.Time `json:"at"`
	From string    `json:"from"` // the chat
}

// earlier is the chat from which the same was forwarded to the target before; empty if it was not,
// also when the rule runs again for the same message.
func (p *ruleset) earlier(c *router.Context, r *active, target string) (string, error) {
	key := r.dedupeKey(c, target)
	if key == "" || r.DryRun {
		return "", nil
	}
	d := cmp.Or(r.Forward.Dedupe.For, defaultDedupe)
	me := forwarded{By: eventKey(c, r.Name), At: c.Now(), From: c.Conversation().ID}
	is, err := router.Update(c, c.Store(router.ByAccount), key, d, func(was forwarded) (forwarded, error) {
		if was.By == "" || was.At.Add(d).Before(me.At) {
			return me, nil
		}
		return was, nil
	})
	if err != nil || is.By == me.By {
		return "", err
	}
	return cmp.Or(is.From, "another chat"), nil
}

// forget lets the same be forwarded again, as this time it was not.
func (p *ruleset) forget(c *router.Context, r *active, target string) error {
	key := r.dedupeKey(c, target)
	if key == "" || r.DryRun {
		return nil
	}
	return c.Store(router.ByAccount).Delete(c, key)
}

// dedupeKey identifies the thing for a target; empty if it is not compared, or has nothing to
// compare.
func (r *active) dedupeKey(c *router.Context, target string) string {
	d := r.Forward.Dedupe
	if d == nil {
		return ""
	}
	what := ""
	switch m := c.Payload().(type) {
	case *xmlmsg.File:
		what = strings.ToLower(m.MD5)
	case *xmlmsg.Image:
		what = strings.ToLower(m.MD5)
	case *xmlmsg.Video:
		what = strings.ToLower(m.MD5)
	case *xmlmsg.Emoji:
		what = strings.ToLower(m.MD5)
	}
	if d.By == byText {
		if what = c.Folded(); what == "" {
			what = messageOf(&c.Subject, time.UTC).URL
		}
	}
	if what == "" {
		return ""
	}
	return "forwarded/" + target + "/" + cmp.Or(d.By, byMD5) + "/" + what
}

// again is the line in place of what was forwarded before.
func (p *ruleset) again(c *router.Context) string {
	where := ""
	if c.GroupName() != "" {
		where = "在 " + c.GroupName() + " "
	}
	return c.SenderName() + " " + where + "又发了同样的内容：" + cut(what(c), 60)
}

// what names a message for people: its text, or its kind and the name of its file.
func what(c *router.Context) string {
	if said := c.Said(); said != "" {
		return said
	}
	m := messageOf(&c.Subject, time.UTC)
	return strings.TrimSpace("[" + m.Kind + "] " + m.FileName + m.Title)
}

// cut shortens a text.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
