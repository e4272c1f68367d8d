package router

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The errors of sending.
var (
	// ErrNoConversation means that the event came from nowhere a message can be sent to: it is no
	// message, or its group is unknown.
	ErrNoConversation = errors.New("router: the event has no conversation to answer in")
	// ErrNotForwardable means that the service cannot forward this kind of message.
	ErrNotForwardable = errors.New("router: the message cannot be forwarded")
	// ErrNoSender means that the context was made without a Sender.
	ErrNoSender = errors.New("router: no Sender: messages cannot go out")
)

// Reply answers with a text in the conversation of the event.
func (c *Context) Reply(text string) error {
	to, err := c.answerTo()
	if err != nil {
		return err
	}
	return c.SendText(to, text)
}

// Replyf is Reply with a format as in fmt.Sprintf.
func (c *Context) Replyf(format string, args ...any) error {
	return c.Reply(fmt.Sprintf(format, args...))
}

// ReplyAt answers in a group with a text that mentions the sender; elsewhere it is Reply.
func (c *Context) ReplyAt(text string) error {
	to, err := c.answerTo()
	if err != nil {
		return err
	}
	if !c.Event.Conversation.IsGroup() || c.Event.Sender == "" {
		return c.SendText(to, text)
	}
	_, err = c.Send(api.PostText{To: to, Content: "@" + c.SenderName() + "\u2005" + text, At: []string{c.Event.Sender}})
	return err
}

// SendText sends a text to a group or a friend.
func (c *Context) SendText(to, text string) error {
	_, err := c.Send(api.PostText{To: to, Content: text})
	return err
}

// Send sends any message of package api through the account of the event. All sends of a handler pass here.
func (c *Context) Send(m api.Send) (*api.SentMessage, error) {
	if c.services.Sender == nil {
		return nil, ErrNoSender
	}
	sent, err := c.services.Sender.Send(c, m.WithAppID(c.Event.AppID))
	if err == nil || executed(err) != api.ExecutedNo {
		c.run.outcome.Sends++
	}
	if err != nil {
		return nil, fmt.Errorf("router: send to %s: %w", m.Target(), err)
	}
	return sent, nil
}

// executed tells whether a send that failed may have reached its target. Only an error that says so is a no.
func executed(err error) api.Executed {
	var e interface{ Executed() api.Executed }
	if errors.As(err, &e) {
		return e.Executed()
	}
	return api.ExecutedUnknown
}

func (c *Context) answerTo() (string, error) {
	if id := c.Event.Conversation.ID; id != "" && c.Event.IsMessage() {
		return id, nil
	}
	return "", ErrNoConversation
}

// ForwardOption changes what Forward sends.
type ForwardOption func(*forwarding)

type forwarding struct {
	caption string
	edits   []xmlmsg.Edit
}

// Caption sends a text before the forwarded message. It is a template, see ParseTemplate:
//
//	router.Caption("{{.SenderName}} 来自 {{.GroupName}}")
func Caption(template string) ForwardOption {
	return func(f *forwarding) { f.caption = template }
}

// Retitle gives the forwarded message another title; for a file that is its name.
func Retitle(title string) ForwardOption {
	return func(f *forwarding) { f.edits = append(f.edits, xmlmsg.SetTitle(title)) }
}

// Forward sends the message of the event to a group or a friend, without a download: texts, pictures,
// videos, files, links, and app messages in general. What the options do not change arrives as it came.
// The error is ErrNotForwardable for a file whose upload is not complete, and for all else that the
// service cannot forward.
func (c *Context) Forward(to string, options ...ForwardOption) error {
	var f forwarding
	for _, option := range options {
		option(&f)
	}
	m, err := c.forwardOf(to, f.edits)
	if err != nil {
		return err
	}
	if f.caption != "" {
		t, err := c.router.caption(f.caption)
		if err != nil {
			return err
		}
		text, err := t.Render(c)
		if err != nil {
			return err
		}
		if err := c.SendText(to, text); err != nil {
			return err
		}
	}
	_, err = c.Send(m)
	return err
}

// forwardOf is the call that forwards the message of the event.
func (c *Context) forwardOf(to string, edits []xmlmsg.Edit) (api.Send, error) {
	payload := c.Event.Payload()
	if t, ok := payload.(*xmlmsg.Text); ok {
		return api.PostText{To: to, Content: t.Body}, nil
	}
	xml, err := xmlmsg.Rewrite(c.Event.Content, edits...)
	if err != nil {
		return nil, fmt.Errorf("router: forward: %w", err)
	}
	switch p := payload.(type) {
	case *xmlmsg.File:
		return api.ForwardFile{To: to, XML: xml}, nil
	case *xmlmsg.Image:
		return api.ForwardImage{To: to, XML: xml}, nil
	case *xmlmsg.Video:
		return api.ForwardVideo{To: to, XML: xml}, nil
	case *xmlmsg.Link:
		return api.ForwardURL{To: to, XML: xml}, nil
	case *xmlmsg.Location:
		return api.PostLocation{To: to, Content: xml}, nil
	case *xmlmsg.Emoji:
		return api.PostEmoji{To: to, MD5: p.MD5, Size: p.Length}, nil
	case *xmlmsg.FileNotice, *xmlmsg.Transfer, *xmlmsg.RedPacket, *xmlmsg.GroupCollect, *xmlmsg.Pat, *xmlmsg.Announcement, *xmlmsg.GroupInvite:
		// an upload that is not complete, money, and what belongs to one chat
	case interface{ AppType() int }:
		return forwardApp(to, xml)
	}
	return nil, fmt.Errorf("%w: %s", ErrNotForwardable, payload.Kind())
}

// forwardApp sends an app message on as what it is.
func forwardApp(to, xml string) (api.Send, error) {
	appmsg, err := xmlmsg.AppMsg(xml)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotForwardable, err)
	}
	return api.PostAppMsg{To: to, AppMsg: appmsg}, nil
}
