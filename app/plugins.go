package app

import (
	"errors"
	"reflect"
	"strings"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/models"
)

// Entry is a plugin as a file configures it.
type Entry struct {
	Name   string // of the definition
	Path   string // in the file: plugins.welcome, plugins.welcome[1]
	Config any    // a pointer to the config struct

	plugin string // its name in the bot
	make   func(config any) (bot.Plugin, error)
}

// sections is the part of the file about plugins: a section, or a list of sections, for each.
type sections struct {
	known *plugin.Registry
	read  []Entry
}

// UnmarshalConf reads the sections of plugins.
func (s *sections) UnmarshalConf(d *conf.Document, path string, n conf.Node) {
	d.Named(path, n, func(name, at string, n conf.Node) error {
		definition, ok := s.known.Lookup(name)
		if !ok {
			return phrase.Errorf("there is no plugin %q%s; hongyan plugins lists them", name, suggest.Hint(name, s.known.Names()))
		}
		if name != definition.Name {
			d.Renamed(at, definition.Name)
		}
		d.Each(at, n, func(at string, n conf.Node) {
			entry := Entry{Name: definition.Name, Path: at, Config: definition.Config()}
			d.Read(at, n, entry.Config)
			s.read = append(s.read, entry)
		})
		return nil
	})
}

// manualOf tells where the keys are listed that are possible at a path: a plugin lists its own.
func manualOf(path string, suggested bool) phrase.Text {
	first, rest, _ := strings.Cut(path, ".")
	first, _, _ = strings.Cut(first, "[")
	name, _, _ := strings.Cut(rest, ".")
	name, _, _ = strings.Cut(name, "[")
	switch {
	case first == "plugins" && name != "":
		return phrase.New("; hongyan plugins show %s lists the keys", name)
	case suggested:
		return phrase.Text{}
	case first == "rules":
		return phrase.New("; docs/en/rules.md lists the keys")
	case first == "tests":
		return phrase.New("; docs/en/tests.md lists the keys")
	}
	return phrase.New("; docs/en/config.md lists the keys")
}

// build makes the plugins, and notes the mistakes in their fields.
func (s *sections) build(d *conf.Document, zone string, known models.Known) (all []Entry) {
	names := map[string]string{}
	for _, e := range s.read {
		definition, _ := s.known.Lookup(e.Name)
		e.make = definition.New
		setZone(reflect.ValueOf(e.Config), zone)
		if user, ok := e.Config.(models.User); ok {
			var wrong *plugin.FieldError
			if errors.As(user.UseModels(known), &wrong) {
				d.Point(e.Path+"."+wrong.Field, wrong.Err)
				continue
			}
		}
		made, err := e.make(e.Config)
		if scoped, ok := e.Config.(interface{ CheckScope() error }); ok {
			err = errors.Join(scoped.CheckScope(), err)
		}
		if err != nil {
			s.mistakes(d, e.Path, err)
			continue
		}
		if other, taken := names[made.Name()]; taken {
			d.Mistake(e.Path+".name", phrase.Errorf("%s is the name of %s, too: give one another name", made.Name(), other))
		}
		e.plugin = made.Name()
		names[e.plugin] = d.Place(e.Path)
		all = append(all, e)
	}
	return all
}

// mistakes notes the errors of a constructor where the fields are.
func (s *sections) mistakes(d *conf.Document, path string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			s.mistakes(d, path, one)
		}
		return
	}
	var field *plugin.FieldError
	if errors.As(err, &field) {
		path, err = path+"."+field.Field, field.Err
	}
	d.Mistake(path, err)
}
