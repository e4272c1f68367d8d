package conf

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"regexp/syntax"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
)

// Unmarshaler is a type that reads its own part of a document. Mistakes go to Mistake.
type Unmarshaler interface {
	UnmarshalConf(d *Document, path string, n ast.Node)
}

// decode reads a node into a value, section by section, and notes every mistake. option is that of
// the field. Only values that no other way is known for are read by the YAML library, which stops
// at its first mistake.
func (d *Document) decode(path string, n ast.Node, v reflect.Value, option string) {
	if _, null := n.(*ast.NullNode); null || n == nil {
		return
	}
	if option == "" && plainly(n, v) {
		return
	}
	if own, ok := v.Addr().Interface().(Unmarshaler); ok {
		own.UnmarshalConf(d, path, n)
		return
	}
	if err, done := scalar(n, v, option); done {
		if err != nil {
			var expression *syntax.Error
			if errors.As(err, &expression) { // its text does not say which of several
				err = phrase.Errorf("%s%w; pkg.go.dev/regexp/syntax lists what there is", prefix(path), err)
			}
			d.unreadable(path, firstLine(n), err)
		}
		return
	}
	_, own := v.Addr().Interface().(yaml.NodeUnmarshaler)
	switch {
	case own:
	case v.Kind() == reflect.Pointer:
		before := len(d.mistakes)
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(path, n, v.Elem(), option)
		if _, value := v.Interface().(encoding.TextUnmarshaler); value && len(d.mistakes) > before {
			v.SetZero() // a broken regexp.Regexp panics when it is used
		}
		return
	case v.Kind() == reflect.Struct:
		d.section(path, n, v)
		return
	case v.Kind() == reflect.Slice && sections(v.Type().Elem()):
		d.entries(path, n, v)
		return
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		d.values(path, n, v, option)
		return
	case v.Kind() == reflect.Map:
		d.named(path, n, v)
		return
	case v.Kind() == reflect.String:
		if _, one := text(n); !one {
			d.unreadable(path, firstLine(n), errOneValue)
			return
		}
	}
	if err := yaml.NodeToValue(n, v.Addr().Interface(), yaml.Strict()); err != nil {
		line, cause := lineOf(err)
		if line == 0 {
			line = firstLine(n)
		}
		d.unreadable(path, line, cause)
	}
}

// sections reports whether values of a type are sections.
func sections(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// plainly reads a string, or a list of strings, without the YAML library, which makes a decoder for
// each value. It reports whether the node is one.
func plainly(n ast.Node, v reflect.Value) bool {
	switch n := n.(type) {
	case *ast.StringNode:
		switch to := v.Addr().Interface().(type) {
		case *string:
			*to = n.Value
			return true
		case *[]string:
			*to = []string{n.Value}
			return true
		case encoding.TextUnmarshaler, Unmarshaler, yaml.NodeUnmarshaler:
		default:
			if v.Kind() == reflect.String {
				v.SetString(n.Value)
				return true
			}
		}
	case *ast.SequenceNode:
		to, ok := v.Addr().Interface().(*[]string)
		if !ok {
			return false
		}
		texts := make([]string, len(n.Values))
		for i, entry := range n.Values {
			s, ok := entry.(*ast.StringNode)
			if !ok {
				return false
			}
			texts[i] = s.Value
		}
		*to = texts
		return true
	}
	return false
}

// section reads keys and values into the fields of a struct.
func (d *Document) section(path string, n ast.Node, v reflect.Value) {
	values, ok := mapping(n)
	if short, has := v.Addr().Interface().(Short); has && !ok {
		if value, is := text(n); is {
			if err := short.UnmarshalShort(value); err != nil {
				d.unreadable(path, firstLine(n), err)
			}
			return
		}
	}
	if short, has := v.Addr().Interface().(ShortList); has && !ok {
		var list []string
		d.values(path, n, reflect.ValueOf(&list).Elem(), "")
		if err := short.UnmarshalShortList(list); err != nil {
			d.unreadable(path, firstLine(n), err)
		}
		return
	}
	if !ok {
		err := phrase.Errorf("%skeys and values are expected here, such as {%s: …}", prefix(path), keysOf(v.Type())[0])
		d.unreadable(path, firstLine(n), err)
		return
	}
	lines := map[string]int{}
	for _, pair := range values {
		if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
			d.merge(path, pair.Value, v)
		}
	}
	keys := d.keysIn(v.Type())
	for pair := range d.pairs(path, values, keys) {
		key, line := pair.key, pair.line
		if d.move(path, key, line, pair.value) {
			continue
		}
		if first, twice := lines[key]; twice {
			d.unreadable(join(path, key), line, phrase.Errorf("the key %q is in line %d, too", key, first))
			continue
		}
		lines[key] = line
		field, known := keys.fields[key]
		if !known {
			hint := suggest.Hint(key, keysOf(v.Type()))
			if d.manual != nil {
				hint = phrase.New("%v%v", hint, d.manual(path, !hint.IsZero()))
			}
			d.unreadable(join(path, key), line, phrase.Errorf("unknown field %q%v", key, hint))
			continue
		}
		d.decode(join(path, key), pair.value, field.in(v), field.option)
		d.replace(join(path, key), pair.value, field.in(v), field.values)
		d.restrict(join(path, key), pair.value, field.in(v), field.enum)
	}
}

// merge reads the value of <<: one mapping or several.
func (d *Document) merge(path string, n ast.Node, v reflect.Value) {
	if list, ok := n.(*ast.SequenceNode); ok {
		for i := len(list.Values) - 1; i >= 0; i-- { // the first one wins
			d.merge(path, list.Values[i], v)
		}
		return
	}
	d.section(path, n, v)
}

// entries reads a list of sections. One section is a list of one.
func (d *Document) entries(path string, n ast.Node, v reflect.Value) {
	if _, one := mapping(n); one {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		d.decode(path, n, v.Index(0), "")
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		if reflect.PointerTo(v.Type().Elem()).Implements(reflect.TypeFor[Short]()) {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			d.decode(path, n, v.Index(0), "")
			return
		}
		d.unreadable(path, firstLine(n), errors.New(prefix(path)+"a list is expected here: begin each entry with a dash"))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, entry := range list.Values {
		d.decode(fmt.Sprintf("%s[%d]", path, i), entry, v.Index(i), "")
	}
}

// values reads a list of values that are not sections. One value is a list of one.
func (d *Document) values(path string, n ast.Node, v reflect.Value, option string) {
	entries := []ast.Node{n}
	list, many := n.(*ast.SequenceNode)
	if many {
		entries = list.Values
	}
	v.Set(reflect.MakeSlice(v.Type(), len(entries), len(entries)))
	for i, entry := range entries {
		at := path
		if many {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		d.decode(at, entry, v.Index(i), option)
	}
}

// named reads a mapping whose keys are names that the file chooses.
func (d *Document) named(path string, n ast.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	d.Named(path, n, func(name, at string, n ast.Node) error {
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(at, n, value, "")
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), value)
		return nil
	})
}

// Named calls f for each name of a mapping whose keys are names that the file chooses, with the
// path of its value. An error of f is noted at the name.
func (d *Document) Named(path string, n ast.Node, f func(name, at string, n ast.Node) error) {
	pairs, ok := mapping(n)
	if !ok {
		d.unreadable(path, firstLine(n), errors.New(prefix(path)+"names and values are expected here, such as {name: …}"))
		return
	}
	d.names[path] = true
	lines := map[string]int{}
	for _, pair := range pairs {
		name, line := keyText(pair.Key), pair.Key.GetToken().Position.Line
		if first, twice := lines[name]; twice {
			d.unreadable(join(path, name), line, phrase.Errorf("%s%q is in line %d, too", prefix(path), name, first))
			continue
		}
		lines[name] = line
		if err := f(name, join(path, name), pair.Value); err != nil {
			d.unreadable(join(path, name), line, phrase.Errorf("%s%w", prefix(path), err))
		}
	}
}

// Each calls f for each entry of a list, or once for what is not a list.
func (d *Document) Each(path string, n ast.Node, f func(at string, n ast.Node)) {
	list, many := n.(*ast.SequenceNode)
	if !many {
		f(path, n)
		return
	}
	for i, entry := range list.Values {
		f(fmt.Sprintf("%s[%d]", path, i), entry)
	}
}

// Text is the text of a scalar value; empty for a list or a section.
func (d *Document) Text(n ast.Node) string {
	s, _ := text(n)
	return s
}

// Read reads a part of the document into the struct that to points to.
func (d *Document) Read(path string, n ast.Node, to any) {
	d.decode(path, n, reflect.ValueOf(to).Elem(), "")
}

// mapping returns the pairs of a mapping.
func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// keyText is a key as the file spells it.
func keyText(n ast.MapKeyNode) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.MappingKeyNode:
		return n.Value.GetToken().Value
	}
	return spell(n.GetToken().Value)
}

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}
