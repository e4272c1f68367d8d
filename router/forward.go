package router

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ForwardOption changes what Forward sends. Every SendOption is one.
type ForwardOption interface{ forward(f *forwarding) }

type forwarding struct {
	sending

	event    *callback.Event
	caption  string
	captions []string // in parts, as they go out
	edits    []xmlmsg.Edit
}

// forwardOption is a ForwardOption that is not a SendOption.
type forwardOption func(*forwarding)

func (option forwardOption) forward(f *forwarding) { option(f) }

// Caption sends a text before the forwarded message. It is a template, see ParseTemplate:
//
//	router.Caption("{{.SenderName}} 来自 {{.GroupName}}")
func Caption(template string) ForwardOption {
	return forwardOption(func(f *forwarding) { f.caption = template })
}

// Retitle gives the forwarded message another title; for a file that is its name.
func Retitle(title string) ForwardOption {
	return forwardOption(func(f *forwarding) { f.edits = append(f.edits, xmlmsg.SetTitle(title)) })
}

// Forward sends the message of the event on to a group or a friend, as an answer and without a
// download: texts, pictures, videos, files, links, and app messages in general. What the options do
// not change arrives as it came.
//
// The error is ErrNotForwardable for a file whose upload is not complete, or that has no ids of the
// cdn, and for all else that the service cannot forward: nothing was sent then, no caption either.
// A caption that was refused keeps the message back. One that may have been sent does not: the
// message follows, and the error says what is in doubt.
func (c *Context) Forward(to string, options ...ForwardOption) error {
	return c.To(to).Forward(c.Event, append([]ForwardOption{AsAnswer()}, options...)...)
}

// Forward sends a message on to the conversation, as Context.Forward does: a proactive send, unless
// AsAnswer says otherwise.
func (ch *Chat) Forward(e *callback.Event, options ...ForwardOption) error {
	f, err := newForwarding(ch.runs, e, options)
	if err != nil {
		return err
	}
	return ch.forward(f)
}

// ForwardAll is Forward to several groups and friends. All are tried, also if one fails; the error
// is a *ForwardError that lists those that failed. A handler that returns it runs again if that can
// help one of them, and finds what was sent to the others in the ledger: it sends again only to
// those that failed.
func (c *Context) ForwardAll(to []string, options ...ForwardOption) error {
	f, err := newForwarding(c, c.Event, append([]ForwardOption{AsAnswer()}, options...))
	if err != nil {
		return err
	}
	var failed []ForwardFailure
	for _, target := range to {
		each := *f
		if f.key != "" {
			each.key += "/" + target
		}
		if err := c.To(target).forward(&each); err != nil {
			failed = append(failed, ForwardFailure{To: target, Err: err})
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &ForwardError{Targets: len(to), Failed: failed}
}

// ForwardFailure is a target that a message was not, or not certainly, forwarded to.
type ForwardFailure struct {
	To  string
	Err error
}

// ForwardError is a ForwardAll that failed for some targets. It is permanent (see IsPermanent) if
// all of its failures are.
type ForwardError struct {
	Targets int // how many there were
	Failed  []ForwardFailure
}

// Error names the targets with the causes.
func (e *ForwardError) Error() string {
	texts := make([]string, len(e.Failed))
	for i, f := range e.Failed {
		texts[i] = f.To + ": " + f.Err.Error()
	}
	return fmt.Sprintf("router: not forwarded to %d of %d: %s", len(e.Failed), e.Targets, strings.Join(texts, "; "))
}

// Unwrap is the causes.
func (e *ForwardError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		errs[i] = f.Err
	}
	return errs
}

func (e *ForwardError) separate() []error { return e.Unwrap() }

// newForwarding checks that a message can be forwarded at all, and makes its caption.
func newForwarding(r runs, e *callback.Event, options []ForwardOption) (*forwarding, error) {
	f := forwarding{event: e}
	for _, option := range options {
		option.forward(&f)
	}
	if _, err := f.message(); err != nil {
		return nil, err
	}
	if err := r.ready(); err != nil {
		return nil, err
	}
	if f.caption == "" {
		return &f, nil
	}
	c, ok := r.(*Context)
	if !ok || c.Event != e {
		c = newContext(r, New(), e, *r.base(), Run{})
	}
	t, err := c.router.caption(f.caption)
	if err != nil {
		return nil, err
	}
	text, err := t.Render(c)
	if err != nil {
		return nil, err
	}
	if f.captions, err = f.texts(text); err != nil {
		return nil, fmt.Errorf("router: caption: %w", err)
	}
	return &f, nil
}

// forward sends caption and message.
func (ch *Chat) forward(f *forwarding) error {
	m, err := f.message()
	if err != nil {
		return err
	}
	_, begun, captionErr := ch.sendParts(api.PostText{}, f.captions, &f.sending, "#caption")
	if captionErr != nil && !begun {
		ch.runs.skip(1)
		return fmt.Errorf("router: the caption was not sent, so the message was not: %w", captionErr)
	}
	if err = ch.follow(m, f, begun); err == nil && captionErr == nil {
		return nil
	}
	switch {
	case err == nil:
		return fmt.Errorf("router: the message was sent, but not all of its caption, or not certainly: %w", captionErr)
	case !begun:
		return err
	case api.ExecutedOf(err) == api.ExecutedNo:
		err = fmt.Errorf("router: the caption stands without its message, which was not sent: %w", err)
	default:
		err = fmt.Errorf("router: the caption stands, and its message may be missing: %w", err)
	}
	if captionErr == nil {
		return err
	}
	return Each(captionErr, err)
}

// followTime is how long the ledger may take to accept a message whose handler has no time left.
const followTime = 10 * time.Second

// follow sends the message. If the handler's time is over and a caption is out, or in the queue,
// the message joins it there.
func (ch *Chat) follow(m api.Send, f *forwarding, captioned bool) error {
	s := f.sending
	if ch.runs.Err() == nil || !captioned {
		_, err := ch.send(m, &s, "")
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ch.runs), followTime)
	defer cancel()
	s.queued = true
	late := *ch
	late.runs = ch.runs.with(ctx)
	_, err := late.send(m, &s, "")
	return err
}

// ForwardOf is the call that forwards a message, without its target, for who sends it by itself, as
// with Chat.Send. The error is ErrNotForwardable where Forward would return it.
func ForwardOf(e *callback.Event) (api.Send, error) { return (&forwarding{event: e}).message() }

// message is the call that forwards the message, without a target.
func (f *forwarding) message() (api.Send, error) {
	payload := f.event.Payload()
	if t, ok := payload.(*xmlmsg.Text); ok {
		return api.PostText{Content: t.Body}, nil
	}
	xml, err := xmlmsg.Rewrite(f.event.Content, f.edits...)
	if err != nil {
		return nil, fmt.Errorf("router: forward: %w", err)
	}
	switch p := payload.(type) {
	case *xmlmsg.File:
		if strings.TrimSpace(p.CDNAttachURL+p.AttachID) == "" {
			return nil, Permanent(fmt.Errorf("%w: the file has no ids of the cdn, so the service would not find it; ask the sender "+
				"to send it again", ErrNotForwardable))
		}
		return api.ForwardFile{XML: xml}, nil
	case *xmlmsg.Image:
		return api.ForwardImage{XML: xml}, nil
	case *xmlmsg.Video:
		return api.ForwardVideo{XML: xml}, nil
	case *xmlmsg.Link:
		return api.ForwardURL{XML: xml}, nil
	case *xmlmsg.Location:
		return api.PostLocation{Content: xml}, nil
	case *xmlmsg.Emoji:
		return api.PostEmoji{MD5: p.MD5, Size: p.Length}, nil
	case *xmlmsg.FileNotice, *xmlmsg.Transfer, *xmlmsg.RedPacket, *xmlmsg.GroupCollect, *xmlmsg.Pat, *xmlmsg.Announcement,
		*xmlmsg.GroupInvite:
		// an upload that is not complete, money, and what belongs to one chat
	case interface{ AppType() int }:
		return forwardApp(xml)
	}
	return nil, Permanent(fmt.Errorf("%w: %s", ErrNotForwardable, payload.Kind()))
}

// forwardApp sends an app message on as what it is.
func forwardApp(xml string) (api.Send, error) {
	appmsg, err := xmlmsg.AppMsg(xml)
	if err != nil {
		return nil, Permanent(fmt.Errorf("%w: %w", ErrNotForwardable, err))
	}
	return api.PostAppMsg{AppMsg: appmsg}, nil
}
