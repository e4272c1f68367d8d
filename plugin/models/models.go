// Package models has the language models that plugins ask. A model of the section models of a file
// is shared by all plugins that name it, and what it costs is counted in one place.
package models

import (
	"errors"
	"maps"
	"regexp"
	"slices"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
)

// Model is a model that plugins share.
type Model struct {
	Backend

	Price      Price   `yaml:"price" help:"What it costs; a limit on the cost counts a rather high price without it."`
	CostPerDay float64 `yaml:"cost_per_day" help:"What the model may cost on a day, in all plugins together, in the unit of price."`
}

// PluginName is the name of the plugin in a bot.
const PluginName = "models"

// Models is a plugin that counts what shared models cost. Install it before those that use them.
type Models struct {
	known Known
	h     *bot.Handle
}

// Known are models by the names that plugins have for them.
type Known map[string]Model

// New makes the plugin. Its errors are *plugin.FieldError, with the name of the model in front:
// default.url.
func New(known Known) (*Models, error) {
	complete, err := known.complete()
	if err != nil {
		return nil, err
	}
	return &Models{known: complete}, nil
}

// names are what a model may be called.
var names = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$`)

// complete fills in the defaults of the models.
func (k Known) complete() (Known, error) {
	all := Known{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(k)) {
		m := k[name]
		wrong := func(field string, err error) {
			errs = append(errs, &plugin.FieldError{Field: name + "." + field, Err: err})
		}
		if !names.MatchString(name) {
			err := phrase.Errorf("%q cannot be the name of a model: write one word", name)
			errs = append(errs, &plugin.FieldError{Field: name, Err: err})
		}
		if field, err := m.Check(); err != nil {
			wrong(field, err)
		}
		if err := m.Price.Check(); err != nil {
			wrong("price", err)
		}
		if m.CostPerDay < 0 {
			wrong("cost_per_day", errors.New("it is less than 0"))
		}
		all[name] = m
	}
	return all, errors.Join(errs...)
}

// User is a config struct of a plugin that can use shared models. Errors of UseModels are
// *plugin.FieldError.
type User interface{ UseModels(known Known) error }

// Name implements bot.Plugin.
func (*Models) Name() string { return PluginName }

// Setup implements bot.Plugin.
func (m *Models) Setup(h *bot.Handle) error {
	m.h = h
	return nil
}

// Close implements bot.Plugin.
func (*Models) Close() error { return nil }
