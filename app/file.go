// Package app is a bot from a file: it reads the file, checks it, and makes the bot of it. Main is
// a program that does so, with plugins of one's own:
//
//	func main() { app.Main(app.Plugin("mine", "Answers in my way.", mine.New)) }
package app

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/models"
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

	gateway *gateway.Config // nil without one
	history *history.Config // nil without one
	models  models.Known    // that plugins share

	tests   []test
	cast    cast
	chats   map[string]chat
	targets []string  // the chats to which something of the file is to be sent
	named   []mention // the chats and people that the file calls by their names, not in its tests
	said    *schema   // what the file says, with the ids of names
	place   func(path string) string
	sum     [sha256.Size]byte // of the text
	with    func(ids func(of, name string) string) (*File, error)

	// Warnings are lines about what the next version will not accept, such as the old name of a
	// key, and about what is hardly meant.
	Warnings []string

	warned []phrase.Text // the warnings
	hints  []phrase.Text // those of them that are about what is written in the file
}

// Idle reports whether a bot of the file would do nothing with a message: no rules, no plugins, no
// gateway, no webhooks, no history, no recording, no alarms.
func (f *File) Idle() bool {
	return len(f.Rules)+len(f.Plugins) == 0 && f.gateway == nil && f.history == nil &&
		f.Record == nil && f.Bot.Alarm.Webhook == "" && f.Bot.Alarm.Owner == ""
}

// part is a plugin of a file, and what the file says of it.
type part struct {
	said   saying
	plugin bot.Plugin
}

// saying is what a file says of a plugin.
type saying struct {
	config any
	place  place
}

// parts makes the plugins of the file: its rules, and those of the section plugins. A plugin of
// before stays if the file says the same of it.
func (f *File) parts(before []part) (all []part, err error) {
	add := func(name string, config any, construct func() (bot.Plugin, error)) error {
		said := saying{config: config}
		if name != quietHoursName && name != models.PluginName { // people do not switch them
			said.place = placeOf(f.chats, name)
		}
		for _, old := range before {
			if old.plugin.Name() == name && reflect.ValueOf(old.plugin).Comparable() && reflect.DeepEqual(old.said, said) {
				all = append(all, old)
				return nil
			}
		}
		made, err := construct()
		if err == nil {
			all = append(all, part{said, said.place.put(made)})
		}
		return err
	}
	if len(f.models) > 0 { // before those that use them
		if err := add(models.PluginName, f.models, func() (bot.Plugin, error) { return models.New(f.models) }); err != nil {
			return nil, err
		}
	}
	if err := add(rulesName, f.Rules, func() (bot.Plugin, error) { return rules.New(f.Rules) }); err != nil {
		return nil, err
	}
	for _, e := range f.Plugins {
		if err := add(e.plugin, e.Config, func() (bot.Plugin, error) { return e.make(e.Config) }); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Path, err)
		}
	}
	quiet := quietOf(f.chats)
	if len(quiet) == 0 {
		return all, nil
	}
	return all, add(quietHoursName, quiet, func() (bot.Plugin, error) { return &quietHours{quiet}, nil })
}

// pluginsOf are the plugins of parts.
func pluginsOf(parts []part) []bot.Plugin {
	all := make([]bot.Plugin, len(parts))
	for i, p := range parts {
		all[i] = p.plugin
	}
	return all
}

// Reader reads configuration files.
type Reader struct {
	// Plugins are the plugins that a file may name. nil means those of Builtin.
	Plugins *plugin.Registry
	// Lookup finds the values of references such as ${NAME}. nil means os.LookupEnv.
	Lookup func(name string) (string, bool)
	// Gaps finds the HONGYAN_ variables that stand for what the file leaves out; docs/en/config.md
	// lists them. nil means that nothing is filled in.
	Gaps func(name string) (string, bool)
	// Sim reads a file for a simulator in the process: as if it said sim: true, and without its
	// sections about the world outside. A variable that is not set stands for its name.
	Sim bool
}

// outside are the keys of the file about the world outside, which a simulator takes the place of.
func outside() []string {
	return []string{"service", "callback", "nats", "record", "alarm", "listen", "admin", "console", "data"}
}

// Load reads a file. ${NAME} in a value stands for the environment variable, $${NAME} for the text.
func (r Reader) Load(path string) (*File, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	return r.Parse(path, text)
}

// read reads the text of a file, as far as it may be of a bot.
func read(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // to read the named file is the purpose
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, phrase.Errorf("app: %w; hongyan init DIR writes a first file, with its tests", err)
	case err != nil:
		return nil, fmt.Errorf("app: %w", err)
	}
	defer f.Close()
	if about, err := f.Stat(); err == nil && about.IsDir() {
		return nil, phrase.Errorf("app: %s is a directory: name the file in it, such as %s", path, filepath.Join(path, "bot.yaml"))
	}
	text, err := io.ReadAll(io.LimitReader(f, conf.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("app: %w", err)
	}
	return text, nil
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
	o := conf.Options{Lookup: r.Lookup, Moved: moved(), TextPlace: textPlace, Manual: manualOf}
	unset := map[string]bool{}
	if r.Sim {
		o.Without = outside()
		o.Lookup = func(name string) (string, bool) {
			value, ok := r.Lookup(name)
			if !ok {
				unset[name], value = true, name
			}
			return value, true
		}
	}
	d, err := conf.Parse(name, text, o)
	if err != nil {
		return nil, err
	}
	f, err := r.build(d, trialID)
	if err != nil {
		return nil, err
	}
	f.sum = sha256.Sum256(text)
	for _, variable := range slices.Sorted(maps.Keys(unset)) {
		f.warn(phrase.New("%s: the environment variable %s is not set: its name stands for its value", name, variable))
	}
	return f, nil
}

// build makes a file of a document. ids turns the names of chats and people into ids.
func (r Reader) build(d *conf.Document, ids func(of, name string) string) (*File, error) {
	s := schema{Plugins: sections{known: r.Plugins}}
	if err := d.Decode(&s); err != nil {
		return nil, err
	}
	s.Service.Sim = s.Service.Sim || r.Sim
	if err := s.fillFromEnv(d, r.Gaps); err != nil {
		return nil, err
	}
	f := &File{place: d.Place}
	named := func(path, of, name string) string {
		f.cast.add(of, name)
		id := name
		if !isWord(name) && !isID(name) {
			f.named = append(f.named, mention{of: of, name: name, place: d.Place(path)})
			id = ids(of, name)
		}
		if of == ofChats && isTarget(path) && !isWord(id) {
			f.targets = append(f.targets, id)
		}
		return id
	}
	s.checkChats(d)
	s.placeChats(d)
	s.expandTags(d)
	tests := s.Tests // they go by names
	s.Tests = nil
	conf.Mentioned("", &s, named)
	for i := range s.Plugins.read {
		conf.Mentioned(s.Plugins.read[i].Path, s.Plugins.read[i].Config, named)
	}
	s.Tests = tests
	s.build(d, f)
	if err := d.Err(); err != nil {
		return nil, err
	}
	conf.Mentioned("tests", &tests, func(_, of, name string) string {
		f.cast.add(of, name)
		return name
	})
	f.said = &s
	f.hints = d.Warnings()
	f.warn(f.hints...)
	f.with = func(ids func(of, name string) string) (*File, error) {
		other, err := r.build(d, ids)
		if err == nil {
			other.Warnings, other.warned, other.hints, other.sum = f.Warnings, f.warned, f.hints, f.sum
		}
		return other, err
	}
	return f, nil
}

// warn adds warnings.
func (f *File) warn(all ...phrase.Text) {
	for _, line := range all {
		f.warned, f.Warnings = append(f.warned, line), append(f.Warnings, line.String())
	}
}

// textPlace is the place in a template or an expression that an error is about.
func textPlace(err error) (line, column int) {
	var wrong *router.TemplateError
	var expression interface{ TextPlace() (line, column int) }
	switch {
	case errors.As(err, &wrong):
		return wrong.Line, 0
	case errors.As(err, &expression):
		return expression.TextPlace()
	}
	return 0, 0
}
