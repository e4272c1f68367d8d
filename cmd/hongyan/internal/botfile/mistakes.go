package botfile

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/router"
)

// document is a parsed file that knows the lines of its values, and collects its mistakes.
type document struct {
	name     string
	file     *ast.File
	mistakes []mistake
	warnings []string
	spelled  map[string]string               // the paths of keys by which the file calls others
	fields   map[reflect.Type]map[string]int // the fields of the sections, by key
	broken   map[string]bool                 // parts of the file, such as rules[2], with a value that could not be read
}

type mistake struct {
	line int
	err  error
}

// lineError is an error in a line of the file.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }

func (e *lineError) Unwrap() error { return e.err }

// syntax rewrites an error of the YAML library as one line: "bot.yaml:3: …".
func (d *document) syntax(err error) error {
	line, err := lineOf(err)
	if line == 0 {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	return d.at(line, err)
}

// lineOf splits an error into its line, 0 if it has none, and its cause.
func lineOf(err error) (line int, cause error) {
	var own *lineError
	if errors.As(err, &own) {
		return own.line, own.err
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return at.GetToken().Position.Line, errors.New(spell(at.GetMessage()))
	}
	return 0, err
}

func (d *document) at(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", d.name, line, err)
}

// mistakeAt notes a mistake in a line.
func (d *document) mistakeAt(line int, err error) {
	d.mistakes = append(d.mistakes, mistake{line, err})
}

// unreadable notes a value that could not be read. Further mistakes in the same part of the file
// are not reported, as they would only be a consequence.
func (d *document) unreadable(path string, line int, err error) {
	d.broken[part(path)] = true
	d.mistakeAt(line, err)
}

// mistakeIn notes a mistake in the value at a path such as "rules[2].regexp". If the value is
// missing, the line is that of the section it belongs in.
func (d *document) mistakeIn(path string, err error) {
	if old, ok := d.spelled[path]; ok {
		path = old
	}
	if !d.broken[part(path)] {
		d.mistakeAt(d.lineIn(path, err), fmt.Errorf("%s: %w", path, err))
	}
}

// lineIn is the line of the value at a path; within a text of several lines, that of the mistake.
func (d *document) lineIn(path string, err error) int {
	for p := "$." + path; p != "$" && p != ""; p = parent(p) {
		query, bad := yaml.PathString(p)
		if bad != nil {
			break
		}
		node, missing := query.FilterFile(d.file)
		if missing != nil || node == nil {
			continue
		}
		line := firstLine(node)
		var template *router.TemplateError
		if literal, ok := node.(*ast.LiteralNode); ok && errors.As(err, &template) {
			line = literal.Start.Position.Line + template.Line
		}
		return line
	}
	return 1
}

// err is all mistakes, a line each, in the order of the file; nil if there are none.
func (d *document) err() error {
	slices.SortStableFunc(d.mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	all := make([]error, len(d.mistakes))
	for i, m := range d.mistakes {
		all[i] = d.at(m.line, m.err)
	}
	return errors.Join(all...)
}

// firstLine is where a node begins: a mapping's own token is its first colon.
func firstLine(n ast.Node) int {
	line := n.GetToken().Position.Line
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		line = min(line, m.Values[0].Key.GetToken().Position.Line)
	}
	return line
}

// parent cuts the last step off a path.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// part is the part of the file that a path leads into: its first key, with the index of an entry.
func part(path string) string {
	first, _, _ := strings.Cut(path, ".")
	return first
}
