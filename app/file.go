// Package app is a bot from a file: it reads the file, checks it, and makes the bot of it. Main is
// a program that does so, with plugins of one's own:
//
//	func main() { app.Main(app.Plugin("mine", "Answers in my way.", mine.New)) }
package app

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/nats"
)

// File is what a configuration file says.
type File struct {
	Bot    bot.Config
	NATS   *nats.Config   // nil if the store is in the data directory
	Record *bot.Recording // nil if callbacks are not recorded
	Rules  []rules.Rule
	// Plugins are those of the section plugins, in the order of the file.
	Plugins []Entry

	tests []test
	cast  cast
	named []string // the chats and people that the file calls by their names, not in its tests
	with  func(ids func(of, name string) string) (*File, error)

	// Warnings are lines about what the next version will not accept, such as the old name of a
	// key.
	Warnings []string
}

// Idle reports whether a bot of the file would do nothing with a message: no rules, no plugins, no
// recording, no alarms.
func (f *File) Idle() bool {
	return len(f.Rules)+len(f.Plugins) == 0 && f.Record == nil && f.Bot.Alarm.Webhook == "" && f.Bot.Alarm.Owner == ""
}

// plugins makes the plugins of the file: its rules, and those of the section plugins. Each call
// makes new ones.
func (f *File) plugins() ([]bot.Plugin, error) {
	first, err := rules.New(f.Rules)
	if err != nil {
		return nil, err
	}
	all := []bot.Plugin{first}
	for _, e := range f.Plugins {
		made, err := e.make(e.Config)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Path, err)
		}
		all = append(all, made)
	}
	return all, nil
}

// Reader reads configuration files.
type Reader struct {
	// Plugins are the plugins that a file may name. nil means those of Builtin.
	Plugins *plugin.Registry
	// Lookup finds the values of references such as ${NAME}. nil means os.LookupEnv.
	Lookup func(name string) (string, bool)
}

// Load reads a file. ${NAME} in a value stands for the environment variable, $${NAME} for the text.
func (r Reader) Load(path string) (*File, error) {
	f, err := os.Open(path) //nolint:gosec // to read the named file is the purpose
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, conf.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return r.Parse(path, text)
}

// Parse reads the text of a file; name is for error messages. Its error has a line for each
// mistake: "bot.yaml:3: …".
func (r Reader) Parse(name string, text []byte) (*File, error) {
	if r.Lookup == nil {
		r.Lookup = os.LookupEnv
	}
	if r.Plugins == nil {
		r.Plugins = Builtin()
	}
	d, err := conf.Parse(name, text, conf.Options{Lookup: r.Lookup, Renamed: renamed(), TextLine: templateLine})
	if err != nil {
		return nil, err
	}
	return r.build(d, trialID)
}

// build makes a file of a document. ids turns the names of chats and people into ids.
func (r Reader) build(d *conf.Document, ids func(of, name string) string) (*File, error) {
	s := schema{Plugins: sections{known: r.Plugins}}
	if err := d.Decode(&s); err != nil {
		return nil, err
	}
	var mentioned cast
	named := func(of, name string) string {
		mentioned.add(of, name)
		return ids(of, name)
	}
	tests := s.Tests // they go by names
	s.Tests = nil
	conf.Mentioned(&s, named)
	for i := range s.Plugins.read {
		conf.Mentioned(s.Plugins.read[i].Config, named)
	}
	s.Tests = tests
	f := s.build(d)
	if err := d.Err(); err != nil {
		return nil, err
	}
	f.named = mentioned.names()
	conf.Mentioned(&tests, func(of, name string) string {
		mentioned.add(of, name)
		return name
	})
	f.cast, f.Warnings = mentioned, d.Warnings()
	f.with = func(ids func(of, name string) string) (*File, error) { return r.build(d, ids) }
	return f, nil
}

// templateLine is the line of a template or an expression that an error is about.
func templateLine(err error) int {
	var wrong *router.TemplateError
	var expression interface{ TextLine() int }
	switch {
	case errors.As(err, &wrong):
		return wrong.Line
	case errors.As(err, &expression):
		return expression.TextLine()
	}
	return 0
}
