package conf

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// renamed is the name of now of an old key of the section at path. It notes a warning, which shows
// the line to write, and under which name mistakes in its value are to be reported.
func (d *Document) renamed(path, key, name string, line int, value ast.Node) string {
	d.spelled[join(path, name)] = join(path, key)
	d.warn(phrase.New("%s:%d: the key %s is called %s now, and the next version will not know the old name: write %s: %s",
		d.name, line, join(path, key), name, name, shown(value)))
	return name
}

// shown is a value on one line; of a list or a section, a sign that there is more.
func shown(value ast.Node) string {
	if _, scalar := value.(ast.ScalarNode); scalar {
		return spell(value.GetToken().Value)
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
