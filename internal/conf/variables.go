package conf

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// A reference ${NAME} is written as openMark NAME closeMark while the YAML library reads the file,
// since the brace would end or begin a mapping in {flow: style}. The marks are noncharacters of
// Unicode.
const (
	openMark  = "\uFDD0"
	closeMark = "\uFDD1"
)

// markVariables replaces the references of a text, and the escaped ones, $${NAME}. Line numbers
// stay.
func markVariables(d *Document, text []byte) ([]byte, error) {
	for _, mark := range []string{openMark, closeMark} {
		if i := bytes.Index(text, []byte(mark)); i >= 0 {
			return nil, d.at(lineAt(text, i), errors.New("a noncharacter of Unicode: delete it"))
		}
	}
	reference := regexp.MustCompile(`\$?\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	return reference.ReplaceAllFunc(text, func(found []byte) []byte {
		mark := openMark
		if bytes.HasPrefix(found, []byte("$$")) {
			mark += "$" // no name begins with it
		}
		name := found[bytes.IndexByte(found, '{')+1 : len(found)-1]
		return []byte(mark + string(name) + closeMark)
	}), nil
}

// spell turns marked text back into the text of the file.
func spell(marked string) string {
	if !strings.Contains(marked, openMark) && !strings.Contains(marked, closeMark) {
		return marked
	}
	return strings.NewReplacer(openMark+"$", "$${", openMark, "${", closeMark, "}").Replace(marked)
}

// expander replaces the references in the values of a document by environment variables. Keys and
// escaped references keep their text.
type expander struct {
	lookup  func(string) (string, bool)
	mistake func(line int, err error)
}

// Visit implements ast.Visitor.
func (x *expander) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.MappingValueNode:
		ast.Walk(literally{}, n.Key)
		ast.Walk(x, n.Value)
		return nil
	case *ast.StringNode:
		n.Value = x.expand(n.Value, n.GetToken().Position.Line)
	}
	return x
}

func (x *expander) expand(marked string, line int) string {
	if !strings.Contains(marked, openMark) {
		return marked
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(marked, openMark)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, closeMark)
		marked = after
		if escaped, ok := strings.CutPrefix(name, "$"); ok {
			b.WriteString("${" + escaped + "}")
			continue
		}
		value, set := x.lookup(name)
		if !set {
			x.mistake(line, phrase.Errorf("the environment variable %s is not set: set it, or fill in .env and load it: "+
				"set -a; . ./.env; set +a (for the text itself, write $${%s})", name, name))
		}
		b.WriteString(value)
	}
}

// literally is a visitor that leaves references as they are in the file.
type literally struct{}

// Visit implements ast.Visitor.
func (l literally) Visit(n ast.Node) ast.Visitor {
	if s, ok := n.(*ast.StringNode); ok {
		s.Value = spell(s.Value)
	}
	return l
}
