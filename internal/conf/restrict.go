package conf

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
)

// restrict notes the texts of a field that are none of its enum; what else is said of the field is
// only a consequence then. A value that stands for a section is for its type to check.
func (d *Document) restrict(path string, n ast.Node, v reflect.Value, enum []string) {
	if enum == nil {
		return
	}
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case v.Kind() == reflect.String:
		d.restrictText(path, path, n, v.String(), enum)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		list, many := n.(*ast.SequenceNode)
		for i := range v.Len() {
			at, entry := path, n
			if many {
				at, entry = fmt.Sprintf("%s[%d]", path, i), list.Values[i]
			}
			d.restrictText(path, at, entry, v.Index(i).String(), enum)
		}
	}
}

func (d *Document) restrictText(field, path string, n ast.Node, text string, enum []string) {
	if text == "" || slices.Contains(enum, text) {
		return
	}
	d.none[field] = true
	at := n.GetToken().Position
	d.mistakes = append(d.mistakes, mistake{at.Line, at.Column, phrase.Errorf("%s: %q is not possible here; there are %s%s",
		path, text, strings.Join(enum, ", "), suggest.Hint(text, enum))})
}
