package conf

import (
	"encoding"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Object is a JSON Schema, or a part of one.
type Object = map[string]any

// Schema is the JSON Schema of a section, by which editors complete and check a file.
func Schema(t reflect.Type) Object { return schemaOf(t, nil) }

// Schemed is a type that gives its own JSON Schema.
type Schemed interface{ ConfSchema() Object }

func schemaOf(t reflect.Type, outer []reflect.Type) Object {
	properties, required := Object{}, []string(nil)
	outer = append(outer[:len(outer):len(outer)], t)
	each(t, func(key, option string, f reflect.StructField, _ []int) {
		value := valueSchema(f.Type, option, outer)
		if help := f.Tag.Get("help"); help != "" {
			value["description"] = help
		}
		if preset := f.Tag.Get("default"); preset != "" {
			value["default"] = preset
		}
		if enum := enumOf(f); enum != nil {
			value = enumSchema(value, enum)
		}
		properties[key] = value
		if also, ok := f.Tag.Lookup("also"); ok {
			properties[also] = value
		}
		for _, old := range wasOf(f) {
			if !strings.Contains(old, ".") {
				properties[old] = deprecated(value)
			}
		}
		if f.Tag.Get("required") == "true" && f.Tag.Get("also")+f.Tag.Get("was") == "" {
			required = append(required, key)
		}
	})
	o := Object{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		slices.Sort(required)
		o["required"] = required
	}
	return o
}

// deprecated is the schema of an old name, at which editors warn.
func deprecated(value Object) Object {
	value = maps.Clone(value)
	value["deprecated"] = true
	return value
}

// enumSchema restricts a text, or the texts of a list.
func enumSchema(value Object, enum []string) Object {
	restricted := Object{"type": "string", "enum": enum}
	for _, key := range []string{"description", "default"} {
		if text, ok := value[key]; ok {
			restricted[key] = text
		}
	}
	if value["oneOf"] == nil {
		return restricted
	}
	one := Object{"type": "string", "enum": enum}
	value["oneOf"] = []any{one, Object{"type": "array", "items": one}}
	return value
}

// valueSchema is the schema of a field. Durations, sizes and the like are texts in JSON; YAML
// writes them without quotes.
func valueSchema(t reflect.Type, option string, outer []reflect.Type) Object {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if own, ok := reflect.New(t).Interface().(Schemed); ok {
		return own.ConfSchema()
	}
	text := Object{"type": "string"}
	switch {
	case t == reflect.TypeFor[time.Duration](), t == reflect.TypeFor[time.Time]():
		return text
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()), option == optionBytes, option == optionOff:
		return Object{"type": []string{"string", "number", "boolean"}} // off is a boolean in YAML 1.1
	}
	switch t.Kind() { //nolint:exhaustive // the others are not in files
	case reflect.Bool:
		return Object{"type": "boolean"}
	case reflect.String:
		return Object{"type": []string{"string", "number", "boolean"}}
	case reflect.Slice:
		return oneOrMany(valueSchema(t.Elem(), option, outer))
	case reflect.Map:
		return Object{"type": "object", "additionalProperties": valueSchema(t.Elem(), "", outer)}
	case reflect.Struct:
		if within(t, outer) {
			return Object{}
		}
		section := schemaOf(t, outer)
		if reflect.PointerTo(t).Implements(reflect.TypeFor[Short]()) {
			return Object{"oneOf": []any{Object{"type": []string{"string", "number", "boolean"}}, section}}
		}
		if reflect.PointerTo(t).Implements(reflect.TypeFor[ShortList]()) {
			list := valueSchema(reflect.TypeFor[[]string](), "", outer)
			return Object{"oneOf": append(list["oneOf"].([]any), section)}
		}
		return section
	case reflect.Interface:
		return Object{}
	case reflect.Float32, reflect.Float64:
		return Object{"type": "number"}
	}
	return Object{"type": "integer"}
}

// oneOrMany is the schema of a list that may be one value.
func oneOrMany(entry Object) Object {
	return Object{"oneOf": []any{entry, Object{"type": "array", "items": entry}}}
}
