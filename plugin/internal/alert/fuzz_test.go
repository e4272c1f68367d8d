package alert_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin/internal/alert"
	"github.com/hongyan-go/hongyan/router"
)

// FuzzRead checks that a body makes texts that can be sent, or an error.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		`{"text":"disk 91%","to":"A"}`, `{"alerts":[{"labels":{"alertname":"a"}},1]}`, `{"alerts":{}}`, `{"labels":[],"name":1.5e999}`,
		"plain \x1b text", `{"status":"resolved","title":"t"}`, `null`, `[]`, "",
	} {
		for _, format := range []string{"json", "plain", "alertmanager", "grafana", "uptime_kuma", "github"} {
			f.Add(format, "", "cluster", []byte(body))
			f.Add(format, "{{.text}}", "alertname", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, format, text, by string, body []byte) {
		r := alert.Reader{Format: format, MaxText: 500, By: []string{by}}
		if text != "" {
			template, err := router.ParseTemplate(text)
			if err != nil || !utf8.ValidString(text) {
				return
			}
			r.Text = template
		}
		asked, err := r.Read(body, "")
		if err != nil {
			return
		}
		for _, m := range append(alert.Messages(asked.Alerts, false), alert.Summary(asked.Alerts, 1)...) {
			require.NotContains(t, m.Text, "\x1b")
			require.True(t, utf8.ValidString(m.Text))
			require.NotEmpty(t, strings.TrimSpace(m.Text))
		}
	})
}
