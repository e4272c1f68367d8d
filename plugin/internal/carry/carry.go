// Package carry takes a message to another chat: once, and as a new one if the service refuses to
// forward it.
package carry

import (
	"cmp"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// fewTargets is up to how many targets a forward is an answer. More of them are a mass send, for
// which the quiet hours and the limits of proactive sends hold.
const fewTargets = 3

// Class is the class of what goes to a number of targets.
func Class(targets int) router.SendOption {
	if targets > fewTargets {
		return router.AsProactive()
	}
	return router.AsAnswer()
}

// Thing is what a chat should get once within a time, such as a file by its MD5. The zero value is
// sent whenever it comes.
type Thing struct {
	Key    string // in the store of the plugin; empty for what is not compared
	Within time.Duration
}

// had is a thing that a chat has, or is getting.
type had struct {
	By    string `json:"by"` // the key of its message
	Where string `json:"where"`
}

var errHad = errors.New("carry: it has it")

// Had says in which chat a thing came before that a message has: empty if it has not, also when the
// handler of the message runs again. by identifies the message.
func (g Thing) Had(c *router.Context, by string) (where string, err error) {
	if g.Key == "" {
		return "", nil
	}
	h, err := router.Update(c, c.Store(), g.Key, g.Within, func(h had) (had, error) {
		if h.By != "" {
			return h, errHad // its time goes on
		}
		return had{by, cmp.Or(c.GroupName(), "a private chat")}, nil
	})
	switch {
	case err != nil && !errors.Is(err, errHad):
		return "", err
	case h.By == by:
		return "", nil
	}
	return cmp.Or(h.Where, "another chat"), nil
}

// Failed lets a thing be sent again if an error means that the chat did not get it.
func (g Thing) Failed(c *router.Context, err error) error {
	if g.Key == "" || !router.IsPermanent(err) || errors.Is(err, outbox.ErrUnknown) {
		return err
	}
	return router.Each(err, c.Store().Delete(c, g.Key))
}

// Forward forwards the message of a context to a chat. A file or picture that the service refuses
// is downloaded and sent as a new one, once, if anew says so; one that may have been sent is never
// sent again.
func Forward(c *router.Context, to *router.Chat, anew bool, options []router.SendOption, more ...router.ForwardOption) error {
	for _, o := range options {
		more = append(more, o)
	}
	err := to.Forward(c.Event, more...)
	kind := c.Event.Kind()
	if !anew || !refused(err) || kind != xmlmsg.KindFile && kind != xmlmsg.KindImage {
		return err
	}
	c.Logger().Info("the service refuses to forward it: it is sent as a new one", zap.String("to", to.ID()))
	file, failed := c.Download()
	switch {
	case failed != nil && router.IsPermanent(failed):
		return router.Permanent(errors.Join(err, failed))
	case failed != nil:
		return failed
	case kind == xmlmsg.KindImage:
		return to.SendImage(file.Path, options...)
	}
	return to.SendFile(file.Path, options...)
}

// refused reports whether the service has refused the message, and not its caption: no gate, no
// person, and not because the account is offline.
func refused(err error) bool {
	var r *outbox.RefusedError
	return errors.As(err, &r) && r.Gate == "" && !r.Dropped && r.Endpoint != api.EndpointOf(api.PostText{}) &&
		router.IsPermanent(err) && !errors.Is(err, outbox.ErrUnknown)
}
