package router

import (
	"fmt"
	"strings"
)

// Fill fills the placeholders with values, without an event: for the texts of a plugin that knows
// more than an event tells, and of schedules. A placeholder without a value is a *TemplateError.
func (t *Template) Fill(values map[string]string) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			b.WriteString(p.literal)
			continue
		}
		value, ok := values[p.name]
		if !ok {
			return "", &TemplateError{Line: p.line, Err: fmt.Errorf("nothing fills {{.%s}}", p.name)}
		}
		for _, f := range p.filters {
			value = f(value)
		}
		b.WriteString(value)
	}
	return b.String(), nil
}
