package forward

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/carry"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// longestWait is how long a message waits at most for the cool-down of those before it.
const longestWait = 24 * time.Hour

// retryFor is how long a send is tried that did not reach the service.
const retryFor = time.Hour

type part struct {
	c     Config
	h     *bot.Handle
	kinds []xmlmsg.Kind
	ext   []string
	line  *router.Template
	night *outbox.Hours
}

func (*part) Close() error { return nil }

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	if p.c.Confirm.Name.re != nil && len(plugin.Chats(h, p.c.Confirm.By)) == 0 {
		return &plugin.FieldError{Field: "confirm.by", Err: errors.New("nobody can be asked: write owners: in the file, or a person here")}
	}
	plugin.NoteRevokes(h, nil)
	for _, kind := range p.kinds {
		h.Kind(kind, p.arrived).Named(string(kind))
	}
	h.Task("send", p.send, bot.RetryFor(retryFor))
	return nil
}

// arrived has a message sent on. Later routes get it, too, unless a person was asked about it.
func (p *part) arrived(c *router.Context) error {
	if c.Event.Self {
		return router.Next
	}
	if why := p.refuses(c); why != "" {
		c.Logger().Debug("not sent on: " + why)
		return router.Next
	}
	asked := p.c.Confirm.Name.matches(plugin.FileOf(c.Payload()).Name)
	if asked {
		if ok, err := p.confirmed(c); err != nil || !ok {
			return err
		}
	}
	wait, err := p.turn(c)
	if err == nil && wait <= longestWait {
		// A task for each target: a failure of one does not keep the others waiting.
		err = c.Later("send", c.Event.Key()+"/0", max(p.c.Hold, wait), 0)
	}
	if err != nil || asked {
		return err
	}
	return router.Next
}

// turn is how long a message waits until the cool-down of the one before it is over. One that would
// wait longer than longestWait has no turn: people are told, once a day.
func (p *part) turn(c *router.Context) (time.Duration, error) {
	if p.c.Cooldown.For <= 0 && p.c.Cooldown.Night <= 0 {
		return 0, nil
	}
	return router.Remember(c, "turn", func() (wait time.Duration, err error) {
		now := c.Now()
		_, err = router.Update(c, c.Store(), "turn", 2*longestWait, func(next time.Time) (time.Time, error) {
			if next.Before(now) {
				next = now
			}
			if wait = next.Sub(now); wait > longestWait {
				return next, nil
			}
			rest := p.c.Cooldown.For
			if p.c.Cooldown.Night != 0 && p.night.Contains(next) {
				rest = p.c.Cooldown.Night
			}
			return next.Add(max(rest, 0)), nil
		})
		if err != nil || wait <= longestWait {
			return wait, err
		}
		c.Logger().Info("not sent on: because of cooldown its turn would come in more than a day")
		first, err := c.Store().Claim(c, "full/"+now.Format(time.DateOnly), 2*longestWait)
		if err != nil || !first {
			return wait, err
		}
		return wait, p.c.Tell(c, p.h, c.Account(), "转发排队超过一天了，新消息不再转发：请把 cooldown 改短，或减少来源。")
	})
}

// refuses says why a message is not sent on; empty if it is.
func (p *part) refuses(c *router.Context) string {
	file, name := plugin.FileOf(c.Payload()), nameOf(c)
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(file.Name), "."))
	switch {
	case len(p.ext) > 0 && file.Name != "" && !slices.Contains(p.ext, ext):
		return "its extension is not in ext"
	case file.Size > 0 && !p.c.Size.has(file.Size):
		return fmt.Sprintf("its %d bytes are not within size", file.Size)
	case p.c.Match.re != nil && !p.c.Match.matches(name):
		return "match does not match it"
	case p.c.Skip.matches(name):
		return "skip matches it"
	}
	return ""
}

// confirmed asks a person whether a file may be sent on.
func (p *part) confirmed(c *router.Context) (bool, error) {
	who, err := p.h.Contacts().Find(c, c.Account(), plugin.Chats(p.h, p.c.Confirm.By)[0])
	if err != nil {
		return false, err
	}
	ok, err := c.AskOther(who, fmt.Sprintf("%s 在 %s 发了“%s”，转发到 %s 吗？", c.SenderName(), c.GroupName(), plugin.FileOf(c.Payload()).Name,
		p.targets(c)), router.Timeout(p.c.Confirm.Within))
	if err == nil && !ok {
		c.Logger().Info("not sent on: a person has said no")
	}
	return ok, err
}

// targets are the names of the targets, for people.
func (p *part) targets(c *router.Context) string {
	var names []string
	for _, to := range p.c.To {
		names = append(names, p.h.Contacts().Contact(c, c.Account(), to))
	}
	return strings.Join(names, "、")
}

// send sends a message to one target, after it has asked for the next.
func (p *part) send(t *bot.Task[int]) error {
	if t.Data >= len(p.c.To) { // of a longer list
		return nil
	}
	if gone, err := plugin.Gone(t.Context, p.h, plugin.MessageID(t.Context)); err != nil || gone {
		if gone {
			t.Logger().Info("not sent on: it was revoked, or is not allowed")
		}
		return err
	}
	if next := t.Data + 1; next < len(p.c.To) {
		gap := p.c.Gap.Min
		if d := p.c.Gap.Max - gap; d > 0 {
			gap += rand.N(d) //nolint:gosec // a pause
		}
		if err := t.Later("send", t.Event.Key()+"/"+strconv.Itoa(next), gap, next); err != nil {
			return err
		}
	}
	to := t.To(p.c.To[t.Data])
	switch {
	case to.Err() != nil:
		return to.Err()
	case to.ID() == t.Conversation().ID:
		return nil
	}
	where, err := p.sameFile(t, to).Had(t.Context, t.Event.Key())
	if err != nil {
		return err
	}
	if where != "" {
		t.Logger().Info("not sent on: the same file as before in "+where, zap.String("to", to.ID()))
		if p.c.SameFile.Then != "line" {
			return nil
		}
		text, err := p.line.Render(t.Context)
		if err != nil {
			return err
		}
		return to.SendText(text, carry.Class(len(p.c.To)))
	}
	return p.deliver(t, to)
}

// sameFile is the file of a message as one that a target should get once.
func (p *part) sameFile(t *bot.Task[int], to *router.Chat) carry.Thing {
	md5 := plugin.FileOf(t.Payload()).MD5
	if md5 == "" || p.c.SameFile.Within <= 0 {
		return carry.Thing{}
	}
	return carry.Thing{Key: "seen/" + to.ID() + "/" + md5, Within: p.c.SameFile.Within}
}

// deliver forwards a message, and tells people when it may not have arrived.
func (p *part) deliver(t *bot.Task[int], to *router.Chat) error {
	var caption []router.ForwardOption
	if p.c.Caption != conf.Off {
		caption = append(caption, router.Caption(p.c.Caption))
	}
	err := carry.Forward(t.Context, to, true, []router.SendOption{carry.Class(len(p.c.To))}, caption...)
	err = p.sameFile(t, to).Failed(t.Context, err)
	switch {
	case errors.Is(err, outbox.ErrUnknown):
		return router.Each(err, p.tell(t, to, "可能已经转发，也可能没有：不会自动重发，请看一下群里"))
	case err != nil && router.IsPermanent(err):
		return router.Each(err, p.tell(t, to, "没有转发成功"))
	}
	return err
}

// tell tells what has become of a message.
func (p *part) tell(t *bot.Task[int], to *router.Chat, what string) error {
	name := p.h.Contacts().Contact(t, t.Account(), to.ID())
	return p.c.Tell(t, p.h, t.Account(), fmt.Sprintf("%s → %s（%s，%s）：%s。", t.GroupName(), name, t.SenderName(), nameOf(t.Context), what))
}
