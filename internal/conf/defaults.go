package conf

import (
	"fmt"
	"reflect"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Defaults gives the fields of a section that are zero the values of their tags default, also in
// the sections below it. It panics if a tag cannot be read.
func Defaults(to any) { defaults(reflect.ValueOf(to).Elem()) }

func defaults(v reflect.Value) {
	each(v.Type(), func(key, option string, f reflect.StructField, index []int) {
		field := v.FieldByIndex(index)
		preset := f.Tag.Get("default")
		if preset != "" && field.IsZero() && option != optionNot {
			setDefault(field, key, option, preset)
		}
		defaultsBelow(field)
	})
}

func setDefault(field reflect.Value, key, option, preset string) {
	if field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String {
		field.Set(reflect.ValueOf([]string{preset}).Convert(field.Type()))
		return
	}
	var err error
	switch read := reader(field, option); {
	case read != nil:
		err = read(preset)
	case field.Kind() == reflect.String:
		field.SetString(preset)
	case field.CanInt(), field.CanFloat():
		_, err = fmt.Sscan(preset, field.Addr().Interface())
	default:
		err = phrase.Errorf("a %v has no default", field.Type())
	}
	if err != nil {
		panic(fmt.Sprintf("conf: the default of %s: %v", key, err))
	}
}

func defaultsBelow(field reflect.Value) {
	switch {
	case field.Kind() == reflect.Pointer && !field.IsNil():
		defaultsBelow(field.Elem())
	case field.Kind() == reflect.Struct && sections(field.Type()):
		defaults(field)
	case field.Kind() == reflect.Slice && sections(field.Type().Elem()):
		for i := range field.Len() {
			defaultsBelow(field.Index(i))
		}
	}
}
