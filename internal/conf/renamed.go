package conf

import (
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// current is the name of now of a key of the section at path. For a key that was renamed, or goes
// away, it notes a warning, which shows the line to write, and under which name mistakes in its
// value are to be reported.
func (d *Document) current(path, key string, fields map[string]field, line int, value ast.Node) string {
	name := key
	if renamed, old := d.renamed[join(path, key)]; old {
		name = renamed
	} else if f, known := fields[key]; known && f.write != "" {
		d.warn(phrase.New("%s:%d: the key %s is old, and the next version will not know it: write %s", d.name, line, join(path, key), f.write))
	} else if known && f.now != "" {
		name = f.now
	}
	if name == key {
		return key
	}
	d.spelled[join(path, name)] = join(path, key)
	shown := "…"
	if text, one := text(value); one {
		shown = text
	}
	d.warn(phrase.New("%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: %s",
		d.name, line, join(path, key), name, name, shown))
	return name
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
