package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// content is the body of POST /v1/messages: what a message says, which is one of text, file, image,
// voice, video, link, card, location, mini_program and forward, and how it goes out.
type content struct {
	To          string       `json:"to" minLength:"1" maxLength:"200" doc:"A group or a person, by id or by a name that means only one."`
	Account     string       `json:"account,omitempty" doc:"The appId of the account that sends. Default: the only one."`
	Class       string       `json:"class,omitempty" enum:"answer,proactive" default:"proactive" doc:"answer if somebody has just asked."`
	TTL         string       `json:"ttl,omitempty" doc:"How long it may wait for its turn, such as 90s, 2h or 1d."`
	Hold        bool         `json:"hold,omitempty" doc:"Wait until a person releases it."`
	Text        string       `json:"text,omitempty" maxLength:"16000" doc:"A text."`
	Quote       string       `json:"quote,omitempty" maxLength:"512" doc:"The key or id of an event that the text quotes."`
	Mention     []string     `json:"mention,omitempty" maxItems:"50" doc:"Wxids or names of members that the text mentions, in a group."`
	File        *attachment  `json:"file,omitempty"`
	Image       *attachment  `json:"image,omitempty"`
	Voice       *attachment  `json:"voice,omitempty" doc:"A SILK voice."`
	Video       *video       `json:"video,omitempty" doc:"An MP4 video."`
	Link        *link        `json:"link,omitempty"`
	Card        *card        `json:"card,omitempty"`
	Location    *location    `json:"location,omitempty"`
	MiniProgram *miniProgram `json:"mini_program,omitempty"`
	Forward     string       `json:"forward,omitempty" maxLength:"512" doc:"The key or id of an event whose message is sent on."`
}

type attachment struct {
	URL      string `json:"url,omitempty" maxLength:"4096" doc:"A public http or https URL."`
	Base64   string `json:"base64,omitempty" doc:"The bytes."`
	Name     string `json:"name,omitempty" maxLength:"200" doc:"The name that people see."`
	Duration int    `json:"duration_ms,omitempty" minimum:"0" maximum:"600000" doc:"How long a voice with a URL is."`
}

type video struct {
	URL      string     `json:"url,omitempty" maxLength:"4096" doc:"A public http or https URL."`
	Base64   string     `json:"base64,omitempty" doc:"The bytes."`
	Name     string     `json:"name,omitempty" maxLength:"200"`
	Duration int        `json:"duration_ms,omitempty" minimum:"0" maximum:"3600000" doc:"How long a video with a URL is."`
	Cover    attachment `json:"cover" doc:"The picture that people see before they play it."`
}

type link struct {
	URL         string `json:"url" maxLength:"4096"`
	Title       string `json:"title" minLength:"1" maxLength:"1000"`
	Description string `json:"description,omitempty" maxLength:"4000"`
	Thumb       string `json:"thumb_url,omitempty" maxLength:"4096"`
}

type card struct {
	ID   string `json:"id" minLength:"1" doc:"The wxid of the person on the card."`
	Name string `json:"name" minLength:"1" doc:"The name on the card."`
}

type location struct {
	Lat     float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lng     float64 `json:"lng" minimum:"-180" maximum:"180"`
	Name    string  `json:"name,omitempty" maxLength:"200"`
	Address string  `json:"address,omitempty" maxLength:"500"`
}

type miniProgram struct {
	AppID string `json:"app_id" minLength:"1"`
	User  string `json:"user_name" minLength:"1" doc:"The original id, gh_…@app."`
	Name  string `json:"name" minLength:"1"`
	Title string `json:"title" minLength:"1"`
	Page  string `json:"page" minLength:"1" doc:"The page that it opens."`
	Cover string `json:"cover_url" minLength:"1" doc:"A public URL of its picture."`
}

// invalid is a body that cannot be sent.
func invalid(format string, args ...any) error {
	return failed(http.StatusUnprocessableEntity, "body", fmt.Sprintf(format, args...))
}

// says counts what a body has to send.
func (b *content) says() (n int) {
	for _, set := range []bool{
		b.Text != "", b.File != nil, b.Image != nil, b.Voice != nil, b.Video != nil, b.Link != nil, b.Card != nil, b.Location != nil,
		b.MiniProgram != nil, b.Forward != "",
	} {
		if set {
			n++
		}
	}
	return n
}

// check reports whether there is one thing to send.
func (b *content) check() error {
	has := b.says()
	switch {
	case has == 0:
		return invalid("there is nothing to send: set text, file, image, voice, video, link, card, location, mini_program or forward")
	case has > 1:
		return invalid("a message is one thing: send %d messages", has)
	case b.Text == "" && (b.Quote != "" || len(b.Mention) > 0):
		return invalid("quote and mention need a text")
	case b.Quote != "" && len(b.Mention) > 0:
		return invalid("a text either quotes or mentions")
	}
	return nil
}

// submit puts what a body says into the queue, under the key of the options.
func (g *Gateway) submit(ctx context.Context, ch *router.Chat, b *content, options []router.SendOption) error {
	options = append(options, router.Queued(), router.SplitAt(0))
	switch {
	case b.Quote != "":
		e, err := g.seen(ctx, b.Quote)
		if err != nil {
			return err
		}
		if e.AppID != ch.Account() || e.Conversation.ID != ch.ID() {
			return invalid("quote: the message is of another chat")
		}
		return ch.Quote(e, b.Text, options...) //nolint:contextcheck // the chat has it
	case len(b.Mention) > 0 && !callback.IsGroup(ch.ID()):
		return invalid("mention: only the members of a group can be mentioned")
	case b.Text != "":
		people, err := g.people(ctx, ch, b.Mention)
		if err != nil {
			return err
		}
		return ch.Mention(people, b.Text, options...) //nolint:contextcheck // the chat has it
	case b.Forward != "":
		e, err := g.seen(ctx, b.Forward)
		if err != nil {
			return err
		}
		forward := make([]router.ForwardOption, len(options))
		for i, option := range options {
			forward[i] = option
		}
		return ch.Forward(e, forward...) //nolint:contextcheck // the chat has it
	case b.File != nil, b.Image != nil, b.Voice != nil, b.Video != nil:
		return g.submitFile(ctx, ch, b, options)
	}
	m, err := b.message()
	if err == nil {
		err = g.public(ctx, b.pictures()...)
	}
	if err == nil {
		_, err = ch.Send(m, options...)
	}
	return err
}

// pictures are the URLs from which the pictures of a link or a mini program come.
func (b *content) pictures() []string {
	switch {
	case b.Link != nil && b.Link.Thumb != "":
		return []string{b.Link.Thumb}
	case b.MiniProgram != nil:
		return []string{b.MiniProgram.Cover}
	}
	return nil
}

// public refuses URLs that lead into a private network.
func (g *Gateway) public(ctx context.Context, links ...string) error {
	for _, l := range links {
		err := media.CheckPublic(ctx, l, g.config().AllowHosts...)
		if errors.Is(err, media.ErrForbiddenHost) {
			return invalid("the URL leads into a private network: if it is yours, list its host in gateway.allow_hosts")
		}
		if err != nil {
			return invalid("the service cannot fetch the URL: %v", err)
		}
	}
	return nil
}

// message is a message that is made of the body alone.
func (b *content) message() (api.Send, error) {
	switch {
	case b.Link != nil:
		return api.PostLink{Title: b.Link.Title, Desc: b.Link.Description, LinkURL: b.Link.URL, ThumbURL: b.Link.Thumb}, nil
	case b.Card != nil:
		return api.PostNameCard{Wxid: b.Card.ID, NickName: b.Card.Name}, nil
	case b.MiniProgram != nil:
		p := b.MiniProgram
		return api.PostMiniApp{
			MiniAppID: p.AppID, UserName: p.User, DisplayName: p.Name, Title: p.Title, PagePath: p.Page, CoverURL: p.Cover,
		}, nil
	}
	xml, err := xmlmsg.Build(&xmlmsg.Location{
		Lat: b.Location.Lat, Lng: b.Location.Lng, Scale: 16, Label: b.Location.Address, POIName: b.Location.Name,
	})
	if err != nil {
		return nil, invalid("location: %v", err)
	}
	return api.PostLocation{Content: xml}, nil
}

// people are the members of a chat that names or ids mean.
func (g *Gateway) people(ctx context.Context, ch *router.Chat, list []string) ([]xmlmsg.Person, error) {
	people := make([]xmlmsg.Person, len(list))
	for i, name := range list {
		id, err := g.h.Contacts().FindMember(ctx, ch.Account(), ch.ID(), name)
		if err != nil {
			return nil, err
		}
		people[i].Username = id
	}
	return people, nil
}

// submitFile sends a file by its URL, or one that the client has uploaded.
func (g *Gateway) submitFile(ctx context.Context, ch *router.Chat, b *content, options []router.SendOption) error {
	var a *attachment
	switch {
	case b.File != nil:
		a = b.File
	case b.Image != nil:
		a = b.Image
	case b.Voice != nil:
		a = b.Voice
	default:
		a = &attachment{URL: b.Video.URL, Base64: b.Video.Base64, Name: b.Video.Name, Duration: b.Video.Duration}
	}
	if a.URL != "" {
		return g.submitURL(ctx, ch, b, a, options)
	}
	path, err := g.keep(a)
	switch {
	case err != nil:
		return err
	case b.File != nil:
		return ch.SendFile(path, options...) //nolint:contextcheck // the chat has it
	case b.Image != nil:
		return ch.SendImage(path, options...) //nolint:contextcheck // the chat has it
	case b.Voice != nil:
		return ch.SendVoice(path, options...) //nolint:contextcheck // the chat has it
	}
	cover, err := g.keep(&b.Video.Cover)
	if err != nil {
		return err
	}
	return ch.SendVideo(path, cover, options...) //nolint:contextcheck // the chat has it
}

func (g *Gateway) submitURL(ctx context.Context, ch *router.Chat, b *content, a *attachment, options []router.SendOption) error {
	links := []string{a.URL}
	if b.Video != nil {
		links = append(links, b.Video.Cover.URL)
	}
	if err := g.public(ctx, links...); err != nil {
		return err
	}
	var m api.Send
	switch {
	case b.File != nil:
		name, err := fileName(a)
		if err != nil {
			return err
		}
		m = api.PostFile{FileURL: a.URL, FileName: name}
	case b.Image != nil:
		m = api.PostImage{ImageURL: a.URL}
	case a.Duration == 0:
		return invalid("a voice or a video with a URL needs duration_ms")
	case b.Voice != nil:
		m = api.PostVoice{VoiceURL: a.URL, Duration: a.Duration}
	default:
		seconds := max(1, int((time.Duration(a.Duration) * time.Millisecond).Round(time.Second).Seconds()))
		m = api.PostVideo{VideoURL: a.URL, ThumbURL: b.Video.Cover.URL, Duration: seconds}
	}
	_, err := ch.Send(m, options...)
	return err
}

// bytes are what a client has uploaded.
func (a *attachment) bytes() ([]byte, error) {
	if a.Base64 == "" {
		return nil, invalid("a file needs url or base64, or a part of a multipart form")
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(a.Base64))
	if err != nil {
		return nil, invalid("base64: it is not base64")
	}
	return data, nil
}
