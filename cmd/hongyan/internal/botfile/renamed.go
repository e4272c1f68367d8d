package botfile

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// renamed maps the keys of the version before, by their path, to their names of now. They work in
// this version, with a warning.
func renamed() map[string]string {
	return map[string]string{
		"notice_ttl":                   "proactive_ttl",
		"limits.notices_per_day":       "proactive_per_day",
		"limits.notice_chats_per_hour": "proactive_chats_per_hour",
	}
}

// current is the name of now of a key of the section at path. For a key that was renamed it notes a
// warning, which shows the line to write, and under which name mistakes in its value are to be
// reported.
func (d *document) current(path, key string, line int, value ast.Node) string {
	name, old := renamed()[join(path, key)]
	if !old {
		return key
	}
	d.spelled[join(path, name)] = join(path, key)
	warning := fmt.Sprintf("%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: %s",
		d.name, line, join(path, key), name, name, spell(value.GetToken().Value))
	if !slices.Contains(d.warnings, warning) { // an alias is read more than once
		d.warnings = append(d.warnings, warning)
	}
	return name
}
