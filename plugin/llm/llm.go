// Package llm is a plugin that answers with a language model.
package llm

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Backend is the model that answers.
type Backend struct {
	Backend string `yaml:"backend" enum:"openai,dify,coze,fastgpt" help:"The interface at the address; openai, which many have, if absent."`
	URL     string `yaml:"url" help:"The address of the interface, up to the version: https://api.deepseek.com/v1."`
	Key     string `yaml:"key" help:"The key for it; empty for a model of your own that needs none."`
	Model   string `yaml:"model" help:"The model; for coze the id of the bot; dify and fastgpt know it by the key."`
	Prompt  string `yaml:"prompt" help:"What the model is told first; or the path of a .txt or .md file."`
}

// Config configures the plugin.
type Config struct {
	plugin.Scope
	Backend

	When struct {
		Group   string   `yaml:"group" default:"mentioned" enum:"mentioned,always,never" help:"Which messages of a group it answers."`
		Private string   `yaml:"private" default:"always" enum:"always,never" help:"Whether it answers in private chats."`
		Words   []string `yaml:"words" help:"Words at the beginning of a message that work like a mention."`
	} `yaml:"when"`
	Memory struct {
		Per   string        `yaml:"per" default:"person" enum:"person,chat" help:"Who has a memory: each person in a chat, or each chat."`
		Turns int           `yaml:"turns,off" default:"12" help:"How many questions it remembers, with their answers."`
		Idle  time.Duration `yaml:"idle" default:"1h" help:"After how long without a question it forgets."`
	} `yaml:"memory"`
	Debounce time.Duration `yaml:"debounce,off" default:"2s" help:"Messages of a person within this time are one question."`
	Limits   struct {
		PerPerson     plugin.Limit `yaml:"per_person" default:"20/24h" help:"How many questions of a person it answers in a chat."`
		PerChat       plugin.Limit `yaml:"per_chat" default:"60/3h" help:"How many questions it answers in a chat."`
		Free          []string     `yaml:"free" of:"people" help:"Whose questions count only for cost_per_day: people, admins, owners."`
		CostPerDay    float64      `yaml:"cost_per_day" help:"What the answers of a day may cost, in the unit of price."`
		CostPerPerson float64      `yaml:"cost_per_person" help:"What the answers of a day to a person may cost."`
	} `yaml:"limits"`
	Price        model.Price        `yaml:"price" help:"What the tokens cost."`
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

const example = `llm: {in: [产品群], url: "https://api.deepseek.com/v1", key: "${LLM_KEY}", model: deepseek-chat}
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
	if p.blocked, err = words(c.BlockedWords); err != nil {
		errs = append(errs, &plugin.FieldError{Field: "blocked_words", Err: err})
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
	capped := p.c.Limits.CostPerDay > 0 || p.c.Limits.CostPerPerson > 0
	if err := p.c.Price.Check(capped); err != nil {
		wrong("price", err)
	}
	if p.c.Vision && !sees(p.c.Backend) {
		wrong("vision", phrase.Errorf("%s takes no pictures here: leave it out", p.c.Backend.Backend))
	}
	if slices.Contains(p.c.Limits.Free, plugin.All) {
		wrong("limits.free", errors.New("it has everybody: write off for the limits instead"))
	}
	if p.c.Split < 1 {
		wrong("split", phrase.Errorf("%d characters are too few", p.c.Split))
	}
	return errs
}

// inherit completes a backend that is another one for some chats.
func (p *llm) inherit(own Backend) (Backend, error) {
	if own.Backend == "" && own.URL == "" {
		own.Backend, own.URL, own.Key = p.c.Backend.Backend, p.c.URL, cmp.Or(own.Key, p.c.Key)
		own.Model = cmp.Or(own.Model, p.c.Model)
	}
	own.Prompt = cmp.Or(own.Prompt, p.c.Prompt)
	return own.complete()
}

// complete fills in the defaults of a backend, and reads the file with its prompt.
func (b Backend) complete() (Backend, error) {
	b.Backend = cmp.Or(b.Backend, openAI)
	if b.Backend == coze {
		b.URL = cmp.Or(b.URL, "https://api.coze.cn")
	}
	wrong := func(field, text string) error { return &plugin.FieldError{Field: field, Err: errors.New(text)} }
	err := service.CheckURL(b.URL)
	switch {
	case err != nil:
		return b, &plugin.FieldError{Field: "url", Err: err}
	case b.Model == "" && (b.Backend == openAI || b.Backend == coze):
		return b, wrong("model", "it is missing")
	}
	if _, known := backends[b.Backend]; !known {
		return b, wrong("backend", fmt.Sprintf("there is no backend %q: write openai, dify, coze or fastgpt", b.Backend))
	}
	if b.Prompt, err = fromFile(b.Prompt, ".txt", ".md"); err != nil {
		return b, &plugin.FieldError{Field: "prompt", Err: err}
	}
	return b, nil
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
		return p.c.When.Private == "always"
	}
	switch p.c.When.Group {
	case "always":
		return true
	case "never":
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
	return containsAny(matching.Fold(text), p.blocked)
}
