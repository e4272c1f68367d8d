package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
)

// closeTimeout bounds the wait for a request in flight at the end.
const closeTimeout = 3 * time.Minute

// sendCmd sends a message.
type sendCmd struct {
	accountFlags
	offerFlags
	To    string   `arg:"" help:"Who gets it: a person or a group, by id or by a name that means only one."`
	Text  string   `arg:"" optional:"" help:"The text."`
	File  string   `placeholder:"URL|PATH" help:"Send a file: a public URL, or a file of this machine."`
	Image string   `placeholder:"URL|PATH" help:"Send a picture: a public URL, or a file of this machine."`
	Name  string   `help:"Name of the file; default: the end of its URL or path."`
	At    []string `help:"People in the group to mention, by wxid or name; the text must hold the @names."`
	Key   string   `help:"The same key again is the same message: it is not sent a second time."`
}

// Help describes how the message is sent.
func (sendCmd) Help() string {
	return "The message is sent like a proactive one of a bot: paced, within the limits of the account, entered into the ledger of the\n" +
		"data directory, and not while sending is paused. So it can take some seconds until it goes out. In the quiet hours it waits in\n" +
		"the queue for the bot; a file of this machine does not wait, as it is offered only while the command runs."
}

// Run sends it, and waits for the outcome.
func (cmd *sendCmd) Run(c console) error {
	return cmd.keeping(c, func(a *account) (err error) {
		if err := cmd.find(c.ctx, a); err != nil {
			return err
		}
		link, class := cmd.File+cmd.Image, outbox.Proactive
		if isPath(link) {
			offered, stop, err := cmd.offer(c.ctx, a.client.BaseURL(), link)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, stop()) }()
			if cmd.Name == "" {
				cmd.Name = filepath.Base(link)
			}
			link, class = offered, outbox.Answer
		}
		m, err := cmd.message(link)
		if err != nil {
			return err
		}
		return a.withOutbox(c, func(o *outbox.Outbox) error {
			sent, err := o.Send(c.ctx, outbox.Message{Send: api.WithAppID(m, a.appID), Key: cmd.Key, Class: class, Source: "hongyan send"})
			if err != nil {
				return err
			}
			return cmd.sent(c, sent)
		})
	})
}

// Validate refuses flags that do not fit together.
func (cmd *sendCmd) Validate() error {
	chosen := 0
	for _, s := range []string{cmd.Text, cmd.File, cmd.Image} {
		if s != "" {
			chosen++
		}
	}
	if chosen != 1 {
		return errors.New("give one of a text, --file and --image")
	}
	link := cmd.File + cmd.Image
	if link == "" || isPath(link) {
		return nil
	}
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return phrase.Errorf("%s is neither a file of this machine nor a http or https URL", link)
	}
	if cmd.File != "" && cmd.nameOf(u) == "" {
		return errors.New("the URL ends in no file name: give one with --name")
	}
	return nil
}

// nameOf is the name that a file at a URL is sent with; empty if there is none.
func (cmd *sendCmd) nameOf(u *url.URL) string {
	if cmd.Name != "" {
		return cmd.Name
	}
	if name := path.Base(u.Path); name != "." && name != "/" {
		return name
	}
	return ""
}

// find replaces names by ids.
func (cmd *sendCmd) find(ctx context.Context, a *account) (err error) {
	book := a.book()
	if cmd.To, err = book.Find(ctx, a.appID, cmd.To); err != nil {
		return err
	}
	for i, name := range cmd.At {
		if cmd.At[i], err = book.FindMember(ctx, a.appID, cmd.To, name); err != nil {
			return err
		}
	}
	return nil
}

// message is the message of the flags.
func (cmd *sendCmd) message(link string) (api.Send, error) {
	if cmd.Text != "" {
		return api.PostText{To: cmd.To, Content: cmd.Text, At: cmd.At}, nil
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	if cmd.Image != "" {
		return api.PostImage{To: cmd.To, ImageURL: link}, nil
	}
	return api.PostFile{To: cmd.To, FileURL: link, FileName: cmd.nameOf(u)}, nil
}

// sent prints the outcome. A message without ids is not sent yet.
func (f *accountFlags) sent(c console, sent *api.SentMessage) error {
	return f.print(c, sentViewOf(sent), func() error {
		if sent.MsgID == 0 && sent.NewMsgID == 0 {
			c.tell("Queued for %s: it waits for the quiet hours, a limit or a person, and goes out when the bot runs.", sent.To)
			return nil
		}
		c.tell("Sent to %s: newMsgId %s.", sent.To, sent.NewMsgID)
		return nil
	})
}

// sentView is a send as --json prints it: ids are strings, as they may be too large for a JSON
// number.
type sentView struct {
	To         string `json:"toWxid"`
	CreateTime uint64 `json:"createTime"` // Unix seconds
	MsgID      string `json:"msgId"`
	NewMsgID   string `json:"newMsgId"`
	Type       uint64 `json:"type"`
}

func sentViewOf(m *api.SentMessage) sentView {
	return sentView{
		To: m.To, CreateTime: uint64(m.CreateTime), MsgID: m.MsgID.String(), NewMsgID: m.NewMsgID.String(), Type: uint64(m.Type),
	}
}

// withOutbox opens the outbox of the bot of this configuration, which may be running at the same
// time.
func (a *account) withOutbox(c console, do func(o *outbox.Outbox) error) (err error) {
	pace := outbox.DefaultPace()
	switch {
	case a.settings.Pace != nil:
		pace = *a.settings.Pace
	case bot.IsSimulator(a.settings.BaseURL):
		pace = outbox.Unlimited() // like the bot's
	}
	since := map[string]time.Time{}
	for _, known := range a.settings.Accounts {
		if !known.Since.IsZero() {
			since[known.AppID] = known.Since
		}
	}
	o, err := outbox.New(outbox.Config{
		Send: a.client.Message.Send, Store: a.store, Shared: true, Pace: pace, Since: since,
		PauseFile: filepath.Join(a.settings.Data, bot.PauseFile), AnswerTTL: a.settings.AnswerTTL, ProactiveTTL: a.settings.ProactiveTTL,
	})
	if err != nil {
		return err
	}
	if why := o.Paused(c.ctx, a.appID); why != "" { // a proactive send would wait for the end of the pause
		return errors.Join(phrase.Errorf("%w (%s): docs/en/operations.md tells how to go on", outbox.ErrPaused, why), o.Close(c.ctx))
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), closeTimeout)
		defer cancel()
		err = errors.Join(err, o.Close(ctx))
	}()
	return do(o)
}

// outboxSender is a router.Sender that sends by an outbox.
type outboxSender struct {
	outbox *outbox.Outbox
	source string
	last   *api.SentMessage
}

// Send implements router.Sender.
func (s *outboxSender) Send(ctx context.Context, m outbox.Message) (*api.SentMessage, error) {
	sent, err := s.outbox.Send(ctx, outbox.Message{Send: m.Send, Key: m.Key, Class: outbox.Proactive, Source: s.source, Event: m.Event})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.source, err)
	}
	s.last = sent
	return sent, nil
}

// onceKey is a key that no other run has.
func onceKey() string { return "cli/" + rand.Text() }
