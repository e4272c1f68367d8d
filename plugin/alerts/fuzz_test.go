package alerts_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin/alerts"
)

// FuzzParse checks that a body makes a text that can be sent, or an error.
func FuzzParse(f *testing.F) {
	for _, body := range []string{
		`{"text":"disk 91%","to":"A"}`, `{"alerts":[{"labels":{"alertname":"a"}},1]}`, `{"alerts":{}}`, `{"labels":[],"name":1.5e999}`,
		"plain \x1b text", `{"status":"resolved","title":"t"}`, `null`, `[]`, "",
	} {
		for _, format := range []string{"json", "plain", "alertmanager", "grafana"} {
			f.Add(format, "", []byte(body))
			f.Add(format, "{{.text}}", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, format, text string, body []byte) {
		if !utf8.ValidString(text) {
			return
		}
		texts, err := alerts.Parse(format, text, body)
		if err != nil {
			return
		}
		for _, text := range texts {
			require.NotContains(t, text, "\x1b")
			require.True(t, utf8.ValidString(text))
			require.NotEmpty(t, strings.TrimSpace(text))
		}
	})
}
