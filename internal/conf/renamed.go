package conf

import (
	"iter"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// pair is a key of a section, by its name of now, with its value.
type pair struct {
	key   string
	line  int
	value ast.Node
}

// pairs are the keys of the section at path with their values, those that are merged left out. What
// an old name had below a key, as in notify: {to: x}, is a pair of its own.
func (d *Document) pairs(path string, values []*ast.MappingValueNode, k *keys) iter.Seq[pair] {
	return func(yield func(pair) bool) {
		for _, v := range values {
			if _, merge := v.Key.(*ast.MergeKeyNode); merge {
				continue
			}
			key := keyText(v.Key)
			below, section := mapping(v.Value)
			if !section || !k.parts[key] {
				if !yield(d.current(path, key, v, k)) {
					return
				}
				continue
			}
			for _, v := range below {
				if !yield(d.current(path, join(key, keyText(v.Key)), v, k)) {
					return
				}
			}
		}
	}
}

// current is a key of the section at path under its name of now. For a key that was renamed it
// notes a warning, which shows the line to write, and under which name mistakes in its value are to
// be reported.
func (d *Document) current(path, key string, v *ast.MappingValueNode, k *keys) pair {
	line := v.Key.GetToken().Position.Line
	name, old := k.was[key]
	if !old {
		if write := k.fields[key].write; write != "" {
			d.warn(phrase.New("%s:%d: the key %s is old, and the next version will not know it: write %s",
				d.name, line, join(path, key), write))
		}
		return pair{key, line, v.Value}
	}
	d.spelled[join(path, name)] = join(path, key)
	d.renames(join(path, key), name, v)
	return pair{name, line, v.Value}
}

// renames warns of an old name, and shows the line to write.
func (d *Document) renames(path, name string, v *ast.MappingValueNode) {
	shown := inOneLine(v.Value)
	if slices.Contains([]string{"key", "secret", "token", "password"}, name) {
		shown = "…"
	}
	d.warn(phrase.New("%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: %s",
		d.name, v.Key.GetToken().Position.Line, path, name, name, shown))
}

// Renamed notes that the key at a path, which Named has found, is called otherwise now.
func (d *Document) Renamed(path, name string) {
	above, key := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		above, key = path[:i], path[i+1:]
	}
	section, _ := walk(d.body, above)
	pairs, _ := mapping(section)
	for _, v := range pairs {
		if keyText(v.Key) == key {
			d.renames(path, name, v)
		}
	}
}

// inOneLine is a value as the file writes it; … for one of more than a line.
func inOneLine(n ast.Node) string {
	switch n := n.(type) {
	case *ast.SequenceNode:
		var entries []string
		for _, entry := range n.Values {
			if _, value := entry.(ast.ScalarNode); !value {
				return "…"
			}
			entries = append(entries, inOneLine(entry))
		}
		return "[" + strings.Join(entries, ", ") + "]"
	case *ast.MappingNode, *ast.MappingValueNode, *ast.LiteralNode:
		return "…"
	}
	return spell(n.GetToken().Value)
}

// replace replaces the texts of a field that were renamed, with a warning for each.
func (d *Document) replace(path string, n ast.Node, v reflect.Value, values map[string]string) {
	change := func(n ast.Node, v reflect.Value) {
		if now, old := values[v.String()]; old {
			d.warn(phrase.New("%s:%d: %s: %s is called %s now, and the next version will not know the old word",
				d.name, n.GetToken().Position.Line, path, v.String(), now))
			v.SetString(now)
		}
	}
	switch {
	case values == nil:
	case v.Kind() == reflect.String:
		change(n, v)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		list, many := n.(*ast.SequenceNode)
		for i := range v.Len() {
			at := n
			if many {
				at = list.Values[i]
			}
			change(at, v.Index(i))
		}
	}
}

// Caution notes a line about the value at a path, which is no mistake, but hardly meant.
func (d *Document) Caution(path string, err error) {
	d.warn(phrase.New("%s: %s: %v", d.Place(path), path, err))
}

// warn notes a line for the person who wrote the file, once.
func (d *Document) warn(line phrase.Text) {
	same := func(other phrase.Text) bool { return other.String() == line.String() }
	if !slices.ContainsFunc(d.warnings, same) { // an alias is read more than once
		d.warnings = append(d.warnings, line)
	}
}
