package conf

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Mentioned calls f for each text in a value whose field has the tag of, such as of:"chats": what a
// file mentions of the world around it. The path is that of the text in the file; the value itself
// is at the first one. What f returns replaces the text.
func Mentioned(path string, value any, f func(path, of, text string) string) {
	w := mentions{f: f}
	if path != "" {
		w.steps = append(w.steps, step{key: path})
	}
	w.walk(reflect.ValueOf(value), "")
}

// Expand replaces texts in lists whose field has the tag of by what stands for them: f returns it,
// or the text alone.
func Expand(path string, value any, f func(path, of, text string) []string) {
	w := mentions{f: func(_, _, text string) string { return text }, expand: f}
	if path != "" {
		w.steps = append(w.steps, step{key: path})
	}
	w.walk(reflect.ValueOf(value), "")
}

// mentions walks through a value.
type mentions struct {
	f      func(path, of, text string) string
	expand func(path, of, text string) []string // nil for Mentioned
	steps  []step                               // from the value to where the walk is
}

// step is a key, or an index without one.
type step struct {
	key   string
	index int
}

func (w *mentions) path() string {
	var b strings.Builder
	for i, s := range w.steps {
		switch {
		case s.key == "":
			fmt.Fprintf(&b, "[%d]", s.index)
		case i > 0:
			b.WriteString("." + s.key)
		default:
			b.WriteString(s.key)
		}
	}
	return b.String()
}

// widen replaces the texts of a list.
func (w *mentions) widen(list reflect.Value, of string) {
	wider := reflect.MakeSlice(list.Type(), 0, list.Len())
	for i := range list.Len() {
		w.steps = append(w.steps, step{index: i})
		for _, text := range w.expand(w.path(), of, list.Index(i).String()) {
			wider = reflect.Append(wider, reflect.ValueOf(text).Convert(list.Type().Elem()))
		}
		w.steps = w.steps[:len(w.steps)-1]
	}
	if list.Len() > 0 { // an empty list stays what it is
		list.Set(wider)
	}
}

// widenSections replaces each section of a list that mentions one chat or person, and may be written
// as that alone, by one for each that the text stands for.
func (w *mentions) widenSections(list reflect.Value) {
	entry := list.Type().Elem()
	if !reflect.PointerTo(entry).Implements(reflect.TypeFor[Short]()) || entry.NumField() == 0 ||
		entry.Field(0).Tag.Get("of") == "" || entry.Field(0).Type.Kind() != reflect.String {
		return
	}
	wider := reflect.MakeSlice(list.Type(), 0, list.Len())
	for i := range list.Len() {
		w.steps = append(w.steps, step{index: i})
		for _, text := range w.expand(w.path(), entry.Field(0).Tag.Get("of"), list.Index(i).Field(0).String()) {
			wider = reflect.Append(wider, list.Index(i))
			wider.Index(wider.Len() - 1).Field(0).SetString(text)
		}
		w.steps = w.steps[:len(w.steps)-1]
	}
	if list.Len() > 0 {
		list.Set(wider)
	}
}

// below walks through a value one step below.
func (w *mentions) below(s step, v reflect.Value, of string) {
	w.steps = append(w.steps, s)
	w.walk(v, of)
	w.steps = w.steps[:len(w.steps)-1]
}

func (w *mentions) walk(v reflect.Value, of string) {
	switch v.Kind() { //nolint:exhaustive // the others hold no texts
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			w.walk(v.Elem(), of)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			switch {
			case !field.IsExported() && !field.Anonymous:
			case key == "":
				w.walk(v.Field(i), field.Tag.Get("of"))
			default:
				w.below(step{key: key}, v.Field(i), field.Tag.Get("of"))
			}
		}
	case reflect.Slice:
		if w.expand != nil && of != "" && v.CanSet() && v.Type().Elem().Kind() == reflect.String {
			w.widen(v, of)
			return
		}
		if w.expand != nil && v.CanSet() && v.Type().Elem().Kind() == reflect.Struct {
			w.widenSections(v)
		}
		for i := range v.Len() {
			w.below(step{index: i}, v.Index(i), of)
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, key := range keys { // values of maps cannot be set
			entry := reflect.New(v.Type().Elem()).Elem()
			entry.Set(v.MapIndex(key))
			at := step{key: fmt.Sprint(key)}
			w.below(at, entry, of)
			name := reflect.New(v.Type().Key()).Elem()
			name.Set(key)
			w.below(at, name, of)
			v.SetMapIndex(key, reflect.Value{})
			v.SetMapIndex(name, entry)
		}
	case reflect.String:
		if of == "" || v.String() == "" {
			return
		}
		if text := w.f(w.path(), of, v.String()); text != v.String() {
			v.SetString(text)
		}
	}
}
