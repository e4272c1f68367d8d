package site

import (
	"errors"
	"fmt"
	"html"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	htmllexer "github.com/tdewolff/parse/v2/html"
)

// check follows every link of the pages that stays in the site, and walks from the door to all
// others. It reads the finished HTML, so it finds mistakes of this package as well.
func check(files map[string][]byte) error {
	type target struct{ place, heading string }
	ids, links := map[target]bool{}, map[string][]target{}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, a := range attributes(files[name]) {
			switch a.key {
			case "id":
				if ids[target{name, a.value}] {
					wrong = append(wrong, fmt.Errorf("site: %s has the id %s twice", name, a.value))
				}
				ids[target{name, a.value}] = true
			case "href", "src":
				u, err := url.Parse(a.value)
				if err != nil {
					wrong = append(wrong, fmt.Errorf("site: %s: %w", name, err))
				} else if u.Scheme == "" {
					t := target{path.Join(path.Dir(name), u.Path), u.Fragment}
					if u.Path == "" {
						t.place = name
					}
					links[name] = append(links[name], t)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(links)) {
		for _, t := range links[name] {
			if files[t.place] == nil {
				wrong = append(wrong, fmt.Errorf("site: %s links to %s: no such page", name, t.place))
			} else if t.heading != "" && !ids[t] {
				wrong = append(wrong, fmt.Errorf("site: %s links to %s#%s: no such heading", name, t.place, t.heading))
			}
		}
	}
	reached, next := map[string]bool{}, []string{door}
	for len(next) > 0 {
		name := next[0]
		next = next[1:]
		if reached[name] {
			continue
		}
		reached[name] = true
		for _, t := range links[name] {
			next = append(next, t.place)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(name) == ".html" && !reached[name] {
			wrong = append(wrong, fmt.Errorf("site: no page links to %s", name))
		}
	}
	return errors.Join(wrong...)
}

type attribute struct{ key, value string }

// attributes are those of all tags of a page.
func attributes(page []byte) []attribute {
	var list []attribute
	lexer := htmllexer.NewLexer(parse.NewInputBytes(slices.Clone(page))) // it may write into its input
	for {
		kind, _ := lexer.Next()
		if kind == htmllexer.ErrorToken { // the end
			return list
		}
		if kind == htmllexer.AttributeToken {
			value := strings.Trim(string(lexer.AttrVal()), `"'`)
			list = append(list, attribute{key: string(lexer.AttrKey()), value: html.UnescapeString(value)})
		}
	}
}
