package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/plugin"
)

//go:generate go run ../cmd/hongyan --lang en plugins --write ../docs/en
//go:generate go run ../cmd/hongyan --lang zh plugins --write ../docs/zh

// markdown is the table of the keys of a plugin.
func markdown(d plugin.Definition, p *lang.Printer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s | %s | %s |\n|---|---|---|---|\n",
		p.Word("key"), p.Word("value"), p.Word("if absent"), p.Word("meaning"))
	for _, f := range Fields(d) {
		preset := "" // of what presetWords says, only the value is code
		switch {
		case f.Required:
			preset = p.Word("required")
		case f.Default != "":
			preset = "`" + f.Default + "`"
		}
		value := typeWords(f.Type, p)
		if f.Enum != nil {
			value = "`" + strings.Join(f.Enum, "`, `") + "`"
		}
		cells := []string{"`" + f.Key + "`", value, preset, p.Word(f.Help)}
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(cell, "|", `\|`)
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}

// listed is the table of the plugins; those with a page in a directory link to it.
func listed(known *plugin.Registry, dir string, p *lang.Printer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n|---|---|\n", p.Word("plugin"), p.Word("does"))
	for _, name := range known.Names() {
		d, _ := known.Lookup(name)
		cell := "`" + name + "`"
		if _, err := os.Stat(pageOf(dir, name)); err == nil {
			cell = "[" + cell + "](plugins/" + name + ".md)"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", cell, strings.ReplaceAll(p.Word(d.Summary), "|", `\|`))
	}
	return b.String()
}

func pageOf(dir, name string) string { return filepath.Join(dir, "plugins", name+".md") }

// Pages are the pages about plugins in a directory such as docs/en, with the tables that belong
// into them: that of the keys in plugins/NAME.md, and that of all plugins in plugins.md. A table
// follows the line <!-- keys --> or <!-- plugins -->, up to <!-- end -->. Pages that do not exist
// are left out. The language, zh or en, is that of the tables.
func Pages(known *plugin.Registry, dir, language string) (map[string][]byte, error) {
	pages := map[string][]byte{}
	l, _ := lang.Parse(language)
	p := texts.In(l)
	add := func(path, mark, table string) error {
		text, err := os.ReadFile(path) //nolint:gosec // to read the pages is the purpose
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err == nil {
			pages[path], err = insert(text, mark, table)
		}
		if err != nil {
			return fmt.Errorf("app: %s: %w", path, err)
		}
		return nil
	}
	for _, name := range known.Names() {
		d, _ := known.Lookup(name)
		if err := add(pageOf(dir, name), "<!-- keys -->", markdown(d, p)); err != nil {
			return nil, err
		}
	}
	err := add(filepath.Join(dir, "plugins.md"), "<!-- plugins -->", listed(known, dir, p))
	return pages, err
}

const markEnd = "<!-- end -->"

// insert puts a table into a page.
func insert(text []byte, mark, table string) ([]byte, error) {
	before, after, found := bytes.Cut(text, []byte(mark+"\n"))
	if !found {
		return nil, phrase.Errorf("there is no line %s", mark)
	}
	if old, rest, ended := bytes.Cut(after, []byte(markEnd+"\n")); ended && bytes.HasPrefix(bytes.TrimSpace(old), []byte("|")) {
		after = rest
	}
	return fmt.Appendf(nil, "%s%s\n\n%s\n%s\n%s", before, mark, table, markEnd, after), nil
}

// write brings the pages in a directory up to date.
func (cmd *PluginsCommand) write(c Console) error {
	pages, err := Pages(c.known(), cmd.Write, c.printer().Lang().Tag())
	if err != nil {
		return err
	}
	for path, text := range pages {
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // pages are not secret
			return fmt.Errorf("app: %w", err)
		}
	}
	return nil
}
