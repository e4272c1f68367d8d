package conf

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// current is the name of now of a key of the section at path. For a key that was renamed it notes a
// warning, which shows the line to write, and under which name mistakes in its value are to be
// reported.
func (d *Document) current(path, key string, line int, value ast.Node) string {
	name, old := d.renamed[join(path, key)]
	if !old || strings.Contains(name, ".") {
		return key
	}
	d.spelled[join(path, name)] = join(path, key)
	d.warn(phrase.New("%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: %s",
		d.name, line, join(path, key), name, name, spell(value.GetToken().Value)))
	return name
}

// moved reads the value of a key that has its place in another section now, and reports whether it
// has one. Its new name is the path of the place, from the top of the document.
func (d *Document) moved(path, key string, line int, value ast.Node) bool {
	old := join(path, key)
	to := d.renamed[old]
	if !strings.Contains(to, ".") {
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
		f := d.fieldsOf(v.Type())[step]
		if v = f.in(v); i < last {
			continue
		}
		d.decode(to, value, v, f.option)
		d.restrict(to, value, v, f.enum)
	}
	return true
}

// shown is the value of a key as a warning shows it: lists and secrets are left out.
func shown(key string, value ast.Node) string {
	if text, scalar := text(value); scalar && key != "password" && key != "token" {
		return text
	}
	return "…"
}

// Caution notes a line about the value at a path, which is no mistake, but hardly meant.
func (d *Document) Caution(path string, err error) {
	d.warn(phrase.New("%s: %s: %v", d.Place(path), path, err))
}

// warn notes a line for the person who wrote the file, once.
func (d *Document) warn(line phrase.Text) {
	same := func(other phrase.Text) bool { return other.String() == line.String() }
	if !slices.ContainsFunc(d.warnings, same) { // an alias is read more than once
		d.warnings = append(d.warnings, line)
	}
}
