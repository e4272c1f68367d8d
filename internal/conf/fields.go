package conf

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// field is a field of a section.
type field struct {
	index  []int
	option string
	enum   []string          // the values that are possible; nil means any
	write  string            // what to write instead of the key, for one that goes away
	values map[string]string // the values of now, by those of before
}

// keys are the fields of a section, by key.
type keys struct {
	fields map[string]field
	was    map[string]string // the names of now, by the old names of keys
	parts  map[string]bool   // the keys below which an old name is: notify of notify.to
}

// in is the field of a section; embedded sections have their fields in the outer one.
func (f field) in(v reflect.Value) reflect.Value { return v.FieldByIndex(f.index) }

// keysIn are the keys of a section.
func (d *Document) keysIn(t reflect.Type) *keys {
	k := d.keys[t]
	if k == nil {
		k = &keys{map[string]field{}, map[string]string{}, map[string]bool{}}
		eachTagged(t, nil, func(key string, option string, f reflect.StructField, index []int) {
			if first, known := k.fields[key]; known && len(first.index) < len(index) {
				return // the outer section has it itself
			}
			k.fields[key] = field{index, option, enumOf(f), f.Tag.Get("old"), oldValues(f)}
			if also, ok := f.Tag.Lookup("also"); ok {
				k.fields[also] = k.fields[key]
			}
			for _, old := range wasOf(f) {
				k.was[old] = key
				if above, _, below := strings.Cut(old, "."); below {
					k.parts[above] = true
				}
			}
		})
		for old := range k.was {
			if _, taken := k.fields[old]; taken { // by a field of another embedded section
				delete(k.was, old)
			}
		}
		d.keys[t] = k
	}
	return k
}

// wasOf are the old names of a field.
func wasOf(f reflect.StructField) []string {
	if was := f.Tag.Get("was"); was != "" {
		return strings.Split(was, ",")
	}
	return nil
}

// enumOf are the values that a field may have; nil means any.
func enumOf(f reflect.StructField) []string {
	if enum := f.Tag.Get("enum"); enum != "" {
		return strings.Split(enum, ",")
	}
	return nil
}

// oldValues are the values of now of a field, by those of before: a tag oldvalues:"before=now,…".
func oldValues(f reflect.StructField) map[string]string {
	var values map[string]string
	for pair := range strings.SplitSeq(f.Tag.Get("oldvalues"), ",") {
		if before, now, ok := strings.Cut(pair, "="); ok {
			if values == nil {
				values = map[string]string{}
			}
			values[before] = now
		}
	}
	return values
}

// each calls f for each field of a section, and of the sections that it embeds, that people should
// know: not for keys that go away, nor for those that the outer section has itself.
func each(t reflect.Type, f func(key, option string, field reflect.StructField, index []int)) {
	outermost := map[string]int{}
	eachTagged(t, nil, func(key, _ string, _ reflect.StructField, index []int) {
		if depth, known := outermost[key]; !known || len(index) < depth {
			outermost[key] = len(index)
		}
	})
	eachTagged(t, nil, func(key, option string, field reflect.StructField, index []int) {
		if len(index) == outermost[key] && field.Tag.Get("old") == "" {
			f(key, option, field, index)
		}
	})
}

// eachTagged calls f for each tagged field of a section and of the sections that it embeds.
func eachTagged(t reflect.Type, above []int, f func(key, option string, field reflect.StructField, index []int)) {
	for i := range t.NumField() {
		inner := t.Field(i)
		index := slices.Concat(above, []int{i})
		tag, tagged := inner.Tag.Lookup("yaml")
		switch {
		case inner.Anonymous && inner.Type.Kind() == reflect.Struct && !tagged:
			eachTagged(inner.Type, index, f)
		case tagged && tag != "-":
			key, option, _ := strings.Cut(tag, ",")
			f(key, option, inner, index)
		}
	}
}

// keysOf are the keys of a section.
func keysOf(t reflect.Type) (keys []string) {
	each(t, func(key, _ string, _ reflect.StructField, _ []int) { keys = append(keys, key) })
	return keys
}

// Field describes a key of a section to people.
type Field struct {
	Key      string   // with the sections around it: callback.public_url, accounts[].app_id
	Type     string   // in words: text, list of texts, yes or no …
	Default  string   // as it would be written; empty if there is none
	Help     string   // a sentence
	Enum     []string // the values that are possible; nil means any
	Required bool
}

// Fields describes the keys of a section, those of the sections in it after them.
func Fields(t reflect.Type) []Field { return fieldsBelow("", t, nil) }

func fieldsBelow(above string, t reflect.Type, outer []reflect.Type) (all []Field) {
	each(t, func(key, option string, f reflect.StructField, _ []int) {
		described := Field{
			Key: above + key, Type: typeWords(f.Type, option), Default: f.Tag.Get("default"), Help: f.Tag.Get("help"),
			Required: f.Tag.Get("required") == "true", Enum: enumOf(f),
		}
		inner, many := section(f.Type)
		all = append(all, described)
		if inner == nil || within(inner, outer) {
			return
		}
		suffix := "."
		if many != "" {
			suffix = many + "."
		}
		all = append(all, fieldsBelow(above+key+suffix, inner, append(outer[:len(outer):len(outer)], inner))...)
	})
	return all
}

func within(t reflect.Type, outer []reflect.Type) bool {
	for _, o := range outer {
		if o == t {
			return true
		}
	}
	return false
}

// section is the struct of a type that is a section, a list of sections ("[]") or sections by name
// (".NAME"); nil for other types.
func section(t reflect.Type) (inner reflect.Type, many string) {
	switch t.Kind() { //nolint:exhaustive // the others are not sections
	case reflect.Pointer:
		return section(t.Elem())
	case reflect.Slice:
		inner, _ = section(t.Elem())
		return inner, "[]"
	case reflect.Map:
		inner, _ = section(t.Elem())
		return inner, ".NAME"
	case reflect.Struct:
		if sections(t) && t != reflect.TypeFor[time.Time]() {
			return t, ""
		}
	}
	return nil, ""
}

// Worded is a type that says in words how its values are written.
type Worded interface{ ConfWords() string }

// typeWords says what values a field has.
func typeWords(t reflect.Type, option string) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	orOff := ""
	if option == optionOff {
		orOff = ", or off"
	}
	if w, ok := reflect.New(t).Interface().(Worded); ok {
		return w.ConfWords()
	}
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "duration" + orOff
	case t == reflect.TypeFor[time.Time]():
		return "day"
	case option == optionBytes:
		return "size"
	}
	switch t.Kind() { //nolint:exhaustive // the others are numbers
	case reflect.Bool:
		return "yes or no"
	case reflect.String:
		return "text"
	case reflect.Slice:
		if inner, _ := section(t); inner != nil {
			return "sections"
		}
		return "list of " + plural(typeWords(t.Elem(), option))
	case reflect.Map:
		return "by name: " + typeWords(t.Elem(), option)
	case reflect.Float64, reflect.Float32:
		return "number"
	case reflect.Struct:
		if !sections(t) {
			return strings.ToLower(t.Name())
		}
		return "section"
	}
	return "number" + orOff
}

func plural(word string) string {
	if strings.HasSuffix(word, "s") || strings.Contains(word, " ") {
		return word
	}
	return word + "s"
}
