package conf

import "reflect"

// Mentioned calls f for each text in a value whose field has the tag of, such as of:"chats": what a
// file mentions of the world around it. What f returns replaces the text.
func Mentioned(value any, f func(of, text string) string) { mentioned(reflect.ValueOf(value), "", f) }

func mentioned(v reflect.Value, of string, f func(of, text string) string) {
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
		for _, key := range v.MapKeys() { // values of maps cannot be set
			entry := reflect.New(v.Type().Elem()).Elem()
			entry.Set(v.MapIndex(key))
			mentioned(entry, of, f)
			name := reflect.New(v.Type().Key()).Elem()
			name.Set(key)
			mentioned(name, of, f)
			v.SetMapIndex(key, reflect.Value{})
			v.SetMapIndex(name, entry)
		}
	case reflect.String:
		if of == "" || v.String() == "" {
			return
		}
		if text := f(of, v.String()); text != v.String() {
			v.SetString(text)
		}
	}
}
