// Package site makes the static site of the documents: HTML of the Markdown in docs/en and
// docs/zh, with the navigation that the start pages describe.
package site

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const (
	docs       = "docs"
	repository = "https://github.com/hongyan-go/hongyan"
)

//go:embed page.html style.css
var own embed.FS

// page is a document.
type page struct {
	source string // its file in the repository: docs/zh/rules.md
	path   string // its place in the site: zh/rules.html
	lang   language
	title  string
	body   template.HTML
}

// language is what differs between the languages.
type language struct {
	Tag   string // for lang and hreflang
	Dir   string // where its pages are: "en/" or "zh/"
	Name  string // of the link that leads to it
	Site  string
	Start string
	Skip  string
	Pages string
}

var (
	english = language{Tag: "en", Dir: "en/", Name: "English", Site: "Hongyan 鸿雁", Start: "Start", Skip: "To the text", Pages: "Pages"}
	chinese = language{Tag: "zh-CN", Dir: "zh/", Name: "中文", Site: "鸿雁 Hongyan", Start: "首页", Skip: "跳到正文", Pages: "全部页面"}
)

func (l language) other() language {
	if l == english {
		return chinese
	}
	return english
}

// door is the page that leads to the start pages of the languages.
const door = "index.html"

// Build makes the site of the repository in fsys. The result has the contents of its files by their
// place in the site. It is an error if a link of a page leads nowhere, or if no links lead from the
// door to a page; the error lists all of them.
func Build(fsys fs.FS) (map[string][]byte, error) {
	pages, files, err := read(fsys)
	if err != nil {
		return nil, err
	}
	if _, ok := pages[door]; !ok {
		return nil, fmt.Errorf("site: %s/index.md, which leads to the languages, does not exist", docs)
	}
	navs := map[language][]section{}
	for _, l := range []language{english, chinese} {
		start, ok := pages[l.Dir+"index.html"]
		if !ok {
			return nil, fmt.Errorf("site: %s/%sindex.md, the start page, does not exist", docs, l.Dir)
		}
		if navs[l], err = navigation(fsys, start); err != nil {
			return nil, err
		}
	}
	frame, err := template.New("page.html").ParseFS(own, "page.html")
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	for _, p := range pages {
		var out bytes.Buffer
		if err := frame.Execute(&out, view(p, pages, navs[p.lang])); err != nil {
			return nil, fmt.Errorf("site: %s: %w", p.source, err)
		}
		files[p.path] = out.Bytes()
	}
	if files["style.css"], err = own.ReadFile("style.css"); err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	return files, check(files)
}

// read renders the documents, by their place in the site. The files beside them, which a page may
// link to, are returned as they are.
func read(fsys fs.FS) (map[string]page, map[string][]byte, error) {
	pages, files := map[string]page{}, map[string][]byte{}
	var wrong []error
	err := fs.WalkDir(fsys, docs, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		place := strings.TrimPrefix(name, docs+"/")
		if path.Ext(name) != ".md" {
			files[place], err = fs.ReadFile(fsys, name)
			return err
		}
		p, err := render(fsys, name)
		if err != nil {
			wrong = append(wrong, err)
			return nil
		}
		p.path, p.lang = strings.TrimSuffix(place, ".md")+".html", english
		if strings.HasPrefix(place, chinese.Dir) {
			p.lang = chinese
		}
		pages[p.path] = p
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("site: %w", err)
	}
	return pages, files, errors.Join(wrong...)
}

// framed is what the frame of a page shows.
type framed struct {
	Lang    language
	Title   string
	Body    template.HTML
	Root    string // leads to the root of the site: "" or "../"
	Source  string
	Other   language
	OtherAt string // the same page in the other language, else its start page
	Nav     []section
}

func view(p page, pages map[string]page, nav []section) framed {
	root := strings.Repeat("../", strings.Count(p.path, "/"))
	v := framed{
		Lang: p.lang, Title: p.title, Body: p.body, Root: root,
		Other: p.lang.other(), Source: repository + "/blob/main/" + p.source,
	}
	v.OtherAt = v.Other.Dir + strings.TrimPrefix(p.path, p.lang.Dir)
	if _, ok := pages[v.OtherAt]; !ok {
		v.OtherAt = v.Other.Dir + "index.html"
	}
	v.OtherAt = root + v.OtherAt
	for _, s := range nav {
		links := slices.Clone(s.Links)
		for i := range links {
			links[i].Here = links[i].At == p.path
			links[i].At = root + links[i].At
		}
		v.Nav = append(v.Nav, section{Title: s.Title, Links: links})
	}
	return v
}
