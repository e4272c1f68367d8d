// Package conf reads configuration files: YAML documents into tagged structs. All mistakes are
// reported at once, each with its line; an unknown key is a mistake.
//
// A field has a tag yaml:"key", and possibly an option: "key,bytes" reads sizes such as 10KB into
// an integer, "key,not" reads the opposite of a bool, "key,off" reads off as -1. A tag enum lists
// the only texts that are accepted. A tag also is a second name of the key. The tags help, default,
// enum and required describe the field to people and editors, see Fields and Schema.
//
// What a version before has called otherwise still works, with a warning that shows the line to
// write: a tag was lists earlier keys of a field, such as was:"account,notify.to",
// oldvalues:"before=now" earlier values, and a field with a tag old, which says what to write
// instead, is described to nobody any more. A field hides one with the same key in an embedded
// section.
package conf

import (
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Document is a parsed file that knows the lines of its values, and collects its mistakes.
type Document struct {
	name     string
	body     ast.Node
	root     reflect.Value     // what Decode reads into
	moved    map[string]string // old paths of keys
	file     *ast.File
	mistakes []mistake
	warnings []phrase.Text
	spelled  map[string]string      // the paths of keys by which the file calls others
	keys     map[reflect.Type]*keys // the keys of the sections
	none     map[string]bool        // fields that have a value that is none of their enum
	broken   map[string]bool        // parts of the file, such as rules[2], with a value that could not be read
	names    map[string]bool        // keys below which the file chooses the names
	place    func(error) (line, column int)
	manual   func(path string, suggested bool) phrase.Text
}

// Node is a value of a document.
type Node = ast.Node

// Options say how a document is read.
type Options struct {
	// Lookup finds the values of references such as ${NAME}, like os.LookupEnv.
	Lookup func(name string) (string, bool)
	// Moved maps the old paths of keys to those in other sections: listen to callback.listen. Old
	// keys work, with a warning. For one that stays in its section there is the tag was.
	Moved map[string]string
	// TextPlace returns the line and the column within a text that an error is about, from 1; 0
	// means that they are not known. nil means that no error knows them.
	TextPlace func(err error) (line, column int)
	// Manual tells where the keys are listed that could be meant by an unknown one at a path;
	// suggested means that the message has one already. nil tells nothing.
	Manual func(path string, suggested bool) phrase.Text
	// Without are keys of the whole document that are not read, nor their values.
	Without []string
}

// Parse reads the text of a file; name is for error messages. An error means that the text is not
// YAML within the bounds of a file; mistakes in its values are collected in the document.
func Parse(name string, text []byte, o Options) (d *Document, err error) {
	d = &Document{
		name: name, moved: o.Moved, broken: map[string]bool{}, none: map[string]bool{}, spelled: map[string]string{},
		keys: map[reflect.Type]*keys{}, names: map[string]bool{}, place: o.TextPlace,
		manual: o.Manual,
	}
	defer func() { // the YAML library panics on some broken documents
		if v := recover(); v != nil {
			d, err = nil, phrase.Errorf("%s: the file is not YAML that can be read", name)
		}
	}()
	if d.body, err = d.parse(text); err != nil {
		return nil, err
	}
	d.leaveOut(o.Without)
	ast.Walk(&expander{lookup: o.Lookup, mistake: d.mistakeAt}, d.body)
	return d, nil
}

// leaveOut removes keys of the whole document.
func (d *Document) leaveOut(keys []string) {
	out := func(pair *ast.MappingValueNode) bool { return slices.Contains(keys, keyText(pair.Key)) }
	switch body := d.body.(type) {
	case *ast.MappingNode:
		body.Values = slices.DeleteFunc(body.Values, out)
	case *ast.MappingValueNode: // the only key
		if out(body) {
			d.body = ast.Mapping(body.GetToken(), false)
		}
	}
}

// parse reads the YAML of a text within the bounds of a file.
func (d *Document) parse(text []byte) (ast.Node, error) {
	if len(text) > MaxSize {
		return nil, phrase.Errorf("%s: the file is larger than %d MB: is it a bot's file?", d.name, MaxSize>>20)
	}
	text, err := checkEncoding(d, text)
	if err != nil {
		return nil, err
	}
	if text, err = markVariables(d, text); err != nil {
		return nil, err
	}
	tokens := lexer.Tokenize(string(text))
	if err := checkNesting(d, tokens); err != nil {
		return nil, err
	}
	if d.file, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()); err != nil {
		return nil, d.syntax(err)
	}
	if len(d.file.Docs) == 0 || d.file.Docs[0].Body == nil {
		return nil, phrase.Errorf("%s: the file is empty: docs/en/config.md shows what to write", d.name)
	}
	if len(d.file.Docs) > 1 {
		return nil, phrase.Errorf("%s: more than one document: a bot is one file", d.name)
	}
	body, _, err := (&aliases{named: map[string]ast.Node{}, sizes: map[string]int{}}).resolve(d.file.Docs[0].Body)
	if err != nil {
		return nil, d.syntax(err)
	}
	d.file.Docs[0].Body = body
	return body, nil
}

// Decode reads the whole document into the struct that to points to.
func (d *Document) Decode(to any) (err error) {
	defer func() { // as in Parse
		if v := recover(); v != nil {
			err = phrase.Errorf("%s: the file is not YAML that can be read", d.name)
		}
	}()
	d.root = reflect.ValueOf(to).Elem()
	d.decode("", d.body, d.root, "")
	return nil
}

// Warnings are lines about what the next version will not accept, such as the old name of a key.
func (d *Document) Warnings() []phrase.Text { return d.warnings }
