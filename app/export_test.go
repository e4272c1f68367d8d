package app

import (
	"reflect"
	"strings"

	"github.com/hongyan-go/hongyan/internal/conf"
)

// Keys are the keys of the file that have no keys below them: service.token, accounts[].app_id.
func Keys() (all []string) {
	fields := conf.Fields(reflect.TypeFor[schema]())
	for _, f := range conf.Fields(reflect.TypeFor[expectation]()) {
		all = append(all, "tests[].expect."+f.Key)
	}
	for i, f := range fields {
		if i+1 < len(fields) && (strings.HasPrefix(fields[i+1].Key, f.Key+".") || strings.HasPrefix(fields[i+1].Key, f.Key+"[].")) {
			continue
		}
		all = append(all, f.Key)
	}
	return all
}
