package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// forwardCmd forwards a message.
type forwardCmd struct {
	accountFlags
	Message string `arg:"" help:"A file with a callback body, or with the XML of a message; - is standard input."`
	To      string `arg:"" help:"Who gets it: a person or a group, by id or by a name that means only one."`
	Title   string `help:"Another title, or name of the file."`
	Key     string `help:"The same key again is the same message: it is not sent a second time."`
}

// Run forwards it the way a handler does.
func (cmd *forwardCmd) Run(c console) error {
	event, err := readMessage(c.in, cmd.Message)
	if err != nil {
		return fmt.Errorf("forward: %w", err)
	}
	return cmd.keeping(c, func(a *account) error {
		return a.withOutbox(c, func(o *outbox.Outbox) error {
			event.AppID = a.appID
			key := cmd.Key
			if key == "" {
				key = onceKey()
			}
			options := []router.ForwardOption{router.Key(key)}
			if cmd.Title != "" {
				options = append(options, router.Retitle(cmd.Title))
			}
			way := &outboxSender{outbox: o, source: "hongyan forward"}
			r := router.New()
			r.Any(func(c *router.Context) error { return c.Forward(cmd.To, options...) })
			if err := r.Serve(c.ctx, event, router.Services{Sender: way, Client: a.client, People: a.book()}); err != nil {
				return err
			}
			return cmd.sent(c, way.last)
		})
	})
}

// maxMessageFile bounds the size of a message in bytes.
const maxMessageFile = 8 << 20

// readMessage reads a callback body, or the XML of a message, from a file.
func readMessage(in io.Reader, name string) (*callback.Event, error) {
	if name != "-" {
		file, err := os.Open(name) //nolint:gosec // to read the named file is the purpose
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxMessageFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxMessageFile:
		return nil, errors.New("the message is too long")
	}
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("<")) {
		if text, err = envelopeOf(string(text)); err != nil {
			return nil, err
		}
	}
	event, err := callback.Decode(text)
	switch {
	case err != nil:
		return nil, phrase.Errorf("%s is neither a callback body nor the XML of a message: %w", name, err)
	case event.MsgType == 0:
		return nil, errors.New("that is not a message, but another kind of callback")
	}
	return event, nil
}

// envelopeOf wraps XML into the body of a callback. The type of the message, which otherwise the
// envelope has, is guessed from the elements.
func envelopeOf(xml string) ([]byte, error) {
	msgType := 0
	for _, t := range []struct {
		element string
		msgType int
	}{{"<appmsg", 49}, {"<videomsg", 43}, {"<img", 3}, {"<emoji", 47}, {"<location", 48}, {"<voicemsg", 34}} {
		if strings.Contains(xml, t.element) {
			msgType = t.msgType
			break
		}
	}
	if msgType == 0 {
		return nil, errors.New("the XML is no file, link, picture, video, sticker or place: give the whole callback body")
	}
	type wrapped struct {
		String string `json:"string"`
	}
	return json.Marshal(map[string]any{
		"TypeName": "AddMsg", "Appid": "wx_", "Wxid": "wxid_to", "Data": map[string]any{
			"MsgType": msgType, "FromUserName": wrapped{"wxid_from"}, "ToUserName": wrapped{"wxid_to"}, "Content": wrapped{xml},
		},
	})
}
