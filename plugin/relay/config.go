// Package relay is a plugin that joins groups: what is said in one is repeated in the others.
package relay

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// Config configures the plugin. Its groups are those of Between; in need not be given.
type Config struct {
	plugin.Scope
	Between  []string      `yaml:"between" of:"chats" required:"true" help:"The groups that hear each other."`
	OneWay   bool          `yaml:"one_way" default:"false" help:"Only the first group is heard by the others."`
	Prefix   string        `yaml:"prefix" default:"{{.SenderName}}@{{.GroupName}}" help:"Who speaks; it stands before each message."`
	Types    []string      `yaml:"types" help:"What is repeated: text, image, file, link, video, finder …; without it the first four."`
	Only     []string      `yaml:"only" enum:"quoted,mentioned" help:"Only what quotes or mentions the account; without it all."`
	Skip     []string      `yaml:"skip" help:"Regular expressions for texts that are not repeated; without it ^/."`
	NoQuotes bool          `yaml:"quotes,not" default:"true" help:"Show what an answer quotes, as a line that begins with a >."`
	Revokes  string        `yaml:"revokes" default:"note" enum:"note,off" help:"What a revoke does in the others: a line, or nothing."`
	Merge    time.Duration `yaml:"merge,off" default:"5s" help:"Lines that one person writes within this time are one message."`
	Notice   string        `yaml:"notice" help:"A text for each group, once, before anything of it is repeated: {{Groups}} names them all."`
	Caps     Caps          `yaml:"caps" help:"How much is sent at most, over all groups together."`
}

// What only may have.
const (
	onlyQuoted    = "quoted"    // answers that quote a message of the account, such as a repeated one
	onlyMentioned = "mentioned" // texts that mention the account
)

// Caps bound what is sent.
type Caps struct {
	PerSource int `yaml:"per_source,off" default:"off" help:"Messages of one group in a minute; above, lines wait and are merged."`
	PerMinute int `yaml:"per_minute,off" default:"12" help:"Messages in a minute; above, lines wait and are merged."`
	PerDay    int `yaml:"per_day,off" default:"400" help:"Messages in a day; above, nothing more is repeated that day."`
}

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("relay", "Joins groups: what is said in one is repeated in the others.", New).
		WithExample("relay: {between: [一群, 二群]}\n")
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	if c.Types == nil {
		c.Types = []string{"text", "image", "file", "link"}
	}
	if c.Skip == nil {
		c.Skip = []string{"^/"}
	}
	plugin.Defaults(&c)
	p := &part{c: c}
	var errs []error
	mistake := func(field string, err error) {
		if err != nil {
			errs = append(errs, &plugin.FieldError{Field: field, Err: err})
		}
	}
	kinds, err := plugin.Kinds("types", c.Types, "text", "image", "file", "video", "link", "location", "chat_record", "mini_program",
		"music", "finder")
	errs = append(errs, err)
	p.kinds = kinds
	if len(c.Between) < 2 {
		mistake("between", errors.New("it needs two groups or more"))
	}
	for i, expr := range c.Skip {
		re, err := regexp.Compile(expr)
		if err == nil && expr == "" {
			err = errors.New("it is empty, and would match every text")
		}
		mistake(fmt.Sprintf("skip[%d]", i), err)
		p.skip = append(p.skip, re)
	}
	if p.prefix, err = router.ParseTemplate(c.Prefix); err == nil {
		err = p.prefix.Check()
	}
	mistake("prefix", err)
	p.notice, err = plugin.ParseText("notice", c.Notice, "Groups")
	errs = append(errs, err)
	for i, what := range c.Only {
		if what != onlyQuoted && what != onlyMentioned {
			mistake(fmt.Sprintf("only[%d]", i), phrase.Errorf("%q is not possible: write quoted or mentioned", what))
		}
	}
	if c.Only != nil && len(c.Only) == 0 {
		mistake("only", errors.New("it is empty, so nothing would be repeated: leave the key out for all"))
	}
	if c.Revokes != "note" && c.Revokes != "off" {
		mistake("revokes", phrase.Errorf("%q is not possible: write note or off", c.Revokes))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	c.In = c.Between
	return c.Bind("relay", p), nil
}
