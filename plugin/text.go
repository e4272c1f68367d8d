package plugin

import (
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
)

// Text is a text of a plugin with placeholders that the plugin fills; see router.ParseTemplate for
// how they are written. The zero value is an empty text.
type Text struct {
	template *router.Template
	empty    bool
}

// ParseText parses the text in a field of a config struct; names are the placeholders that the
// plugin fills. Its error is a *FieldError.
func ParseText(field, text string, names ...string) (Text, error) {
	t, err := router.ParseTemplate(text)
	if err != nil {
		return Text{}, &FieldError{field, err}
	}
	values := map[string]string{}
	for _, name := range names {
		values[name] = ""
	}
	if _, err := t.Fill(values); err != nil {
		slices.Sort(names)
		return Text{}, &FieldError{field, phrase.Errorf("%w; there are %s", err, strings.Join(names, ", "))}
	}
	return Text{template: t, empty: text == ""}, nil
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.template == nil || t.empty }

// Fill fills the placeholders. values has all the names that ParseText got; what lacks is an empty
// text.
func (t Text) Fill(values map[string]string) string {
	if t.template == nil {
		return ""
	}
	text, _ := t.template.Fill(values)
	return text
}
