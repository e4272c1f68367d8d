package botfile

import (
	"reflect"
	"strings"
)

// Keys are the keys of the schema: service.token, accounts[].app_id.
func Keys() []string { return keys("", reflect.TypeFor[schema]()) }

func keys(prefix string, t reflect.Type) (all []string) {
	for field := range t.Fields() {
		key, tagged := field.Tag.Lookup("yaml")
		if !tagged {
			continue
		}
		key, inner := prefix+key, field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct {
			key, inner = key+"[]", inner.Elem()
		}
		below := []string(nil)
		if inner.Kind() == reflect.Struct {
			below = keys(key+".", inner)
		}
		if len(below) == 0 {
			below = []string{strings.TrimSuffix(key, "[]")}
		}
		all = append(all, below...)
	}
	return all
}
