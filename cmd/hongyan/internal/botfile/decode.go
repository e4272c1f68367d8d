package botfile

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/suggest"
)

// decode reads a node into a value, section by section, and notes every mistake. Only values that
// are not sections are read by the YAML library, which stops at its first mistake.
func (d *document) decode(path string, n ast.Node, v reflect.Value) {
	if _, null := n.(*ast.NullNode); null || n == nil {
		return
	}
	if plainly(n, v) {
		return
	}
	_, own := v.Addr().Interface().(yaml.NodeUnmarshaler)
	switch {
	case own:
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(path, n, v.Elem())
		return
	case v.Kind() == reflect.Struct:
		d.section(path, n, v)
		return
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		d.entries(path, n, v)
		return
	case v.Kind() == reflect.Bool:
		if s, ok := n.(*ast.StringNode); ok { // of a variable
			if b, err := strconv.ParseBool(s.Value); err == nil {
				v.SetBool(b)
				return
			}
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

// plainly reads a string, or a list of strings, without the YAML library, which makes a decoder for
// each value. It reports whether the node is one.
func plainly(n ast.Node, v reflect.Value) bool {
	switch n := n.(type) {
	case *ast.StringNode:
		switch to := v.Addr().Interface().(type) {
		case *string:
			*to = n.Value
			return true
		case *list:
			*to = list{n.Value}
			return true
		}
	case *ast.SequenceNode:
		to, ok := v.Addr().Interface().(*list)
		if !ok {
			return false
		}
		texts := make(list, len(n.Values))
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
func (d *document) section(path string, n ast.Node, v reflect.Value) {
	values, ok := mapping(n)
	if !ok {
		err := fmt.Errorf("%skeys and values are expected here, such as {%s: …}", prefix(path), keysOf(v.Type())[0])
		d.unreadable(path, firstLine(n), err)
		return
	}
	lines := map[string]int{}
	for _, pair := range values {
		if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
			d.merge(path, pair.Value, v)
		}
	}
	for _, pair := range values {
		if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
			continue
		}
		line := pair.Key.GetToken().Position.Line
		key := d.current(path, keyText(pair.Key), line, pair.Value)
		if first, twice := lines[key]; twice {
			d.unreadable(join(path, key), line, fmt.Errorf("the key %q is in line %d, too", key, first))
			continue
		}
		lines[key] = line
		field, known := d.fieldOf(v, key)
		if !known {
			d.unreadable(join(path, key), line, fmt.Errorf("unknown field %q%s", key, suggest.Hint(key, keysOf(v.Type()))))
			continue
		}
		d.decode(join(path, key), pair.Value, field)
	}
}

// merge reads the value of <<: one mapping or several.
func (d *document) merge(path string, n ast.Node, v reflect.Value) {
	if list, ok := n.(*ast.SequenceNode); ok {
		for i := len(list.Values) - 1; i >= 0; i-- { // the first one wins
			d.merge(path, list.Values[i], v)
		}
		return
	}
	d.section(path, n, v)
}

// entries reads a list of sections.
func (d *document) entries(path string, n ast.Node, v reflect.Value) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		d.unreadable(path, firstLine(n), errors.New(prefix(path)+"a list is expected here: begin each entry with a dash"))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, entry := range list.Values {
		d.decode(fmt.Sprintf("%s[%d]", path, i), entry, v.Index(i))
	}
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

// fieldOf is the field of a struct with a key.
func (d *document) fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	fields := d.fields[v.Type()]
	if fields == nil {
		fields = map[string]int{}
		for i := range v.NumField() {
			if tag, ok := v.Type().Field(i).Tag.Lookup("yaml"); ok {
				fields[tag] = i
			}
		}
		d.fields[v.Type()] = fields
	}
	i, known := fields[key]
	if !known {
		return reflect.Value{}, false
	}
	return v.Field(i), true
}

// keysOf are the keys of a section.
func keysOf(t reflect.Type) []string {
	var keys []string
	for field := range t.Fields() {
		if tag, ok := field.Tag.Lookup("yaml"); ok {
			keys = append(keys, tag)
		}
	}
	return keys
}

func join(path, key string) string { return strings.TrimPrefix(path+"."+key, ".") }

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}
