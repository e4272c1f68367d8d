package router

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Template is a text with placeholders for what is known of an event.
type Template struct {
	template *template.Template
	fields   []string
}

// placeholders are the names that every event fills.
func placeholders() []string {
	return []string{"SenderName", "Sender", "GroupName", "Group", "Text", "FileName", "FileSize", "Time"}
}

// fill is the value of a placeholder; ok is false for a name that is none.
func fill(c *Context, name string) (value string, ok bool) {
	switch name {
	case "SenderName":
		return c.SenderName(), true
	case "Sender":
		return c.Sender(), true
	case "GroupName":
		return c.GroupName(), true
	case "Group":
		return c.Event.Conversation.ID, true
	case "Text":
		return c.Text(), true
	case "FileName":
		name, _ := fileOf(c)
		return name, true
	case "FileSize":
		_, size := fileOf(c)
		return size, true
	case "Time":
		if c.Event.Time.IsZero() {
			return "", true
		}
		return c.Event.Time.Local().Format("15:04"), true
	}
	return "", false
}

// ParseTemplate parses a text in the syntax of text/template. The placeholders are {{.SenderName}},
// {{.Sender}} (wxid), {{.GroupName}}, {{.Group}} (id), {{.Text}}, {{.FileName}}, {{.FileSize}}, {{.Time}} (15:04, local
// time), and the named groups of the route's expressions, such as {{.id}}.
func ParseTemplate(text string) (*Template, error) {
	t, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("router: template: %w", err)
	}
	fields := map[string]bool{}
	for _, named := range t.Templates() {
		collectFields(named.Root, fields)
	}
	return &Template{template: t, fields: slices.Sorted(maps.Keys(fields))}, nil
}

// Check reports a placeholder that no event fills, given the named groups of the route's expressions.
func (t *Template) Check(captures ...string) error {
	for _, f := range t.fields {
		if known := append(placeholders(), captures...); !slices.Contains(known, f) {
			return fmt.Errorf("router: template: nothing fills {{.%s}}; there are %s, and the named groups of a regexp",
				f, strings.Join(known, ", "))
		}
	}
	return nil
}

// Render fills the placeholders. Names are looked up only if the template uses them.
func (t *Template) Render(c *Context) (string, error) {
	data := map[string]string{}
	for name, value := range c.Captures() {
		data[name] = value
	}
	for _, f := range t.fields {
		if value, ok := fill(c, f); ok {
			data[f] = value
		}
	}
	var b strings.Builder
	if err := t.template.Execute(&b, data); err != nil {
		return "", fmt.Errorf("router: template: %w", err)
	}
	return b.String(), nil
}

// collectFields finds the top-level placeholders of a template.
func collectFields(n parse.Node, fields map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, x := range n.Nodes {
			collectFields(x, fields)
		}
	case *parse.ActionNode:
		collectFields(n.Pipe, fields)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, x := range n.Cmds {
			collectFields(x, fields)
		}
	case *parse.CommandNode:
		for _, x := range n.Args {
			collectFields(x, fields)
		}
	case *parse.FieldNode:
		fields[n.Ident[0]] = true
	case *parse.IfNode:
		collectBranch(&n.BranchNode, fields)
	case *parse.WithNode:
		collectBranch(&n.BranchNode, fields)
	case *parse.RangeNode:
		collectBranch(&n.BranchNode, fields)
	}
}

func collectBranch(n *parse.BranchNode, fields map[string]bool) {
	collectFields(n.Pipe, fields)
	collectFields(n.List, fields)
	collectFields(n.ElseList, fields)
}

// fileOf is name and size of the file of an event.
func fileOf(c *Context) (name, size string) {
	switch f := c.Event.Payload().(type) {
	case *xmlmsg.File:
		return f.Name, formatSize(f.Size)
	case *xmlmsg.FileNotice:
		return f.Name, formatSize(f.Size)
	}
	return "", ""
}

func formatSize(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.0f KB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}
