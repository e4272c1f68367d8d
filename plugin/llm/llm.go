// Package llm is a plugin that answers with a language model.
package llm

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
	"github.com/hongyan-go/hongyan/plugin/models"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Backend is the model that answers, with what it is told first.
type Backend struct {
	models.Backend

	Prompt string `yaml:"prompt" help:"What the model is told first; or the path of a .txt or .md file."`
}

// When says which messages are for the model. In a file one word is that for groups.
type When struct {
	Group   string   `yaml:"group" default:"mentioned" enum:"mentioned,always,never" oldvalues:"at_me=mentioned" help:"In groups."`
	Private string   `yaml:"private" default:"always" enum:"always,never" help:"Whether it answers in private chats."`
	Words   []string `yaml:"words" help:"Words at the beginning of a message that work like a mention."`
}

// UnmarshalShort reads which messages of a group it answers.
func (w *When) UnmarshalShort(group string) error {
	if w.Group = group; !slices.Contains([]string{mentioned, always, never}, group) {
		return phrase.Errorf("%q is not mentioned, always or never", group)
	}
	return nil
}

// The words of When.
const (
	mentioned = "mentioned"
	always    = "always"
	never     = "never"
)

// Memory says what the model remembers. In a file a number is that of the questions.
type Memory struct {
	Per   string        `yaml:"per" default:"person" enum:"person,chat" help:"Who has a memory: each person in a chat, or each chat."`
	Turns int           `yaml:"turns,off" default:"12" help:"How many questions it remembers, with their answers."`
	Idle  time.Duration `yaml:"idle" default:"1h" help:"After how long without a question it forgets."`
}

// UnmarshalShort reads how many questions it remembers.
func (m *Memory) UnmarshalShort(turns string) (err error) {
	if turns == conf.Off {
		m.Turns = -1
		return nil
	}
	if m.Turns, err = strconv.Atoi(turns); err != nil || m.Turns < 1 {
		return phrase.Errorf("%q is not a limit: write a number from 1 on, or off", turns)
	}
	return nil
}

// Cap says how much the model is asked.
type Cap struct {
	PerPerson     plugin.Limit `yaml:"per_person" default:"20/24h" help:"How many questions of a person it answers in a chat."`
	PerChat       plugin.Limit `yaml:"per_chat" default:"60/3h" help:"How many questions it answers in a chat."`
	Free          []string     `yaml:"free" of:"people" help:"Whose questions count only for cost_per_day: people, admins, owners."`
	CostPerDay    float64      `yaml:"cost_per_day" help:"What the answers of a day may cost, in the unit of price."`
	CostPerPerson float64      `yaml:"cost_per_person" help:"What the answers of a day to a person may cost."`
}

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Backend

	When         When               `yaml:"when" help:"Which messages are for the model; one word is that for groups."`
	Memory       Memory             `yaml:"memory" help:"What the model remembers; a number is that of the questions."`
	Debounce     time.Duration      `yaml:"debounce,off" default:"2s" help:"Messages of a person within this time are one question."`
	Cap          Cap                `yaml:"cap" was:"limits" help:"How much the model is asked."`
	Price        models.Price       `yaml:"price" help:"What the model costs; a limit on the cost counts a rather high price without it."`
	Vision       bool               `yaml:"vision" default:"false" help:"Whether the model (openai, fastgpt) can see, and gets, pictures."`
	BlockedWords []string           `yaml:"blocked_words" help:"Words that stop a question or an answer, or the path of a .txt file."`
	OverLimit    string             `yaml:"over_limit" default:"问得有点多啦，请稍后再来。" help:"The answer above a limit, sent once."`
	Refused      string             `yaml:"refused" default:"这个问题我不方便回答。" help:"The answer if a word is blocked."`
	Failed       string             `yaml:"failed" default:"我暂时没法回答，请稍后再试。" help:"The answer if the model gives none."`
	ReplyPrefix  string             `yaml:"reply_prefix" help:"What each answer of the model begins with, such as [AI]."`
	Split        int                `yaml:"split" default:"800" help:"The most characters of a message; longer answers are sent in parts."`
	Quote        bool               `yaml:"quote" default:"false" help:"Whether the first part quotes the question."`
	Timeout      time.Duration      `yaml:"timeout" default:"2m" help:"How long the model may take."`
	Chats        map[string]Backend `yaml:"chats" of:"chats" help:"Chats with a prompt or a model of their own, by id or name."`
	Models       map[string]Backend `yaml:"models" help:"Models and prompts that a chat can be switched to, by the command /模型 NAME."`
	MaySwitch    []string           `yaml:"may_switch" of:"people" default:"owners" help:"Who may switch: people, admins or owners."`
	Tools        Tools              `yaml:"tools" help:"What the model may do for listed people."`
}

const example = `llm: {in: [产品群], model: deepseek-chat, key: "${LLM_KEY}"}
`

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("llm", "Answers with a language model: OpenAI and what speaks like it, Dify, Coze, FastGPT.",
		New).WithExample(example)
}

// New makes the plugin.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	p := &llm{c: c, client: service.New(c.Timeout), texts: map[*string]*router.Template{}}
	errs := []error{plugin.Require(map[string][]string{"in": c.In})}
	for field, text := range map[string]*string{"over_limit": &p.c.OverLimit, "refused": &p.c.Refused, "failed": &p.c.Failed} {
		t, err := router.ParseTemplate(*text)
		if err == nil {
			err = t.Check()
		}
		if p.texts[text] = t; err != nil {
			errs = append(errs, &plugin.FieldError{Field: field, Err: err})
		}
	}
	errs = append(append(append(errs, p.check()...), p.checkModels()...), p.makeTools()...)
	var err error
	if p.blocked, err = plugin.ReadWords("blocked_words", c.BlockedWords); err != nil {
		errs = append(errs, err)
	}
	for i, word := range p.blocked {
		p.blocked[i] = matching.Fold(word)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c.Bind("llm", p), nil
}

// check completes the backends and reports what is wrong with them.
func (p *llm) check() (errs []error) {
	wrong := func(field string, err error) { errs = append(errs, &plugin.FieldError{Field: field, Err: err}) }
	var err error
	if p.c.Backend, err = p.c.complete(); err != nil {
		errs = append(errs, err)
	}
	chats := map[string]Backend{}
	for name, own := range p.c.Chats {
		if chats[name], err = p.inherit(own); err != nil {
			var field *plugin.FieldError
			if errors.As(err, &field) {
				wrong("chats."+name+"."+field.Field, field.Err)
			}
		}
	}
	p.c.Chats = chats
	if err := p.c.Price.Check(); err != nil {
		wrong("price", err)
	}
	if p.c.Vision && !p.c.Sees() {
		wrong("vision", phrase.Errorf("%s takes no pictures here: leave it out", p.c.Kind))
	}
	if slices.Contains(p.c.Cap.Free, plugin.All) {
		wrong("cap.free", errors.New("it has everybody: write off for the limits instead"))
	}
	if p.c.Split < 1 {
		wrong("split", phrase.Errorf("%d characters are too few", p.c.Split))
	}
	return errs
}

// inherit completes a backend that is another one for some chats.
func (p *llm) inherit(own Backend) (Backend, error) {
	if own.Kind == "" && own.URL == "" {
		model, key := own.Model, own.Key
		own.Backend = p.c.Backend.Backend
		own.Model, own.Key = cmp.Or(model, own.Model), cmp.Or(key, own.Key)
	}
	own.Prompt = cmp.Or(own.Prompt, p.c.Prompt)
	return own.complete()
}

// complete fills in the defaults of a backend, and reads the file with its prompt.
func (b Backend) complete() (Backend, error) {
	field, err := b.Check()
	if err != nil {
		return b, &plugin.FieldError{Field: field, Err: err}
	}
	b.Prompt, err = plugin.ReadText("prompt", b.Prompt)
	return b, err //nolint:wrapcheck // it names the field
}

// UseModels implements models.User.
func (c *Config) UseModels(known models.Known) error {
	for _, more := range []map[string]Backend{c.Chats, c.Models} {
		for name, own := range more {
			if _, shared := known[own.Model]; shared { // any other is a model at the address of the plugin
				_ = own.Fill(known)
				more[name] = own
			}
		}
	}
	if err := c.Fill(known); err != nil {
		return &plugin.FieldError{Field: "model", Err: err}
	}
	return nil
}

type llm struct {
	c       Config
	client  *service.Client
	blocked []string // folded
	texts   map[*string]*router.Template
	tools   []Tool
	clients []*http.Client // of the tools
	h       *bot.Handle
}

func (p *llm) Setup(h *bot.Handle) error {
	p.h = h
	p.client.Through(h)
	if len(p.c.Models) > 0 {
		h.Command("模型", p.choose, router.Help("看或换这里的模型")).Named(p.name() + ".model")
	}
	asked := h.Where(match.Kind(xmlmsg.KindText, xmlmsg.KindQuote, xmlmsg.KindImage), match.Func("asked", p.asked))
	if p.c.Debounce > 0 {
		asked.Batch(router.BySender, p.c.Debounce, p.turn, router.FlushOn(match.Kind(xmlmsg.KindImage))).Named(p.name() + ".turn")
	} else {
		asked.Any(func(c *router.Context) error { return p.turn(c, []*router.Context{c}) }).Named(p.name() + ".turn")
	}
	h.Task("answer", p.answer, bot.NewestWins(), bot.TaskTimeout(p.c.Timeout+p.c.Tools.Timeout+10*time.Second),
		bot.Backoff(2*time.Second, 10*time.Second))
	return nil
}

// name is the name of the plugin.
func (p *llm) name() string {
	if p.c.Name == "" {
		return "llm"
	}
	return "llm:" + p.c.Name
}

func (p *llm) Close() error {
	p.client.Close()
	for _, client := range p.clients {
		client.CloseIdleConnections()
	}
	return nil
}

// asked reports whether a message is for the model.
func (p *llm) asked(s *match.Subject) bool {
	if !s.Event.Conversation.IsGroup() {
		return p.c.When.Private == always
	}
	switch p.c.When.Group {
	case always:
		return true
	case never:
		return false
	}
	return s.AtMe() || len(p.c.When.Words) > 0 && match.Prefix(p.c.When.Words...).Match(s)
}

// at is the backend of a chat.
func (p *llm) at(c *router.Context) (Backend, error) {
	if len(p.c.Models) > 0 {
		var name string
		if _, err := c.Store(router.ByChat).Get(c, chosenKey, &name); err != nil {
			return Backend{}, err //nolint:wrapcheck // it names the value
		}
		if own, ok := p.c.Models[name]; ok {
			return own, nil
		}
	}
	chat := c.Conversation().ID
	if own, ok := p.c.Chats[chat]; ok {
		return own, nil
	}
	for name, own := range p.c.Chats {
		if id, err := p.h.Contacts().Find(c, c.Account(), name); err == nil && id == chat {
			return own, nil
		}
	}
	return p.c.Backend, nil
}

// isBlocked reports whether a text has a blocked word.
func (p *llm) isBlocked(text string) bool {
	text = matching.Fold(text)
	return slices.ContainsFunc(p.blocked, func(word string) bool { return strings.Contains(text, word) })
}
