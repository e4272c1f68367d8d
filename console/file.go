package console

import (
	"context"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// File is the configuration file of a bot, as the console shows and changes it. Package app
// implements it.
type File interface {
	// Path is where the file is.
	Path() string
	// Read returns the text of the file, in which secrets are replaced by marks that Save knows,
	// and its revision.
	Read() (text, revision string, err error)
	// Check returns the mistakes of a text, each with its line, as one error; nil if it has none.
	Check(text string) error
	// Test runs the tests of a text on a simulator.
	Test(ctx context.Context, text string) ([]TestResult, error)
	// Save writes a text whose mistakes were looked for, unless the file has another revision, and
	// reloads. The lines say what has changed. After an error the file is as it was.
	Save(ctx context.Context, text, revision string) (lines []phrase.Text, err error)
	// Versions are the texts before the last changes, the latest first: ten at most. Version is one
	// of them.
	Versions() ([]Version, error)
	Version(id string) (text string, err error)
	// Sections are the plugins of the file.
	Sections() []Section
	// Set returns the text with another section of a plugin: by key, as it is written in YAML; an
	// empty value takes the key out.
	Set(text, path string, values map[string]string) (string, error)
}

// TestResult is how a test of a file ended.
type TestResult struct {
	Name  string        `json:"name"`
	Place string        `json:"place"`
	OK    bool          `json:"ok"`
	Lines []phrase.Text `json:"lines,omitempty"`
}

// Version is a text of a file before a change.
type Version struct {
	ID string `json:"id"` // when it was replaced
}

// Section is the section of a plugin in a file.
type Section struct {
	Plugin  string         `json:"plugin"` // its name in the bot
	Kind    string         `json:"kind"`   // the name of its definition
	Path    string         `json:"path"`   // in the file
	Summary string         `json:"summary"`
	Fields  []SectionField `json:"fields"`
}

// SectionField is a key of a section.
type SectionField struct {
	Key      string   `json:"key"`
	Type     string   `json:"type"` // in words
	Default  string   `json:"default,omitempty"`
	Help     string   `json:"help,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	Required bool     `json:"required,omitempty"`
	Value    string   `json:"value,omitempty"` // as the file writes it; empty if it does not
	Secret   bool     `json:"secret,omitempty"`
	Set      bool     `json:"set"`
}
