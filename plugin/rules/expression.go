package rules

import (
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The bounds of an expression. Without loops, its time grows with its size and that of the message.
const (
	maxExpression = 4 << 10 // bytes
	maxNodes      = 300
)

// message is what an expression sees: values, no functions.
type message struct {
	Account  string `expr:"account"`
	Kind     string `expr:"kind"`
	Chat     string `expr:"chat"`
	Group    bool   `expr:"group"`
	Private  bool   `expr:"private"`
	Sender   string `expr:"sender"`
	AtMe     bool   `expr:"at_me"`
	Text     string `expr:"text"`
	FileName string `expr:"file_name"`
	FileExt  string `expr:"file_ext"`
	FileSize int64  `expr:"file_size"`
	Title    string `expr:"title"`
	URL      string `expr:"url"`
	Hour     int    `expr:"hour"`
	Minute   int    `expr:"minute"`
	Weekday  int    `expr:"weekday"` // 1 is Monday, 7 Sunday
}

// names are the names that an expression may use.
func names() []string {
	return []string{
		"account", "kind", "chat", "group", "private", "sender", "at_me", "text", "file_name", "file_ext", "file_size", "title", "url",
		"hour", "minute", "weekday",
	}
}

// functions are the functions that an expression may call: those whose time and memory do not
// exceed their input.
func functions() []string {
	return []string{"len", "lower", "upper", "trim", "hasPrefix", "hasSuffix", "indexOf", "abs", "min", "max", "int", "float", "string"}
}

// expression is a compiled condition.
type expression struct {
	program *vm.Program
	zone    *time.Location
}

// compile compiles an expression about the times of a zone. Its errors know the line.
func compile(text string, zone *time.Location) (*expression, error) {
	if len(text) > maxExpression {
		return nil, phrase.Errorf("the expression is longer than %d bytes: make several rules of it", maxExpression)
	}
	limits := &bounds{}
	options := []expr.Option{expr.Env(message{}), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes), expr.Patch(limits)}
	for _, f := range functions() {
		options = append(options, expr.EnableBuiltin(f))
	}
	program, err := expr.Compile(text, options...)
	var at *file.Error
	switch {
	case limits.err != nil:
		return nil, limits.err
	case errors.As(err, &at):
		return nil, &placeError{at.Line, at.Column + 1, wrong(at.Message)}
	case err != nil:
		return nil, phrase.Errorf("%v", wrong(err.Error()))
	}
	return &expression{program, zone}, nil
}

// placeError is an error at a place in an expression.
type placeError struct {
	line, column int
	text         phrase.Text
}

func (e *placeError) Error() string { return e.text.String() }

// Phrase is the message.
func (e *placeError) Phrase() phrase.Text { return e.text }

// TextPlace is the place in the text of the expression, from 1.
func (e *placeError) TextPlace() (line, column int) { return e.line, e.column }

// bounds refuses the parts of the language that can take more than their share of time or memory:
// loops, ranges, and regular expressions that come from a message.
type bounds struct{ err error }

// Visit implements ast.Visitor.
func (b *bounds) Visit(n *ast.Node) {
	var what phrase.Text
	switch n := (*n).(type) {
	case *ast.PredicateNode:
		what = phrase.New("loops such as any and filter")
	case *ast.BuiltinNode:
		if !slices.Contains(functions(), n.Name) { // some are there although all are disabled
			what = phrase.New("the function %s", n.Name)
		}
	case *ast.BinaryNode:
		_, constant := n.Right.(*ast.StringNode)
		switch {
		case n.Operator == "..":
			what = phrase.New("ranges")
		case n.Operator == "matches" && !constant:
			what = phrase.New("regular expressions that are not written in quotes")
		}
	}
	if !what.IsZero() && b.err == nil {
		b.err = phrase.Errorf("an expression cannot have %v", what)
	}
}

// holds reports whether the expression is true of a message. One that fails is false.
func (x *expression) holds(s *match.Subject) bool {
	v, err := expr.Run(x.program, messageOf(s, x.zone))
	yes, ok := v.(bool)
	return err == nil && ok && yes
}

func messageOf(s *match.Subject, zone *time.Location) message {
	e := s.Event
	m := message{
		Account: e.AppID, Kind: string(e.Kind()), Chat: e.Conversation.ID, Group: e.Conversation.IsGroup(),
		Private: e.Conversation.ID != "" && !e.Conversation.IsGroup(), Sender: e.Sender, AtMe: s.AtMe(), Text: s.Said(),
	}
	switch p := e.Payload().(type) {
	case *xmlmsg.File:
		m.FileName, m.FileExt, m.FileSize = p.Name, extension(p.Name, p.Ext), p.Size
	case *xmlmsg.Link:
		m.Title, m.URL = p.Title, p.URL
	case *xmlmsg.FriendRequest:
		m.Text = p.Content
	}
	if !e.Time.IsZero() {
		t := e.Time.In(zone)
		m.Hour, m.Minute = t.Hour(), t.Minute()
		m.Weekday = (int(t.Weekday())+6)%7 + 1
	}
	return m
}

func extension(name, ext string) string {
	if ext == "" {
		ext = path.Ext(name)
	}
	return strings.ToLower(strings.TrimPrefix(ext, "."))
}
