// Package asr is a plugin that understands voices: their words go through the rules as a text, or
// are sent as an answer.
package asr

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media/voice"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
	"github.com/hongyan-go/hongyan/plugin/internal/sound"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// What is done with the words of a voice.
const (
	passOn = "pass_on"
	quote  = "quote"
	ignore = "ignore"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope

	shared models.Backend // the model, if it is a shared one

	URL      string        `yaml:"url" help:"The address of the engine, up to the version: http://127.0.0.1:9000/v1."`
	Key      string        `yaml:"key" help:"The key for it; empty for an engine of your own that needs none."`
	Model    string        `yaml:"model" default:"whisper-1" help:"The model; without url and key, its name in models."`
	Language string        `yaml:"language" help:"The language, such as zh; the engine finds out without it."`
	Longest  time.Duration `yaml:"longest" default:"60s" help:"Longer voices are left alone."`
	Timeout  time.Duration `yaml:"timeout" default:"15s" help:"How long the engine may take."`
	Then     struct {
		Private string `yaml:"private" default:"pass_on" enum:"pass_on,quote,ignore" help:"What is done in private chats."`
		Group   string `yaml:"group" default:"quote" enum:"pass_on,quote,ignore" help:"What is done in groups."`
	} `yaml:"then"`
	Words []string `yaml:"words" help:"In groups only voices count that begin with one of these, by its sound."`
	Cap   struct {
		PerPerson  plugin.Limit `yaml:"per_person" default:"50/24h" help:"How many voices of a person it listens to."`
		CostPerDay float64      `yaml:"cost_per_day" help:"What the voices of a day may cost, in the unit of price."`
	} `yaml:"cap" was:"limits" help:"How much it listens."`
	Price  models.Price `yaml:"price" help:"What a minute costs; cost_per_day counts a rather high price without it."`
	Failed string       `yaml:"failed" default:"没听清，请打字。" help:"The answer if the words are not understood."`
}

const example = `asr: {in: [private], url: "http://127.0.0.1:9000/v1"}
`

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("asr", "Voices go through the rules as texts, or are answered with their words.", New).WithExample(example)
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	errs := []error{plugin.Require(map[string][]string{"in": c.In})}
	if err := c.Price.Check(); err != nil {
		errs = append(errs, &plugin.FieldError{Field: "price", Err: err})
	}
	words := make([]sound.Word, len(c.Words))
	for i, word := range c.Words {
		if words[i] = sound.Of(word); words[i].Silent() {
			err := phrase.Errorf("%q has nothing that sounds", word)
			errs = append(errs, &plugin.FieldError{Field: fmt.Sprintf("words[%d]", i), Err: err})
		}
	}
	if err := service.CheckURL(c.URL); err != nil {
		errs = append(errs, &plugin.FieldError{Field: "url", Err: err})
	}
	for field, then := range map[string]string{"then.private": c.Then.Private, "then.group": c.Then.Group} {
		if then != passOn && then != quote && then != ignore {
			errs = append(errs, &plugin.FieldError{Field: field, Err: phrase.Errorf("%q is not pass_on, quote or ignore", then)})
		}
	}
	failed, err := router.ParseTemplate(c.Failed)
	if err == nil {
		err = failed.Check()
	}
	if err != nil {
		errs = append(errs, &plugin.FieldError{Field: "failed", Err: err})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("asr", &asr{c: c, words: words, failed: failed, client: service.New(c.Timeout)}), nil
}

// UseModels implements models.User.
func (c *Config) UseModels(known models.Known) error {
	b := models.Backend{URL: c.URL, Key: c.Key, Model: c.Model}
	if err := b.Fill(known); err != nil {
		return &plugin.FieldError{Field: "model", Err: err}
	}
	c.URL, c.Key, c.Model, c.shared = b.URL, b.Key, b.Model, b
	return nil
}

type asr struct {
	c      Config
	words  []sound.Word
	failed *router.Template
	client *service.Client
	h      *bot.Handle
}

func (p *asr) Setup(h *bot.Handle) error {
	p.h = h
	p.client.Through(h)
	h.Voice(p.voice)
	h.Task("hear", p.hear, bot.Backoff(rest, rest))
	return nil
}

func (p *asr) Close() error {
	p.client.Close()
	return nil
}

// The tries to understand a voice, and the rest between them: a person waits.
const (
	tries = 2
	rest  = 2 * time.Second
)

// then is what is done with a voice.
func (p *asr) then(c *router.Context) string {
	if c.Conversation().IsGroup() {
		return p.c.Then.Group
	}
	return p.c.Then.Private
}

// voice has a voice listened to, without holding the chat.
func (p *asr) voice(c *router.Context, m *xmlmsg.Voice) error {
	if p.then(c) == ignore || time.Duration(m.DurationMS)*time.Millisecond > p.c.Longest {
		return router.Next
	}
	ok, err := p.c.Cap.PerPerson.Take(c, c.Store(router.BySender), "limit", c.Event.Key())
	switch {
	case err != nil:
		return err //nolint:wrapcheck // it names the value
	case !ok:
		c.Logger().Info("a voice is left alone: its sender is above cap.per_person")
		return router.Next
	}
	left, err := p.purses(c).Left(c)
	switch {
	case err != nil:
		return err //nolint:wrapcheck // it names the value
	case !left:
		c.Logger().Warn("a voice is left alone: what listening may cost on a day is spent")
		return router.Next
	}
	return c.Later("hear", c.Event.Key(), 0, "")
}

// purses are what may be spent today.
func (p *asr) purses(c *router.Context) models.Purses {
	return append(p.c.shared.Shared(p.h), models.Today(p.h, c.Store(router.ByAccount), "", p.c.Cap.CostPerDay))
}

// called is what a voice says to the bot: in a group with words, one that does not begin with one
// of them is for somebody else.
func (p *asr) called(c *router.Context, text string) (string, bool) {
	if len(p.words) == 0 || !c.Conversation().IsGroup() {
		return text, true
	}
	for _, word := range p.words {
		if said, ok := word.Begins(text); ok {
			return said, true
		}
	}
	return "", false
}

// hear listens to a voice, and does what is to be done with its words.
func (p *asr) hear(t *bot.Task[string]) error {
	c := t.Context
	text, err := router.Remember(c, "text", func() (string, error) { return p.listen(c) })
	if err != nil {
		if again(err) && c.Attempt() < tries && c.Err() == nil {
			return err
		}
		p.h.Logger().Warn("a voice is not understood", zap.String("chat", c.Conversation().ID), zap.Error(err))
		if len(p.words) > 0 && c.Conversation().IsGroup() {
			return nil // it may not be for the bot
		}
		words, err := p.failed.Render(c)
		if err != nil || words == "" {
			return err //nolint:wrapcheck // it names the template
		}
		return c.ReplyAt(words)
	}
	text, ok := p.called(c, text)
	if !ok {
		return nil
	}
	if p.then(c) == quote {
		return c.ReplyQuote(text)
	}
	return p.h.PassOn(c, text) //nolint:wrapcheck // it says what failed
}

// again reports whether another try can help, soon enough for the person who waits.
func again(err error) bool {
	var slow net.Error
	if errors.As(err, &slow) && slow.Timeout() {
		return false
	}
	return !router.IsPermanent(err) && !service.IsPermanent(err) && !errors.Is(err, errNoWords)
}

// errNoWords is a voice without words.
var errNoWords = errors.New("asr: the engine has understood no words")

// listen returns the words of the voice of a message.
func (p *asr) listen(c *router.Context) (string, error) {
	file, err := c.Download()
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	open, err := file.Open()
	if err != nil {
		return "", fmt.Errorf("asr: %w", err)
	}
	data, err := io.ReadAll(open)
	if err = errors.Join(err, open.Close()); err != nil {
		return "", fmt.Errorf("asr: %w", err)
	}
	heard, err := voice.ToWAV(data)
	if err != nil {
		return "", router.Permanent(fmt.Errorf("asr: %w", err)) //nolint:wrapcheck // it is wrapped
	}
	engine := model.Backend{URL: p.c.URL, Key: p.c.Key, Model: p.c.Model}
	text, err := engine.Transcribe(c, p.client, heard, p.c.Language)
	switch {
	case err != nil:
		return "", err //nolint:wrapcheck // it says what failed
	case text == "":
		err = errNoWords
	}
	var length time.Duration
	if m, ok := c.Payload().(*xmlmsg.Voice); ok {
		length = time.Duration(m.DurationMS) * time.Millisecond
	}
	return text, errors.Join(err, p.purses(c).Pay(c, p.c.shared.Price(p.c.Price).OfVoice(length)))
}
