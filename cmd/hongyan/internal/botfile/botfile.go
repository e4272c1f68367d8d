// Package botfile reads the configuration file of a bot without Go code. All mistakes are reported
// at once, each with its line; an unknown key is a mistake.
package botfile

import (
	"fmt"
	"io"
	"os"
	"reflect"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/store/nats"
)

// File is what a configuration file says.
type File struct {
	Bot    bot.Config
	NATS   *nats.Config   // nil if the store is in the data directory
	Record *bot.Recording // nil if callbacks are not recorded
	Rules  []rules.Rule

	// Warnings are lines about what the next version will not accept, such as the old name of a
	// key.
	Warnings []string
}

// Idle reports whether a bot of the file would do nothing with a message: no rules, no recording,
// no alarms.
func (f *File) Idle() bool {
	return len(f.Rules) == 0 && f.Record == nil && f.Bot.Alarm.Webhook == "" && f.Bot.Alarm.Owner == ""
}

// Load reads a file. ${NAME} in a value stands for the environment variable, $${NAME} for the text.
func Load(path string) (*File, error) {
	f, err := os.Open(path) //nolint:gosec // to read the named file is the purpose
	if err != nil {
		return nil, fmt.Errorf("botfile: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, fmt.Errorf("botfile: %w", err)
	}
	return Parse(path, text, os.LookupEnv)
}

// Parse reads the text of a file; name is for error messages, lookup works like os.LookupEnv. Its
// error has a line for each mistake: "bot.yaml:3: …".
func Parse(name string, text []byte, lookup func(string) (string, bool)) (file *File, err error) {
	d := &document{name: name, broken: map[string]bool{}, spelled: map[string]string{}, fields: map[reflect.Type]map[string]int{}}
	defer func() { // the YAML library panics on some broken documents
		if v := recover(); v != nil {
			file, err = nil, fmt.Errorf("%s: the file is not YAML that can be read", name)
		}
	}()
	body, err := d.parse(text)
	if err != nil {
		return nil, err
	}
	ast.Walk(&expander{lookup: lookup, mistake: d.mistakeAt}, body)
	var s schema
	d.decode("", body, reflect.ValueOf(&s).Elem())
	f := s.build(d)
	if err := d.err(); err != nil {
		return nil, err
	}
	f.Warnings = d.warnings
	return f, nil
}

// parse reads the YAML of a text within the bounds of a file.
func (d *document) parse(text []byte) (ast.Node, error) {
	if len(text) > maxFileSize {
		return nil, fmt.Errorf("%s: the file is larger than %d MB: is it a bot's file?", d.name, maxFileSize>>20)
	}
	text, err := checkEncoding(d, text)
	if err != nil {
		return nil, err
	}
	if text, err = markVariables(d, text); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(string(text))
	if err := checkNesting(d, tokens); err != nil {
		return nil, err
	}
	if d.file, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()); err != nil {
		return nil, d.syntax(err)
	}
	if len(d.file.Docs) == 0 || d.file.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s: the file is empty: docs/config.md shows what to write", d.name)
	}
	if len(d.file.Docs) > 1 {
		return nil, fmt.Errorf("%s: more than one document: a bot is one file", d.name)
	}
	body, _, err := (&aliases{named: map[string]ast.Node{}, sizes: map[string]int{}}).resolve(d.file.Docs[0].Body)
	if err != nil {
		return nil, d.syntax(err)
	}
	d.file.Docs[0].Body = body
	return body, nil
}
