// Package forward is a plugin that sends files and other messages on from groups to groups.
package forward

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Config configures the plugin.
type Config struct {
	plugin.Scope
	To       []string      `yaml:"to" of:"chats" required:"true" help:"The chats that get the messages."`
	Types    []string      `yaml:"types" default:"file" help:"What is sent on: file, image, video, text, link, finder …"`
	Ext      []string      `yaml:"ext" help:"The extensions of files that are sent on; any if it is absent."`
	Size     Sizes         `yaml:"size" help:"The sizes of files that are sent on, such as 10KB-50MB; any if it is absent."`
	Match    Pattern       `yaml:"match" help:"A regular expression that the name of the file or the text must match."`
	Skip     Pattern       `yaml:"skip" help:"A regular expression that neither may match."`
	Caption  string        `yaml:"caption" default:"来自 {{.GroupName}} · {{.SenderName}} · {{.Time}}" help:"The text before it, or off."`
	Hold     time.Duration `yaml:"hold,off" default:"off" help:"How long a message waits, so that its sender can revoke it."`
	Gap      outbox.Range  `yaml:"gap" default:"2s-5s" help:"The time between two targets."`
	Cooldown Cooldown      `yaml:"cooldown" help:"The time between two messages; what comes earlier waits for its turn."`
	SameFile SameFile      `yaml:"same_file" help:"What happens to a file that a target had before, by its MD5."`
	Confirm  Confirm       `yaml:"confirm" help:"The files about which a person is asked first."`
}

// Cooldown is the time between two messages.
type Cooldown struct {
	For   time.Duration `yaml:"for,off" was:"time" default:"off" help:"How long."`
	Night time.Duration `yaml:"night,off" help:"How long at night; as by day if it is absent."`
	Hours outbox.Window `yaml:"hours" default:"22:00-08:00" help:"When it is night."`
}

// UnmarshalShort reads the time.
func (d *Cooldown) UnmarshalShort(value string) (err error) {
	d.For, err = conf.ParseDuration(value)
	return err
}

// SameFile says what happens to a file that a target had before.
type SameFile struct {
	Within time.Duration `yaml:"within,off" default:"24h" help:"For how long a file is remembered; off sends it again."`
	Then   string        `yaml:"then" default:"skip" enum:"skip,line" help:"Send nothing, or a line that names the file."`
	Line   string        `yaml:"line" default:"{{.GroupName}} · {{.SenderName}} 又发了 {{.FileName | default \"同一个文件\"}}" help:"The line."`
}

// Confirm says about which files a person is asked first.
type Confirm struct {
	Name   Pattern       `yaml:"name" help:"A regular expression for the names of the files, such as 身份证|工资|合同."`
	By     []string      `yaml:"by" of:"people" default:"owners" also:"ask" help:"Who is asked: the first of these people."`
	Within time.Duration `yaml:"within" default:"2h" help:"How long the answer may take; then the file is not sent on."`
}

// Pattern is a regular expression; the zero value matches nothing.
type Pattern struct{ re *regexp.Regexp }

// UnmarshalText reads the expression.
func (p *Pattern) UnmarshalText(text []byte) (err error) {
	if strings.TrimSpace(string(text)) == "" {
		return errors.New("it is empty, and would match every name: leave the key out")
	}
	p.re, err = regexp.Compile(string(text))
	return err
}

// ConfWords says how it is written.
func (Pattern) ConfWords() string { return "regular expression" }

func (p Pattern) matches(text string) bool { return p.re != nil && p.re.MatchString(text) }

// Sizes is a range of sizes in bytes; Most 0 means no bound.
type Sizes struct{ Least, Most int64 }

// UnmarshalText reads 10KB-50MB, 10KB- or -50MB.
func (s *Sizes) UnmarshalText(text []byte) error {
	least, most, found := strings.Cut(string(text), "-")
	var from, to int64
	var errFrom, errTo error
	if strings.TrimSpace(least) != "" {
		from, errFrom = conf.ParseSize(least)
	}
	if strings.TrimSpace(most) != "" {
		to, errTo = conf.ParseSize(most)
	}
	switch err := errors.Join(errFrom, errTo); {
	case err != nil:
		return err
	case !found || to != 0 && to < from || from == 0 && to == 0:
		return phrase.Errorf("%q is not a range of sizes: write 10KB-50MB, 10KB- or -50MB", text)
	}
	*s = Sizes{from, to}
	return nil
}

// ConfWords says how it is written.
func (Sizes) ConfWords() string { return "sizes" }

func (s Sizes) has(n int64) bool { return n >= s.Least && (s.Most == 0 || n <= s.Most) }

// Definition is the plugin for package app.
func Definition() plugin.Definition {
	return plugin.Define("forward", "Sends files and other messages on from groups to groups.", New).
		WithExample("forward: {in: [资料A群], to: [资料总群], ext: [xlsx, pdf]}\n")
}

// New makes the plugin. The error has a *plugin.FieldError for each mistake.
func New(c Config) (bot.Plugin, error) {
	plugin.Defaults(&c)
	p := &part{c: c}
	var errs []error
	mistake := func(field string, err error) {
		if err != nil {
			errs = append(errs, &plugin.FieldError{Field: field, Err: err})
		}
	}
	kinds, err := plugin.Kinds("types", c.Types, "file", "image", "video", "text", "link", "location", "chat_record", "mini_program",
		"music", "finder")
	p.kinds = kinds
	errs = append(errs, plugin.Require(map[string][]string{"to": c.To, "in": c.In}), err)
	p.line, err = template(c.SameFile.Line)
	mistake("same_file.line", err)
	if c.Caption != conf.Off {
		_, err = template(c.Caption)
		mistake("caption", err)
	}
	if c.Ext != nil && len(c.Ext) == 0 {
		mistake("ext", errors.New("it is empty, so no file would be sent on: leave the key out for all"))
	}
	if c.Confirm.Name.re != nil && c.Confirm.Within <= 0 {
		mistake("confirm.within", errors.New("it is not a time in which a person could answer: write 2h"))
	}
	p.night, err = c.Cooldown.Hours.Hours()
	mistake("cooldown.hours", err)
	if c.SameFile.Then != "skip" && c.SameFile.Then != "line" {
		mistake("same_file.then", phrase.Errorf("%q is not possible: write skip or line", c.SameFile.Then))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, ext := range c.Ext {
		p.ext = append(p.ext, strings.ToLower(strings.TrimPrefix(ext, ".")))
	}
	return c.Bind("forward", p), nil
}

func template(text string) (*router.Template, error) {
	t, err := router.ParseTemplate(text)
	if err == nil {
		err = t.Check()
	}
	return t, err
}

// nameOf is what match and skip are about: the name of a file, the title of a card or a text.
func nameOf(c *router.Context) string {
	switch m := c.Payload().(type) {
	case *xmlmsg.Link:
		return m.Title
	case *xmlmsg.MiniProgram:
		return m.Title
	}
	if name := plugin.FileOf(c.Payload()).Name; name != "" {
		return name
	}
	return c.Said()
}
