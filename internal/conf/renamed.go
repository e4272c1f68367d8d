package conf

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
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

// flatten reads a section in the place of a value, whose keys are those of the section around it.
func (d *Document) flatten(path, key string, line int, pairs []*ast.MappingValueNode, v reflect.Value) {
	fields, write := d.fieldsOf(v.Type()), []string(nil)
	for _, pair := range pairs {
		name, at := keyText(pair.Key), pair.Key.GetToken().Position.Line
		f, known := fields[name]
		if known && f.now != "" {
			name = f.now
		}
		if !known {
			d.unreadable(join(path, key), at, phrase.Errorf("unknown field %q%v", name, suggest.Hint(name, keysOf(v.Type()))))
			continue
		}
		write = append(write, name+": …")
		d.spelled[join(path, name)] = join(join(path, key), keyText(pair.Key))
		d.decode(join(path, name), pair.Value, f.in(v), f.option)
		d.restrict(join(path, name), pair.Value, f.in(v), f.enum)
	}
	d.warn(phrase.New("%s:%d: the keys below %s stand beside it now, and the next version will not find them there: write %s", d.name, line,
		join(path, key), strings.Join(write, ", ")))
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
