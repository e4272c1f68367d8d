package site

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// markdown renders what GitHub renders, except HTML: a document has none but comments. The end of a
// line between Chinese characters is not a blank.
func markdown() goldmark.Markdown {
	lines := extension.NewCJK(extension.WithEastAsianLineBreaks(extension.EastAsianLineBreaksCSS3Draft))
	return goldmark.New(goldmark.WithExtensions(extension.GFM, lines))
}

// render makes the page of a document: its headings get the anchors that they have on GitHub, and
// its links lead to other pages, or into the repository.
func render(fsys fs.FS, name string) (page, error) {
	source, err := fs.ReadFile(fsys, name)
	if err != nil {
		return page{}, fmt.Errorf("site: %w", err)
	}
	md := markdown()
	root := md.Parser().Parse(text.NewReader(source))
	p, used := page{source: name}, map[string]int{}
	var wrong []error
	err = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		var err error
		switch n := n.(type) {
		case *ast.Heading:
			title := words(n, source)
			if n.Level == 1 && p.title == "" {
				p.title = title
			}
			n.SetAttributeString("id", []byte(anchor(title, used)))
		case *ast.Link:
			n.Destination, err = destination(fsys, name, n.Destination)
		case *ast.Image:
			n.Destination, err = destination(fsys, name, n.Destination)
		case *ast.HTMLBlock:
			err = onlyComment(n.Lines().Value(source))
		case *ast.RawHTML:
			err = onlyComment(n.Segments.Value(source))
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
		return ast.WalkContinue, nil
	})
	if err == nil && p.title == "" {
		err = fmt.Errorf("%s: no heading of the first level, which would be its title", name)
	}
	if err = errors.Join(append(wrong, err)...); err != nil {
		return page{}, err
	}
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, root); err != nil {
		return page{}, fmt.Errorf("%s: %w", name, err)
	}
	p.body = template.HTML(out.String()) //nolint:gosec // made by goldmark of our own documents, without their HTML
	return p, nil
}

// words is the text of a node.
func words(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Value(source))
		case *ast.String:
			b.Write(c.Value)
		default:
			b.WriteString(words(c, source))
		}
	}
	return b.String()
}

// anchor is the name by which GitHub lets one link to a heading. The second heading with the same
// text gets a number.
func anchor(title string, used map[string]int) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, title)
	used[name]++
	if again := used[name] - 1; again > 0 {
		name += "-" + strconv.Itoa(again)
	}
	return name
}

// destination is where a link of a document leads on the site: a page or file of the documents by
// its relative place, everything else in the repository by its address there.
func destination(fsys fs.FS, name string, link []byte) ([]byte, error) {
	target, heading, found := strings.Cut(string(link), "#")
	if target == "" || strings.Contains(target, ":") {
		return link, nil
	}
	if found {
		heading = "#" + heading
	}
	place := path.Join(path.Dir(name), target)
	info, err := fs.Stat(fsys, place)
	switch {
	case strings.HasPrefix(target, "/"):
		return nil, fmt.Errorf("it links to %s: write the link relative to the document", target)
	case err != nil:
		return nil, fmt.Errorf("it links to %s: no such file", target)
	case strings.HasPrefix(place, docs+"/") && path.Ext(place) == ".md":
		return []byte(strings.TrimSuffix(target, ".md") + ".html" + heading), nil
	case strings.HasPrefix(place, docs+"/") && !info.IsDir():
		return []byte(target), nil
	case info.IsDir():
		return []byte(repository + "/tree/main/" + place), nil
	}
	return []byte(repository + "/blob/main/" + place + heading), nil
}

func onlyComment(html []byte) error {
	if t := strings.TrimSpace(string(html)); !strings.HasPrefix(t, "<!--") || !strings.HasSuffix(t, "-->") {
		return fmt.Errorf("HTML is left out of the site: %q", t)
	}
	return nil
}
