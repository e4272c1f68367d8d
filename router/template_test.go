package router_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
)

// render runs a template in a route on `^order (?P<id>\d+)(?P<rest>.*)$` for a text.
func render(t *testing.T, template, said string) (string, error) {
	t.Helper()
	tmpl, err := router.ParseTemplate(template)
	require.NoError(t, err, template)
	require.NoError(t, tmpl.Check("id", "rest"), template)
	var out string
	r := router.New()
	r.Any(func(c *router.Context) (err error) {
		out, err = tmpl.Render(c)
		return err
	}, match.Regexp(`^order (?P<id>\d+)(?P<rest>.*)$`))
	_, err = r.Dispatch(t.Context(), text(t, said), router.Services{Names: directory{}}, router.Run{})
	return out, err
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"":                                   "",
		"plain } text {":                     "plain } text {",
		"{{.id}}":                            "42",
		"{{id}}-{{ .id }}":                   "42-42",
		"a\n{{.id}}\nb":                      "a\n42\nb",
		`{{"{{"}}.id{{"}}"}}`:                "{{.id}}",
		"{{.Text | cut 5}}":                  "order…",
		"{{.Text|cut 200}}":                  "order 42 你好",
		"{{.rest | cut 2}}":                  " 你…",
		`{{.GroupName | default "private"}}`: "private",
		`{{.id | default "none" | cut 1}}`:   "4…",
		`{{.GroupName | default "a }} b"}}`:  "a }} b",
	} {
		got, err := render(t, template, "order 42 你好")
		require.NoError(t, err, template)
		assert.Equal(t, want, got, template)
	}
}

func TestTemplateMistakes(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"{{.A":                                "router: template: {{ without }}: close it, as in {{.Text}}",
		"one\ntwo {{":                         "router: template: line 2: {{ without }}: close it, as in {{.Text}}",
		"{{}}":                                "is empty",
		"{{if .id}}x{{end}}":                  "is not a placeholder",
		"{{range $i, $x := .Text}}x{{end}}":   "is not a placeholder",
		"{{.Text.Len}}":                       "is not a placeholder",
		"{{.Text | printf \"%1000000000s\"}}": "there is no filter printf",
		"{{call .Text}}":                      "is not a placeholder",
		"{{template \"x\"}}":                  "is not a placeholder",
		"{{define \"x\"}}{{template \"x\"}}{{end}}": "is not a placeholder",
		"{{- .id -}}":              "is not a placeholder",
		"{{.Text | cut 0}}":        "cut needs a number",
		"{{.Text | cut}}":          "a filter is",
		"{{.Text |}}":              "a filter is",
		"{{.Text | default none}}": "default needs a text in double quotes",
	} {
		_, err := router.ParseTemplate(template)
		var mistake *router.TemplateError
		require.ErrorAs(t, err, &mistake, template)
		require.ErrorContains(t, err, want, template)
	}
	tmpl, err := router.ParseTemplate("a\nb\n{{.colour}} {{end}}")
	require.NoError(t, err)
	var mistake *router.TemplateError
	require.ErrorAs(t, tmpl.Check(), &mistake)
	assert.Equal(t, 3, mistake.Line)
	require.ErrorContains(t, mistake, "nothing fills {{.colour}}")
}

// FuzzParseTemplate checks that no template panics, and that rendering grows with the template
// only.
func FuzzParseTemplate(f *testing.F) {
	for _, s := range []string{"", "{{.Text}}", "{{Text | cut 3}}", `{{"x"}}`, `{{.Group | default "x"}}`, "{{", "}}",
		"{{.a | cut 3 | cut 2}}"} {
		f.Add(s)
	}
	r := router.New()
	var tmpl *router.Template
	var out string
	r.Any(func(c *router.Context) error {
		out, _ = tmpl.Render(c)
		return nil
	})
	f.Fuzz(func(t *testing.T, template string) {
		var err error
		if tmpl, err = router.ParseTemplate(template); err != nil {
			return
		}
		_, err = r.Dispatch(t.Context(), text(t, "hi"), router.Services{Names: directory{}}, router.Run{})
		require.NoError(t, err)
		require.LessOrEqual(t, len(out), 64*(1+len(template)))
		if !strings.Contains(template, "{{") {
			require.Equal(t, template, out)
		}
	})
}

// TestFill fills a template without an event.
func TestFill(t *testing.T) {
	t.Parallel()
	text, err := router.ParseTemplate(`{{.title | cut 3}} {{none | default "-"}}`)
	require.NoError(t, err)
	got, err := text.Fill(map[string]string{"title": "news of today", "none": ""})
	require.NoError(t, err)
	require.Equal(t, "new… -", got)
	_, err = text.Fill(map[string]string{"title": "x"})
	var wrong *router.TemplateError
	require.ErrorAs(t, err, &wrong)
}
