package app

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/internal/terminal"
)

// PluginsCommand lists plugins, or shows one.
type PluginsCommand struct {
	Show string `arg:"" optional:"" placeholder:"[show] NAME" help:"Show the keys of this plugin."`
	Name string `arg:"" optional:"" hidden:""`
	JSON bool   `name:"json" help:"Print JSON."`

	Markdown bool   `help:"Print the keys as a table in Markdown."`
	Write    string `hidden:"" placeholder:"DIR" help:"Bring the tables in the pages below DIR up to date."`
}

// Run prints a line for each plugin, or the keys of one.
func (cmd *PluginsCommand) Run(c Console) error {
	if cmd.Write != "" {
		return cmd.write(c)
	}
	name := cmd.Show
	if name == "show" || name == "list" {
		name = cmd.Name
	}
	if name != "" {
		return cmd.show(c, name)
	}
	type line struct {
		Name    string `json:"name"`
		Summary string `json:"summary"`
	}
	known := c.known()
	all := make([]line, 0, len(known.Names()))
	for _, name := range known.Names() {
		d, _ := known.Lookup(name)
		all = append(all, line{name, d.Summary})
	}
	if cmd.JSON {
		return printJSON(c, all)
	}
	p := c.printer()
	var t terminal.Table
	for _, l := range all {
		t.Row(l.Name, p.Word(l.Summary))
	}
	_, err := t.WriteTo(c.Out)
	return err
}

// show prints the keys of a plugin, and an example.
func (cmd *PluginsCommand) show(c Console, name string) error {
	d, ok := c.known().Lookup(name)
	if !ok {
		return phrase.Errorf("app: there is no plugin %q%s; hongyan plugins lists them", name, suggest.Hint(name, c.known().Names()))
	}
	if cmd.Markdown {
		_, err := fmt.Fprint(c.Out, markdown(d, c.printer()))
		return err
	}
	fields := Fields(d)
	if cmd.JSON {
		return printJSON(c, map[string]any{"name": d.Name, "summary": d.Summary, "keys": fields, "example": d.Example})
	}
	c.tell("%s: %v\n", d.Name, phrase.Word(d.Summary))
	p := c.printer()
	var t terminal.Table
	for _, f := range fields {
		t.Row("  "+f.Key, valueWords(f, p), presetWords(f, p), p.Word(f.Help))
	}
	if _, err := t.WriteTo(c.Out); err != nil {
		return err
	}
	if d.Example != "" {
		fmt.Fprintf(c.Out, "\nplugins:\n  %s\n", strings.ReplaceAll(strings.TrimSpace(d.Example), "\n", "\n  "))
	}
	return nil
}

// valueWords says what can be written.
func valueWords(f Field, p *lang.Printer) string {
	if f.Enum != nil {
		return strings.Join(f.Enum, " | ")
	}
	return typeWords(f.Type, p)
}

// typeWords is a type in the language of the reader: lists and sections by name have another type
// in them.
func typeWords(kind string, p *lang.Printer) string {
	for _, of := range []string{"list of ", "by name: "} {
		if element, found := strings.CutPrefix(kind, of); found {
			return p.Word(of) + typeWords(element, p)
		}
	}
	return p.Word(kind)
}

// presetWords says what holds if the key is absent.
func presetWords(f Field, p *lang.Printer) string {
	switch {
	case f.Required:
		return p.Word("required")
	case f.Default != "":
		return p.F("default %s", f.Default)
	}
	return ""
}

func printJSON(c Console, v any) error {
	enc := json.NewEncoder(c.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// SchemaCommand prints the JSON Schema of files.
type SchemaCommand struct{}

// Run prints it.
func (SchemaCommand) Run(c Console) error {
	text, err := Schema(c.known(), c.printer().Lang().Tag())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Out, "%s\n", text)
	return err
}
