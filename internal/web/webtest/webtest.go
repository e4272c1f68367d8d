// Package webtest has the checks that the templates and texts of all pages must pass.
package webtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
)

// Lint checks templates and the Go files of a folder: no text outside of the catalogues, no inline
// script or style, nothing that makes markup of data.
func Lint(t *testing.T, templates fs.FS, folder string) {
	t.Helper()
	names, err := fs.Glob(templates, "*.html")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no templates: %v", err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(templates, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults(string(content)) {
			t.Errorf("%s: %s", name, fault)
		}
	}
	for name, content := range sources(t, folder) {
		for _, word := range []string{"template.HTML(", "template.JS(", "template.URL(", "template.CSS(", "template.HTMLAttr("} {
			if strings.Contains(content, word) {
				t.Errorf("%s: %s makes markup of data", name, word)
			}
		}
	}
}

// faults returns what is wrong with a template.
func faults(content string) []string {
	var all []string
	for pattern, why := range map[string]string{
		`\sstyle=`: "a style in a tag, which the policy refuses", `\son[a-z]+=`: "a handler in a tag, which the policy refuses",
		`hx-on`: "hx-on needs eval", `["']js:`: "js: needs eval", `hx-trigger="[^"]*\[`: "a filter of hx-trigger needs eval",
		`<script>`: "a script in the page, which the policy refuses", `<style`: "a style in the page, which the policy refuses",
		`(?:src|href|action)="https?:`: "something from another host",
	} {
		if found := regexp.MustCompile(pattern).FindString(content); found != "" {
			all = append(all, found+": "+why)
		}
	}
	text := regexp.MustCompile(`(?s){{.*?}}`).ReplaceAllString(content, "")
	text = regexp.MustCompile(`(?s)<(code|kbd)[^>]*>.*?</(code|kbd)>`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(text, "")
	if word := regexp.MustCompile(`\p{L}{2,}`).FindString(text); word != "" && word != "鸿雁" {
		all = append(all, "the text "+word+" is not in the catalogue")
	}
	for _, m := range regexp.MustCompile(`\b(?:title|aria-label|placeholder|alt)="([^"]*)"`).FindAllStringSubmatch(content, -1) {
		words := regexp.MustCompile(`(?s){{.*?}}`).ReplaceAllString(m[1], "")
		if word := regexp.MustCompile(`\p{L}{2,}`).FindString(words); word != "" {
			all = append(all, "the text "+word+" is not in the catalogue")
		}
	}
	return all
}

// TextsAreUsed checks that a template or a Go file of the folders uses each text of a table. A Go
// file uses a key if it contains it in quotes, or its beginning before a plus sign: "kind." + k.
func TextsAreUsed(t *testing.T, site *web.Site, table lang.Table, folders ...string) {
	t.Helper()
	var code strings.Builder
	for _, folder := range folders {
		for name, content := range sources(t, folder) {
			if !strings.HasSuffix(name, "texts.go") {
				code.WriteString(content)
			}
		}
	}
	if err := site.Check(); err != nil {
		t.Fatal(err)
	}
	inTemplates := site.UsedTexts()
	begins := regexp.MustCompile(`"([a-z.]+\.)"\s*\+`).FindAllStringSubmatch(code.String(), -1)
	for key := range table {
		begun := slices.ContainsFunc(begins, func(m []string) bool { return strings.HasPrefix(key, m[1]) }) ||
			slices.ContainsFunc(inTemplates, func(used string) bool { return strings.HasSuffix(used, ".") && strings.HasPrefix(key, used) })
		if !begun && !slices.Contains(inTemplates, key) && !strings.Contains(code.String(), `"`+key+`"`) {
			t.Errorf("nothing uses the text %q", key)
		}
	}
	for _, m := range regexp.MustCompile(`\.T\("([^"]+)"[,)]`).FindAllStringSubmatch(code.String(), -1) {
		if !site.HasText(m[1]) {
			t.Errorf("the code uses the text %q, which does not exist", m[1])
		}
	}
}

// sources returns the Go files of a folder without its tests.
func sources(t *testing.T, folder string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(name) //nolint:gosec // a source file of this module
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(content)
	}
	return all
}
