package router

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Template is a text with placeholders for what is known of an event. It has no conditions, loops
// or calls: rendering takes time in proportion to the text and what fills it.
type Template struct {
	parts []templatePart
}

// templatePart is a literal text, or a placeholder with its filters.
type templatePart struct {
	literal string
	name    string // empty for a literal
	line    int
	filters []templateFilter
}

// placeholders are the names that every event fills.
func placeholders() []string {
	return []string{"SenderName", "Sender", "GroupName", "Group", "Text", "FileName", "FileSize", "Time", "Date", "Year", "Month", "Day"}
}

// fill is the value of a placeholder; ok is false for any other name.
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
		return c.Said(), true
	case "FileName":
		name, _ := fileOf(c)
		return name, true
	case "FileSize":
		_, size := fileOf(c)
		return size, true
	}
	layout, ok := map[string]string{"Time": "15:04", "Date": time.DateOnly, "Year": "2006", "Month": "01", "Day": "02"}[name]
	if !ok || c.Event.Time.IsZero() {
		return "", ok
	}
	return c.services.local(c.Event.Time).Format(layout), true
}

// TemplateError is a mistake in a template.
type TemplateError struct {
	Line int // of the template, from 1
	Err  error
}

// Error names the line only where the template has more than one.
func (e *TemplateError) Error() string {
	if e.Line > 1 {
		return fmt.Sprintf("router: template: line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("router: template: %v", e.Err)
}

// Unwrap returns the cause.
func (e *TemplateError) Unwrap() error { return e.Err }

// Check reports a placeholder that no event fills, given the named groups of the route's
// expressions. Its error is a *TemplateError.
func (t *Template) Check(captures ...string) error {
	known := append(placeholders(), captures...)
	for _, p := range t.parts {
		if p.name != "" && !slices.Contains(known, p.name) {
			return &TemplateError{Line: p.line, Err: phrase.Errorf("nothing fills {{.%s}}; there are %s, and the named groups of a regexp",
				p.name, strings.Join(known, ", "))}
		}
	}
	return nil
}

// Render fills the placeholders. Names are looked up only if the template uses them.
func (t *Template) Render(c *Context) (string, error) { return t.RenderWith(c, nil) }

// RenderWith fills the placeholders as Render does, and those that Check was told of from values.
func (t *Template) RenderWith(c *Context, values map[string]string) (string, error) {
	var captures map[string]string
	return t.fill(func(name string) (string, bool) {
		if value, ok := values[name]; ok {
			return value, true
		}
		if value, ok := fill(c, name); ok {
			return value, true
		}
		if captures == nil {
			captures = c.Captures()
		}
		value, ok := captures[name]
		return value, ok
	})
}

// Fill fills the placeholders with values by name, without an event. A placeholder without a value
// is a *TemplateError.
func (t *Template) Fill(values map[string]string) (string, error) {
	return t.fill(func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	})
}

func (t *Template) fill(value func(name string) (string, bool)) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		value, ok := value(p.name)
		if !ok {
			return "", &TemplateError{Line: p.line, Err: phrase.Errorf("nothing fills {{.%s}}", p.name)}
		}
		for _, f := range p.filters {
			value = f(value)
		}
		b.WriteString(value)
	}
	return b.String(), nil
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
