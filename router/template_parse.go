package router

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

// templateFilter changes the value of a placeholder.
type templateFilter func(string) string

// ParseTemplate parses a text with placeholders: {{.SenderName}}, {{.Sender}} (wxid),
// {{.GroupName}}, {{.Group}} (id), {{.Text}}, {{.FileName}}, {{.FileSize}}, the local {{.Time}}
// (15:04), {{.Date}} (2026-01-31), {{.Year}}, {{.Month}} and {{.Day}} of the message, and the named
// groups of the route's expressions, such as {{.id}}. The dot may be left out.
//
// Filters follow a placeholder after a bar: {{.Text | cut 50}} keeps 50 characters and adds an
// ellipsis to a longer text, {{.GroupName | default "private"}} replaces an empty value. {{"{{"}}
// writes two braces.
//
// The error is a *TemplateError.
func ParseTemplate(text string) (*Template, error) {
	t := &Template{}
	line := 1
	for rest := text; rest != ""; {
		literal, after, found := strings.Cut(rest, "{{")
		if literal != "" {
			t.parts = append(t.parts, templatePart{literal: literal})
			line += strings.Count(literal, "\n")
		}
		if !found {
			break
		}
		action, after, closed := cutAction(after)
		if !closed {
			return nil, &TemplateError{Line: line, Err: errors.New("{{ without }}: close it, as in {{.Text}}")}
		}
		part, err := parseAction(action)
		if err != nil {
			return nil, &TemplateError{Line: line, Err: err}
		}
		part.line = line
		t.parts = append(t.parts, part)
		line += strings.Count(action, "\n")
		rest = after
	}
	return t, nil
}

// cutAction splits a text after the braces that end an action. Braces in quotes do not.
func cutAction(text string) (action, rest string, found bool) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], "}}"):
			return text[:i], text[i+2:], true
		}
	}
	return "", "", false
}

var (
	placeholderName = regexp.MustCompile(`^\.?([\pL_][\pL\pN_]*)$`)
	templateWords   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\||[^\s|"]+`)
)

// parseAction parses what stands between the braces.
func parseAction(action string) (templatePart, error) {
	words := templateWords.FindAllString(action, -1)
	if len(words) == 0 {
		return templatePart{}, errors.New("{{}} is empty: write a placeholder such as {{.SenderName}}")
	}
	if strings.HasPrefix(words[0], `"`) && len(words) == 1 {
		literal, err := strconv.Unquote(words[0])
		if err != nil {
			return templatePart{}, phrase.Errorf("{{%s}}: the text in quotes is broken", action)
		}
		return templatePart{literal: literal}, nil
	}
	name := placeholderName.FindStringSubmatch(words[0])
	if name == nil || len(words) > 1 && words[1] != "|" {
		return templatePart{}, phrase.Errorf("{{%s}} is not a placeholder: write one name such as {{.SenderName}}, with filters such "+
			"as {{.Text | cut 50}}; there are no conditions, loops or calls", action)
	}
	part := templatePart{name: name[1]}
	for rest := words[1:]; len(rest) > 0; {
		end := 1
		for end < len(rest) && rest[end] != "|" {
			end++
		}
		filter, err := parseFilter(rest[1:end])
		if err != nil {
			return templatePart{}, fmt.Errorf("{{%s}}: %w", action, err)
		}
		part.filters = append(part.filters, filter)
		rest = rest[end:]
	}
	return part, nil
}

// parseFilter parses a filter and its argument.
func parseFilter(words []string) (templateFilter, error) {
	if len(words) != 2 {
		return nil, errors.New(`a filter is "cut 50" or "default "text""`)
	}
	switch words[0] {
	case "cut":
		n, err := strconv.Atoi(words[1])
		if err != nil || n < 1 {
			return nil, phrase.Errorf("cut needs a number of characters from 1 on, not %s", words[1])
		}
		return func(s string) string { return cutText(s, n) }, nil
	case "default":
		text, err := strconv.Unquote(words[1])
		if err != nil {
			return nil, phrase.Errorf("default needs a text in double quotes, not %s", words[1])
		}
		return func(s string) string {
			if strings.TrimSpace(s) == "" {
				return text
			}
			return s
		}, nil
	}
	return nil, phrase.Errorf("there is no filter %s: there are cut and default", words[0])
}

// cutText keeps the first n characters of a text and marks that there were more.
func cutText(s string, n int) string {
	kept := 0
	for i := range s {
		if kept == n {
			return s[:i] + "…"
		}
		kept++
	}
	return s
}
