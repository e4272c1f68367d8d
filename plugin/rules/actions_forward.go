package rules

import (
	"cmp"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/carry"
	"github.com/hongyan-go/hongyan/router"
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
	thing := r.thing(c, target)
	origin, err := thing.Had(c, eventKey(c, r.Name))
	switch {
	case err != nil:
		return err
	case origin != "":
		c.Logger().Info("not forwarded: the same was forwarded before", zap.String("rule", r.Name), zap.String("to", target),
			zap.String("from", origin))
		if r.Forward.Dedupe.Then != thenLine {
			return nil
		}
		return c.To(target).SendText(p.again(c), r.options(carry.Class(len(r.Forward.To)))...)
	}
	var options []router.ForwardOption
	if r.Forward.Caption != "" {
		options = append(options, router.Caption(r.Forward.Caption))
	}
	if r.Forward.Title != "" {
		options = append(options, router.Retitle(r.Forward.Title))
	}
	anew := r.Forward.OnRefused == download
	return thing.Failed(c, carry.Forward(c, c.To(target), anew, r.options(carry.Class(len(r.Forward.To))), options...))
}

// thing is what a target should get once.
func (r *active) thing(c *router.Context, target string) carry.Thing {
	d := r.Forward.Dedupe
	if d == nil || r.DryRun {
		return carry.Thing{}
	}
	what := plugin.FileOf(c.Payload()).MD5
	if d.By == byText {
		if what = c.Folded(); what == "" {
			what = messageOf(&c.Subject, time.UTC).URL
		}
	}
	if what == "" {
		return carry.Thing{}
	}
	return carry.Thing{Key: "forwarded/" + target + "/" + cmp.Or(d.By, byMD5) + "/" + what, Within: cmp.Or(d.For, defaultDedupe)}
}

// again is the line in place of what was forwarded before.
func (p *ruleset) again(c *router.Context) string {
	where := ""
	if c.GroupName() != "" {
		where = "在 " + c.GroupName() + " "
	}
	return c.SenderName() + " " + where + "又发了同样的内容：" + plugin.CleanText(what(c), 60)
}

// what names a message for people: its text, or its kind and the name of its file.
func what(c *router.Context) string {
	if said := c.Said(); said != "" {
		return said
	}
	m := messageOf(&c.Subject, time.UTC)
	return strings.TrimSpace("[" + m.Kind + "] " + m.FileName + m.Title)
}
