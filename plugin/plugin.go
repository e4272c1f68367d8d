// Package plugin knows plugins by name: what a configuration file, the command line and the pages
// call them, and the struct that configures them.
package plugin

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hongyan-go/hongyan/bot"
)

// Definition is a plugin that a bot can have.
type Definition struct {
	// Name is the name of its section in a configuration file.
	Name string
	// Summary says in a sentence what it does.
	Summary string
	// Example is its section in YAML, from the name on; empty if there is none.
	Example string
	// Was is the name that the section had before; empty if it had none. It works in this version,
	// with a warning.
	Was string
	// Config returns a pointer to a new config struct. Its fields have the tags of package
	// internal/conf: yaml, default, help, enum, required.
	Config func() any
	// New makes the plugin of a config that Config returned. Mistakes in a field are *FieldError,
	// several of them joined by errors.Join.
	New func(config any) (bot.Plugin, error)
}

// Define makes a definition of a config struct C and the constructor of the plugin.
func Define[C any](name, summary string, construct func(C) (bot.Plugin, error)) Definition {
	return Definition{
		Name: name, Summary: summary,
		Config: func() any { return new(C) },
		New:    func(config any) (bot.Plugin, error) { return construct(*config.(*C)) },
	}
}

// WithExample returns the definition with an example.
func (d Definition) WithExample(yaml string) Definition {
	d.Example = yaml
	return d
}

// WithOldName returns the definition with the name that its section had before.
func (d Definition) WithOldName(name string) Definition {
	d.Was = name
	return d
}

// FieldError is a mistake in a field of a config struct.
type FieldError struct {
	Field string // as in the configuration file: "to", "links.allow[2]"
	Err   error
}

// Error names the field and the cause.
func (e *FieldError) Error() string { return fmt.Sprintf("plugin: %s: %v", e.Field, e.Err) }

// Unwrap is the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// Registry has definitions by name. The zero value is empty.
type Registry struct {
	known map[string]Definition
	was   map[string]string // the names of now by the old ones
}

// Register adds definitions. It panics if a name is taken or cannot be the key of a section.
func (r *Registry) Register(list ...Definition) {
	if r.known == nil {
		r.known, r.was = map[string]Definition{}, map[string]string{}
	}
	for _, d := range list {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(d.Name) {
			panic(fmt.Sprintf("plugin: the name %q is not lower case letters, digits and underscores", d.Name))
		}
		for _, name := range []string{d.Name, d.Was} {
			if _, taken := r.Lookup(name); taken {
				panic(fmt.Sprintf("plugin: the name %q is taken: two plugins cannot share a section", name))
			}
		}
		r.known[d.Name] = d
		if d.Was != "" {
			r.was[d.Was] = d.Name
		}
	}
}

// Lookup returns the definition with a name, or with that name before.
func (r *Registry) Lookup(name string) (Definition, bool) {
	if now, old := r.was[name]; old {
		name = now
	}
	d, ok := r.known[name]
	return d, ok
}

// Names are the names of all definitions, sorted.
func (r *Registry) Names() []string { return slices.Sorted(maps.Keys(r.known)) }
