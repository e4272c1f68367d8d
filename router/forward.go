package router

import (
	"fmt"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ForwardOption changes what Forward sends. Every SendOption is one.
type ForwardOption interface{ forward(f *forwarding) }

type forwarding struct {
	sending

	caption string
	edits   []xmlmsg.Edit
}

// forwardOption is a ForwardOption that is no SendOption.
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

// Forward sends the message of the event on to a group or a friend, as an answer and without a download: texts, pictures,
// videos, files, links, and app messages in general. What the options do not change arrives as it came.
// The error is ErrNotForwardable for a file whose upload is not complete, and for all else that the
// service cannot forward.
func (c *Context) Forward(to string, options ...ForwardOption) error {
	f := forwarding{sending: sending{class: ClassAnswer}} // the reaction to a message, wherever it goes
	for _, option := range options {
		option.forward(&f)
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
		if _, err := c.send(api.PostText{To: to, Content: text}, &f.sending, "#caption"); err != nil {
			return err
		}
	}
	_, err = c.send(m, &f.sending, "")
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
