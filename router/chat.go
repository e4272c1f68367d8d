package router

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ErrNoAccount means that it is not known which account shall send.
var ErrNoAccount = errors.New("router: which account shall send? name it, or set HONGYAN_APP_ID or accounts")

// People finds people and groups, and who is what in a group. A *contacts.Book is one.
type People interface {
	// Find returns the id of a person or a group: of an id, or of a name that means only one.
	Find(ctx context.Context, appID, name string) (id string, err error)
	// Members returns the members of a group, its owner and its administrators.
	Members(ctx context.Context, appID, group string) (*api.ChatroomMemberList, error)
}

// Chat is a conversation to speak in. Its methods return when the message was sent; see
// Context.Send, also for what happens when a handler runs again. It is valid as long as the context
// that it was made with.
type Chat struct {
	runs        runs
	plugin      string
	account, id string
	err         error // why nothing can be sent
}

// NewChat is a conversation of an account, by its id or by a name that means only one: that of a
// friend or a group. An empty account means the only one of the bot. In the context of a handler or
// a Work, what is sent belongs to that, and is not sent again when it runs again; in any other
// context each send is a new one.
func NewChat(ctx context.Context, s Services, plugin, account, id string) *Chat {
	r := runsOf(ctx)
	if r == nil {
		r = NewWork(ctx, WorkConfig{Services: s, Plugin: plugin, Source: plugin})
	}
	ch := &Chat{runs: r, plugin: plugin, account: account}
	if account == "" && s.Account != nil {
		ch.account = s.Account()
	}
	switch {
	case ch.account == "":
		ch.err = nowhere{ErrNoAccount}
	case id == "":
		ch.err = nowhere{ErrNoConversation}
	case s.People == nil:
		ch.id = id
	default:
		found, err := s.People.Find(ctx, ch.account, id)
		if err != nil {
			ch.err = nowhere{fmt.Errorf("router: %w", err)}
		}
		ch.id = found
	}
	return ch
}

// nowhere is why a chat cannot be spoken in: nothing was sent.
type nowhere struct{ error }

func (e nowhere) Unwrap() error        { return e.error }
func (nowhere) Executed() api.Executed { return api.ExecutedNo }

// Chat is the conversation of the event: what is sent there is an answer.
func (c *Context) Chat() *Chat {
	ch := &Chat{runs: c, plugin: c.Plugin(), account: c.Event.AppID}
	var err error
	if ch.id, err = c.answerTo(); err != nil {
		ch.err = nowhere{err}
	}
	return ch
}

// To is another conversation of the account: a group or a friend, by id or by a name that means
// only one of them. What is sent there is a proactive send, unless AsAnswer says otherwise.
//
//	err := c.To("运维群").SendText("disk 91%")
func (c *Context) To(id string) *Chat {
	return NewChat(c, c.services, c.Plugin(), c.Event.AppID, id)
}

// ID is the wxid or the id of the group; empty if the name means none.
func (ch *Chat) ID() string { return ch.id }

// Account is the appId of the account that sends.
func (ch *Chat) Account() string { return ch.account }

// Err is why nothing can be sent: nobody has the name, or several have. Each send returns it too.
func (ch *Chat) Err() error { return ch.err }

// Store is the part of the plugin's store that belongs to the conversation.
func (ch *Chat) Store() *Store {
	if ch.err != nil {
		return &Store{err: ch.err}
	}
	return NewStore(*ch.runs.base(), ch.plugin).Chat(ch.account, ch.id)
}

// Send sends any message of package api; its account and its target need not be set.
func (ch *Chat) Send(m api.Send, options ...SendOption) (*api.SentMessage, error) {
	var s sending
	s.apply(options)
	return ch.send(m, &s, "")
}

func (ch *Chat) send(m api.Send, s *sending, part string) (*api.SentMessage, error) {
	if ch.err != nil {
		ch.runs.skip(1)
		return nil, ch.err
	}
	return ch.runs.post(ch.account, api.WithTarget(m, ch.id), s, part)
}

// SendText sends a text. One that is too long for a message is split at the ends of its sentences,
// into ten messages at most; see SplitAt and MaxParts. On an error after the first part, those
// before were sent.
func (ch *Chat) SendText(text string, options ...SendOption) error {
	_, err := ch.sendText(api.PostText{Content: text}, options)
	return err
}

// Mention sends a text that mentions people. In a private conversation it is SendText.
func (ch *Chat) Mention(people []xmlmsg.Person, text string, options ...SendOption) error {
	m := api.PostText{Content: text}
	if callback.IsGroup(ch.id) {
		var names strings.Builder
		for _, p := range people {
			if p.Username == "" {
				continue // without an id nobody is mentioned
			}
			names.WriteString("@" + ch.nameOf(p) + "\u2005")
			m.At = append(m.At, p.Username)
		}
		m.Content = names.String() + text
	}
	_, err := ch.sendText(m, options)
	return err
}

// nameOf is the name of a person in the conversation.
func (ch *Chat) nameOf(p xmlmsg.Person) string {
	name := p.Username
	if names := ch.runs.base().Names; names != nil {
		name = names.Member(ch.runs, ch.account, ch.id, p.Username)
	}
	if name == p.Username && p.Nickname != "" {
		return p.Nickname
	}
	return name
}

// maxQuoted is how many characters of a text are quoted.
const maxQuoted = 1000

// Quote answers a message of the conversation with a text that quotes it. What is too long for one
// message goes on in others, without a quote. A message without an id is answered by SendText.
func (ch *Chat) Quote(e *callback.Event, text string, options ...SendOption) error {
	if e == nil || e.NewMsgID == 0 || !e.IsMessage() {
		return ch.SendText(text, options...)
	}
	var s sending
	s.apply(options)
	parts, err := s.texts(text)
	if err != nil {
		return err
	}
	content := e.Content
	if t, ok := e.Payload().(*xmlmsg.Text); ok {
		content = t.Body
		if utf8.RuneCountInString(content) > maxQuoted {
			content = string([]rune(content)[:maxQuoted]) + "…"
		}
	}
	refer := xmlmsg.Refer{
		Type: e.MsgType, NewMsgID: e.NewMsgID, Chat: e.Conversation.ID, Sender: e.Sender,
		Name: ch.nameOf(xmlmsg.Person{Username: e.Sender}), Content: content,
	}
	if !e.Time.IsZero() {
		refer.CreateTime = e.Time.Unix()
	}
	xml, err := xmlmsg.Build(xmlmsg.QuoteOf(parts[0], refer))
	if err == nil {
		xml, err = xmlmsg.AppMsg(xml)
	}
	if err != nil {
		return Permanent(fmt.Errorf("router: quote: %w", err))
	}
	if _, err := ch.send(api.PostAppMsg{AppMsg: xml}, &s, ""); err != nil {
		ch.runs.skip(len(parts) - 1)
		return err
	}
	_, _, err = ch.sendParts(api.PostText{}, parts[1:], &s, "#quote")
	return err
}

// sendText sends a text in as many parts as it needs.
func (ch *Chat) sendText(m api.PostText, options []SendOption) (*api.SentMessage, error) {
	var s sending
	s.apply(options)
	parts, err := s.texts(m.Content)
	if err != nil {
		return nil, err
	}
	sent, _, err := ch.sendParts(m, parts, &s, "")
	return sent, err
}

// sendParts sends the parts of a text until one fails. The first one mentions. begun reports
// whether one of them is, or may be, in the chat.
func (ch *Chat) sendParts(m api.PostText, parts []string, s *sending, key string) (sent *api.SentMessage, begun bool, err error) {
	for i, part := range parts {
		m.Content = part
		if sent, err = ch.send(m, s, key+partKey(i)); err != nil {
			begun = begun || api.ExecutedOf(err) != api.ExecutedNo
			ch.runs.skip(len(parts) - 1 - i)
			return nil, begun, err
		}
		begun, m.At = true, nil
	}
	return sent, begun, nil
}

// SendFile sends a file of this machine, under its own name. The service fetches it from the bot,
// so it needs the bot's public URL, and the file must stay as it is until it was sent. A file of
// the bot's data directory is refused, but one of its downloads.
func (ch *Chat) SendFile(path string, options ...SendOption) error {
	return ch.sendMade(func() (api.Send, error) {
		link, err := ch.offer(path)
		return api.PostFile{FileURL: link, FileName: filepath.Base(path)}, err
	}, options)
}

// SendImage sends a picture of this machine; see SendFile.
func (ch *Chat) SendImage(path string, options ...SendOption) error {
	return ch.sendMade(func() (api.Send, error) {
		link, err := ch.offer(path)
		return api.PostImage{ImageURL: link}, err
	}, options)
}

// SendVideo sends an MP4 video of this machine and its cover, a JPEG; see SendFile.
func (ch *Chat) SendVideo(path, thumb string, options ...SendOption) error {
	return ch.sendMade(func() (api.Send, error) {
		length, err := media.VideoFileDuration(path)
		if err != nil {
			return nil, unsendable(path, err)
		}
		link, err := ch.offer(path)
		if err != nil {
			return nil, err
		}
		cover, err := ch.offer(thumb)
		seconds := max(1, int(length.Round(time.Second)/time.Second))
		return api.PostVideo{VideoURL: link, ThumbURL: cover, Duration: seconds}, err
	}, options)
}

// SendVoice sends a voice of this machine, which must be SILK; see SendFile, and package
// media/voice, which makes SILK of WAV and MP3.
func (ch *Chat) SendVoice(path string, options ...SendOption) error {
	return ch.sendMade(func() (api.Send, error) {
		length, err := media.SILKFileDuration(path)
		if err != nil {
			return nil, unsendable(path, err)
		}
		link, err := ch.offer(path)
		return api.PostVoice{VoiceURL: link, Duration: int(length.Milliseconds())}, err
	}, options)
}

// sendMade makes a message and sends it. One that cannot be made keeps its place, so that later
// sends have the same keys in the next run.
func (ch *Chat) sendMade(do func() (api.Send, error), options []SendOption) error {
	m, err := do()
	if err != nil {
		ch.runs.skip(1)
		return err
	}
	_, err = ch.Send(m, options...)
	return err
}

// offer makes a link to a file.
func (ch *Chat) offer(path string) (string, error) {
	files := ch.runs.base().Files
	if files == nil {
		return "", ErrNoFiles
	}
	link, err := files.Offer(ch.runs, path)
	if err != nil {
		return "", unsendable(path, err)
	}
	return link, nil
}

func unsendable(path string, err error) error {
	return lasting(fmt.Errorf("router: send %s: %w", filepath.Base(path), err))
}
