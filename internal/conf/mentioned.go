package conf

import "reflect"

// Mentioned calls f for each text in a value whose field has the tag of, such as of:"chats": what a
// file mentions of the world around it.
func Mentioned(value any, f func(of, text string)) { mentioned(reflect.ValueOf(value), "", f) }

func mentioned(v reflect.Value, of string, f func(of, text string)) {
	switch v.Kind() { //nolint:exhaustive // the others hold no texts
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			mentioned(v.Elem(), of, f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() || field.Anonymous {
				mentioned(v.Field(i), field.Tag.Get("of"), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			mentioned(v.Index(i), of, f)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			mentioned(entries.Key(), of, f)
			mentioned(entries.Value(), of, f)
		}
	case reflect.String:
		if of != "" && v.String() != "" {
			f(of, v.String())
		}
	}
}
