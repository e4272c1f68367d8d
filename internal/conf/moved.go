package conf

import (
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// move reads the value of a key that has its place in another section now, and reports whether it
// is one.
func (d *Document) move(path, key string, line int, value ast.Node) bool {
	old := join(path, key)
	to, isOld := d.moved[old]
	if !isOld {
		return false
	}
	steps := strings.Split(to, ".")
	last := len(steps) - 1
	if d.Has(to) {
		d.unreadable(old, line, phrase.Errorf("%s is called %s now, and the file has both", old, to))
		return true
	}
	d.spelled[to] = old
	d.warn(phrase.New("%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: {%s: %s}",
		d.name, line, old, to, strings.Join(steps[:last], ": {"), steps[last], shown(steps[last], value)+strings.Repeat("}", last-1)))
	v := d.root
	for i, step := range steps {
		f := d.keysIn(v.Type()).fields[step]
		if v = f.in(v); i < last {
			continue
		}
		d.decode(to, value, v, f.option)
		d.restrict(to, value, v, f.enum)
	}
	return true
}

// shown is the value of a key as a warning shows it: secrets are left out.
func shown(key string, value ast.Node) string {
	switch key {
	case "password", "token", "secret", "key":
		return "…"
	}
	return inOneLine(value)
}
