// Package channels is a plugin for 视频号: it tells of private letters and comments, answers them by
// words, and sends cards on.
package channels

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin. Private letters belong to no chat, and are told to Notify; In is
// for cards.
type Config struct {
	plugin.Scope

	Letters  Answers   `yaml:"letters" help:"Answers to private letters."`
	Comments *Comments `yaml:"comments" help:"Comments on the videos of the account. Nobody is told of them without it."`
	Cards    []Cards   `yaml:"cards" help:"What happens to cards of Channels in the chats of in."`
}

// Answers are what is answered by words.
type Answers struct {
	Keyword []string      `yaml:"keyword" help:"Words, one of which the text must have; all answers every text."`
	Reply   string        `yaml:"reply" help:"The answer, with {{.Name}} and {{.Time}}."`
	OncePer time.Duration `yaml:"once_per" default:"24h" help:"How long the same person gets no second answer."`
	Delay   outbox.Range  `yaml:"delay" default:"20s-60s" help:"How long it waits before it answers, drawn at random."`
	Hours   outbox.Window `yaml:"hours" help:"When it answers; always if it is absent."`
	PerDay  plugin.Limit  `yaml:"per_day" default:"50/24h" help:"How many answers there are at most."`

	hours *outbox.Hours
	text  plugin.Text
}

// Comments are comments on the videos of the account.
type Comments struct {
	Answers
	Notify []string      `yaml:"notify" of:"chats" help:"Who gets the summary; notify of the plugin if it is absent."`
	Every  time.Duration `yaml:"every" default:"10m" help:"How often comments are read, and told in one summary."`
}

// Cards is what happens to cards of Channels.
type Cards struct {
	Channels []string     `yaml:"channels" help:"The names of the channels whose cards count; all of them if it is absent."`
	Keyword  []string     `yaml:"keyword" help:"Words, one of which the text of the card must have; any text if it is absent."`
	To       []string     `yaml:"to" of:"chats" help:"Chats that the card is sent on to, once in 24 hours."`
	Like     bool         `yaml:"like" default:"false" help:"Whether the account gives the video a heart, once."`
	Reply    string       `yaml:"reply" help:"What is answered in the chat, with {{.Name}}, {{.Time}} and {{.Channel}}."`
	Delay    outbox.Range `yaml:"delay" default:"3s-10s" help:"How long it waits, drawn at random: who revokes meanwhile stops it."`

	text plugin.Text
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("channels", "Tells of private letters and comments of 视频号, answers them, and sends cards on.", New).
		WithExample("channels: {notify: owner}\n")
}

type part struct {
	c Config
	h *bot.Handle
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	var errs []error
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	if len(c.Cards) > 0 {
		errs = append(errs, plugin.Require(map[string][]string{"in": c.In}))
	} else if len(c.In) == 0 {
		c.In = []string{plugin.Private} // not off
	}
	errs = append(errs, c.Letters.check("letters.")...)
	if c.Comments != nil {
		errs = append(errs, c.Comments.check("comments.")...)
		if c.Comments.Every < time.Minute {
			mistake("comments.every", "it is less than a minute")
		}
	}
	for i := range c.Cards {
		field, card := fmt.Sprintf("cards[%d].", i), &c.Cards[i]
		if len(card.To) == 0 && card.Reply == "" && !card.Like {
			mistake(field+"to", "nothing happens to the card: write to, reply, like, or several")
		}
		errs = append(errs, foldWords(field, card.Keyword))
		var err error
		card.text, err = plugin.ParseText(field+"reply", card.Reply, "Name", "Time", "Channel")
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("channels", &part{c: c}), nil
}

// check finds the mistakes in answers, and prepares them.
func (a *Answers) check(field string) (errs []error) {
	var err error
	if (len(a.Keyword) == 0) != (a.Reply == "") {
		err = errors.New("keyword and reply belong together: write both, or none")
		errs = append(errs, &plugin.FieldError{Field: field + "keyword", Err: err})
	}
	errs = append(errs, foldWords(field, a.Keyword))
	if a.Hours != (outbox.Window{}) {
		if a.hours, err = a.Hours.Hours(); err != nil {
			errs = append(errs, &plugin.FieldError{Field: field + "hours", Err: err})
		}
	}
	a.text, err = plugin.ParseText(field+"reply", a.Reply, "Name", "Time")
	return append(errs, err)
}

// foldWords folds words in their place.
func foldWords(field string, words []string) error {
	var errs []error
	for i, word := range words {
		if words[i] = matching.Fold(strings.TrimSpace(word)); words[i] == "" {
			errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("%skeyword[%d]", field, i), Err: errors.New("it is empty")})
		}
	}
	return errors.Join(errs...)
}

// wants reports whether a text is answered.
func (a *Answers) wants(text string) bool {
	return len(a.Keyword) == 1 && a.Keyword[0] == plugin.All && text != "" || has(text, a.Keyword)
}

// has reports whether a text has one of the words.
func has(text string, words []string) bool {
	text = matching.Fold(text)
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	h.Observe(p.arrived).Named(h.Name() + "/letters")
	h.Task("letter", p.letter, bot.RetryFor(time.Hour))
	h.Task("tell", p.tell, bot.RetryFor(time.Hour))
	h.Task("answer", p.answer, bot.RetryFor(time.Hour))
	if p.c.Comments != nil {
		h.Schedule("comments", "@every "+p.c.Comments.Every.String(), p.comments, bot.CatchUp(p.c.Comments.Every))
		h.Task("comment", p.comment, bot.RetryFor(time.Hour))
	}
	if len(p.c.Cards) > 0 {
		plugin.NoteRevokes(h, nil)
		h.Observe(p.card, match.Kind(xmlmsg.KindFinderFeed, xmlmsg.KindFinderLive, xmlmsg.KindFinderCard)).Named(h.Name() + "/cards")
		h.Task("card", p.sendCard, bot.RetryFor(time.Hour))
		h.Task("like", p.like, bot.RetryFor(time.Hour))
	}
	return nil
}

func (p *part) Close() error { return nil }
