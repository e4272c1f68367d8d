package conf

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

type mistake struct {
	line, column int // column is 0 for a mistake that is known by its line only
	err          error
}

// lineError is an error in a line of the file.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }

func (e *lineError) Unwrap() error { return e.err }

// syntax rewrites an error of the YAML library as one line: "bot.yaml:3: …".
func (d *Document) syntax(err error) error {
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
		if strings.Contains(at.GetMessage(), `'	'`) || strings.Contains(at.GetMessage(), "'	'") {
			return at.GetToken().Position.Line, errors.New("a tab begins the line or a value: YAML is indented with spaces")
		}
		return at.GetToken().Position.Line, errors.New(spell(at.GetMessage()))
	}
	return 0, err
}

func (d *Document) at(line int, err error) error {
	return phrase.Errorf("%s:%d: %w", d.name, line, err)
}

// mistakeAt notes a mistake in a line.
func (d *Document) mistakeAt(line int, err error) {
	d.mistakes = append(d.mistakes, mistake{line: line, err: err})
}

// unreadable notes a value that could not be read. Further mistakes in the same part of the file
// are not reported, as they would only be a consequence.
func (d *Document) unreadable(path string, line int, err error) {
	d.broken[d.part(path)] = true
	d.mistakeAt(line, err)
}

// Break marks the part of the file that a path leads into as unreadable, see unreadable.
func (d *Document) Break(path string) { d.broken[d.part(path)] = true }

// Mistake notes a mistake in the value at a path such as "rules[2].regexp". If the value is
// missing, the line is that of the section it belongs in.
func (d *Document) Mistake(path string, err error) {
	if old, ok := d.spelled[path]; ok {
		path = old
	}
	field := path
	if i := strings.LastIndexByte(path, '['); i >= 0 && strings.HasSuffix(path, "]") { // an entry of the field
		field = path[:i]
	}
	if !d.none[field] && !d.broken[d.part(path)] {
		line, column := d.placeIn(path, err)
		d.mistakes = append(d.mistakes, mistake{line, column, fmt.Errorf("%s: %w", path, err)})
	}
}

// Point notes a mistake in the value at a path with its column.
func (d *Document) Point(path string, err error) {
	if n, _ := walk(d.body, path); !d.broken[d.part(path)] {
		at := n.GetToken().Position
		d.mistakes = append(d.mistakes, mistake{at.Line, at.Column, fmt.Errorf("%s: %w", path, err)})
	}
}

// Has reports whether the document has a value at a path.
func (d *Document) Has(path string) bool {
	_, found := walk(d.body, path)
	return found
}

// Place is where the value at a path is, or would be: "bot.yaml:3".
func (d *Document) Place(path string) string {
	if old, ok := d.spelled[path]; ok {
		path = old
	}
	line, _ := d.placeIn(path, nil)
	return fmt.Sprintf("%s:%d", d.name, line)
}

// placeIn is the line of the value at a path, or of the section that it is missing in; within a
// text, that of the mistake, and its column if that is known.
func (d *Document) placeIn(path string, err error) (line, column int) {
	node, found := walk(d.body, path)
	if node == d.body && !found {
		return 1, 0
	}
	line = firstLine(node)
	if !found || d.place == nil {
		return line, 0
	}
	within, column := d.place(err)
	switch n := node.(type) {
	case *ast.LiteralNode:
		if within == 0 {
			return line, 0
		}
		line = n.Start.Position.Line + within
		if column > 0 && n.Start.Type == token.LiteralType {
			indent := strings.Index(n.Value.Token.Origin, strings.TrimLeft(n.Value.Token.Origin, " \n")) // of the first line
			return line, indent - strings.LastIndex(n.Value.Token.Origin[:indent], "\n") - 1 + column
		}
	case *ast.StringNode:
		if column > 0 && within == 1 && !strings.Contains(strings.TrimSpace(n.Token.Origin), "\n") {
			return line, columnIn(n, column)
		}
	}
	return line, 0
}

// columnIn is the column in the file of one in the text of a value on one line. A sign that is
// written as two stands for one.
func columnIn(n *ast.StringNode, column int) int {
	doubled, before := "", 0
	switch n.Token.Type { //nolint:exhaustive // the others are plain
	case token.SingleQuoteType:
		doubled, before = "'", 1
	case token.DoubleQuoteType:
		doubled, before = "\"\\", 1
	}
	for i, r := range []rune(n.Value) {
		if i < column-1 && strings.ContainsRune(doubled, r) {
			before++
		}
	}
	return n.Token.Position.Column - 1 + before + column
}

// walk follows a path such as rules[2].forward.to as far as the document goes. found is false if a
// step is missing.
func walk(n ast.Node, path string) (at ast.Node, found bool) {
	if path == "" {
		return n, true
	}
	if rest, indexed := strings.CutPrefix(path, "["); indexed {
		number, rest, _ := strings.Cut(rest, "]")
		list, many := n.(*ast.SequenceNode)
		i, err := strconv.Atoi(number)
		rest = strings.TrimPrefix(rest, ".")
		switch {
		case err != nil:
			return n, false
		case !many: // one value stands for a list of one
			return walk(n, rest)
		case i < 0 || i >= len(list.Values):
			return n, false
		}
		return walk(list.Values[i], rest)
	}
	pairs, _ := mapping(n)
	for _, pair := range pairs {
		key := keyText(pair.Key)
		rest, ok := strings.CutPrefix(path, key)
		switch {
		case !ok:
		case rest == "" || rest[0] == '[':
			return walk(pair.Value, rest)
		case rest[0] == '.':
			return walk(pair.Value, rest[1:])
		}
	}
	return n, false
}

// Err is all mistakes, a line each, in the order of the file; nil if there are none.
func (d *Document) Err() error {
	slices.SortStableFunc(d.mistakes, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	all := make([]error, len(d.mistakes))
	for i, m := range d.mistakes {
		if all[i] = d.at(m.line, m.err); m.column > 0 {
			all[i] = phrase.Errorf("%s:%d:%d: %w", d.name, m.line, m.column, m.err)
		}
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

// part is the part of the file that a path leads into: its first key, with the index of an entry,
// and the name below a key whose names the file chooses.
func (d *Document) part(path string) string {
	first, rest, _ := strings.Cut(path, ".")
	if !d.names[first] || rest == "" {
		return first
	}
	second, _, _ := strings.Cut(rest, ".")
	return first + "." + second
}
