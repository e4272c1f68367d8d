package site

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// section is a purpose, and the pages for it.
type section struct {
	Title string
	Links []link
}

// link leads to a page.
type link struct {
	Text string
	At   string // its place in the site, or where it leads from the page that shows it
	Here bool   // the page shows itself
}

// navigation is what a start page describes: its headings of the second level, each with the pages
// that are linked to below it.
func navigation(fsys fs.FS, start page) ([]section, error) {
	source, err := fs.ReadFile(fsys, start.source)
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	var nav []section
	err = ast.Walk(markdown().Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if n.Level == 2 {
				nav = append(nav, section{Title: words(n, source)})
			}
		case *ast.Link:
			target, heading, _ := strings.Cut(string(n.Destination), "#")
			if len(nav) == 0 || heading != "" || path.Ext(target) != ".md" || strings.Contains(target, ":") {
				break
			}
			place, inside := strings.CutPrefix(path.Join(path.Dir(start.source), target), docs+"/")
			l := link{Text: words(n, source), At: strings.TrimSuffix(place, ".md") + ".html"}
			last := &nav[len(nav)-1]
			if inside && !slices.ContainsFunc(last.Links, func(o link) bool { return o.At == l.At }) {
				last.Links = append(last.Links, l)
			}
		}
		return ast.WalkContinue, nil
	})
	return slices.DeleteFunc(nav, func(s section) bool { return len(s.Links) == 0 }), err
}
