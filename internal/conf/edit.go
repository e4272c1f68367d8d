package conf

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// errByHand means that a change is beyond SetScalars.
var errByHand = errors.New("it is not on a line of its own: change it in the text of the file")

// Scalars returns the values of a section as they are written, by their keys below it: those that
// stand on one line. path is that of the section: plugins.welcome[1]. A text that cannot be read,
// or has no such section, has none.
func Scalars(text []byte, path string) map[string]string {
	all := map[string]string{}
	section := sectionAt(text, path)
	lines := strings.Split(string(text), "\n")
	eachPair(section, "", func(key string, pair *ast.MappingValueNode) {
		if line, from, to, ok := valueOn(lines, pair); ok {
			all[key] = unquoted(lines[line][from:to])
		}
	})
	return all
}

// SetScalars returns the text with other values of a section, by their keys below it; an empty
// value takes its key out. All else stays as it is, with its comments. It returns an error for what
// is not on a line of its own.
func SetScalars(text []byte, path string, values map[string]string) ([]byte, error) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		changed, err := setScalar(text, path, key, values[key])
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", path, key, err)
		}
		text = changed
	}
	return text, nil
}

func setScalar(text []byte, path, key, value string) ([]byte, error) {
	lines := strings.Split(string(text), "\n")
	before := Scalars(text, path)
	section := sectionAt(text, path)
	if section == nil {
		return nil, errByHand
	}
	var found *ast.MappingValueNode
	var first *ast.MappingValueNode
	eachPair(section, "", func(k string, pair *ast.MappingValueNode) {
		if first == nil {
			first = pair
		}
		if k == key {
			found = pair
		}
	})
	switch {
	case found != nil:
		line, from, to, ok := valueOn(lines, found)
		switch {
		case !ok:
			return nil, errByHand
		case value == "" && strings.HasPrefix(strings.TrimSpace(lines[line]), "- "):
			return nil, errByHand
		case value == "":
			lines = slices.Delete(lines, line, line+1)
		default:
			lines[line] = lines[line][:from] + written(value) + lines[line][to:]
		}
	case value == "":
		return text, nil
	case first == nil, strings.Contains(key, "."):
		return nil, errByHand
	default:
		at := first.Key.GetToken().Position
		added := strings.Repeat(" ", at.Column-1) + key + ": " + written(value)
		lines = slices.Insert(lines, at.Line, added)
	}
	changed := []byte(strings.Join(lines, "\n"))
	want := maps.Clone(before)
	if want[key] = value; value == "" {
		delete(want, key)
	}
	if !maps.Equal(Scalars(changed, path), want) { // such as a text of several lines that begins on this one
		return nil, errByHand
	}
	return changed, nil
}

// sectionAt is the node of a section; nil if there is none.
func sectionAt(text []byte, path string) (found ast.Node) {
	d, err := Parse("", text, Options{Lookup: func(string) (string, bool) { return "", true }})
	if err != nil {
		return nil
	}
	node := d.body
	for _, step := range regexp.MustCompile(`[^.\[\]]+|\[\d+\]`).FindAllString(path, -1) {
		if index, ok := strings.CutPrefix(step, "["); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(index, "]")) // digits
			list, isList := node.(*ast.SequenceNode)
			if !isList || n >= len(list.Values) {
				return nil
			}
			node = list.Values[n]
			continue
		}
		var next ast.Node
		for _, pair := range pairsOf(node) {
			if keyText(pair.Key) == step {
				next = pair.Value
			}
		}
		if next == nil {
			return nil
		}
		node = next
	}
	return node
}

func pairsOf(node ast.Node) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		if n.IsFlowStyle {
			return nil
		}
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// eachPair calls f for each key of a section and of the sections in it.
func eachPair(node ast.Node, above string, f func(key string, pair *ast.MappingValueNode)) {
	for _, pair := range pairsOf(node) {
		key := above + keyText(pair.Key)
		f(key, pair)
		eachPair(pair.Value, key+".", f)
	}
}

// valueOn is where the value of a key stands, if that is on the line of the key: the line, and the
// bytes in it.
func valueOn(lines []string, pair *ast.MappingValueNode) (line, from, to int, ok bool) {
	at := pair.Key.GetToken().Position
	line = at.Line - 1
	if line < 0 || line >= len(lines) || pair.Value == nil || pair.Value.GetToken().Position.Line != at.Line {
		return 0, 0, 0, false
	}
	switch pair.Value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.LiteralNode, *ast.AnchorNode, *ast.AliasNode:
		return 0, 0, 0, false
	}
	text := lines[line]
	from = byteAt(text, at.Column-1)
	colon := strings.Index(text[from:], ":")
	if colon < 0 {
		return 0, 0, 0, false
	}
	from += colon + 1
	from += len(text[from:]) - len(strings.TrimLeft(text[from:], " \t"))
	rest := strings.TrimRight(text[from:], " \t\r")
	switch {
	case rest == "":
		return 0, 0, 0, false
	case rest[0] == '"' || rest[0] == '\'':
		end := closing(rest)
		if end < 0 {
			return 0, 0, 0, false
		}
		return line, from, from + end + 1, true
	}
	if comment := strings.Index(rest, " #"); comment >= 0 {
		rest = strings.TrimRight(rest[:comment], " \t")
	}
	return line, from, from + len(rest), true
}

// closing is where the quote ends with which a text begins; -1 if it does not.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == '\'' && text[0] == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == text[0]:
			return i
		}
	}
	return -1
}

// byteAt is the place of the n-th character of a text.
func byteAt(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// unquoted is a value without its quotes.
func unquoted(value string) string {
	if len(value) < 2 {
		return value
	}
	switch value[0] {
	case '"':
		var text string
		if json.Unmarshal([]byte(value), &text) == nil {
			return text
		}
		return value[1 : len(value)-1]
	case '\'':
		return strings.ReplaceAll(value[1:len(value)-1], "''", "'")
	}
	return value
}

// plainValue matches values that need no quotes.
var plainValue = regexp.MustCompile(`^[\p{L}\p{N}_./+][^#:{}\[\],&*!|>'"%@\x60\\]*$`) //nolint:gochecknoglobals // a constant

// written is a value as it is written: in quotes if it needs them. A list in brackets is written as
// it is.
func written(value string) string {
	list := strings.HasPrefix(value, "[") && strings.HasSuffix(value, "]") && !strings.ContainsAny(value, "\n\r")
	if list || plainValue.MatchString(value) && value == strings.TrimSpace(value) {
		return value
	}
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	quoted, err := json.Marshal(value)
	if err != nil { // a string
		panic(err)
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(quoted))
}
