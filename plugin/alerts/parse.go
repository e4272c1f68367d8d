package alerts

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
)

// alert is what one chat is told of.
type alert struct {
	Name, Level, Host, Text string
	Resolved                bool
	Key                     string // alerts of the same key are the same
}

// The levels of alerts.
const (
	critical = "critical"
	warning  = "warning"
	info     = "info"
)

const (
	maxAlerts = 1000 // of a request
	maxName   = 100  // characters
	maxText   = 500
)

// heading is the first line of the alerts of a name; empty for a bare text.
func (a *alert) heading() string {
	if a.Name == "" && !a.Resolved {
		return ""
	}
	mark := "【告警】"
	if a.Resolved {
		mark = "【恢复】"
	}
	heading := mark + a.Name
	if a.Level == critical {
		heading += "（严重）"
	}
	return heading
}

// levelOf is the level that a word of another system means.
func levelOf(word string) string {
	switch strings.ToLower(word) {
	case "critical", "crit", "error", "fatal", "emergency", "disaster", "high", "p0", "p1", "page":
		return critical
	case "warning", "warn", "average", "medium", "p2":
		return warning
	}
	return info
}

// request is a request of a sender.
type request struct {
	To     string // asked for; empty for the lists of the sender
	Alerts []alert
}

// parse reads the body of a request. It reports no part of the body in its errors.
func (s *sender) parse(body []byte, key string) (request, error) {
	if s.Format == "plain" {
		text := plugin.CleanText(string(body), maxText)
		if text == "" {
			return request{}, errors.New("the body is empty: send a text")
		}
		return request{Alerts: []alert{finished(alert{Text: text, Level: info}, key)}}, nil
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || fields == nil {
		return request{}, errors.New("the body is not a JSON object")
	}
	r := request{To: text(fields, "to")}
	switch s.Format {
	case "uptime_kuma":
		fields = kuma(fields)
	case "github":
		fields = github(fields)
	}
	list, several := fields["alerts"].([]any)
	if !several || s.Format == "json" || s.Format == "uptime_kuma" || s.Format == "github" {
		list = []any{fields}
	}
	if len(list) > maxAlerts {
		return request{}, phrase.Errorf("more than %d alerts", maxAlerts)
	}
	for _, entry := range list {
		one, ok := entry.(map[string]any)
		if !ok {
			return request{}, errors.New("an entry of alerts is not a JSON object")
		}
		a, err := s.alert(one, fields)
		if err != nil {
			return request{}, err
		}
		own := cmp.Or(text(one, "key", "fingerprint"), key)
		if own != "" && a.Resolved {
			own += " resolved"
		}
		r.Alerts = append(r.Alerts, finished(a, own))
	}
	return r, nil
}

// alert reads one alert; all are the fields of the request, some of which hold for each.
func (s *sender) alert(one, all map[string]any) (alert, error) {
	labels := maps.Clone(one)
	for _, part := range []any{all["commonLabels"], all["commonAnnotations"], one["labels"], one["annotations"]} {
		if m, ok := part.(map[string]any); ok {
			maps.Copy(labels, m)
		}
	}
	status := strings.ToLower(cmp.Or(text(one, "status", "state"), text(all, "status", "state")))
	a := alert{
		Name:     text(labels, "alertname", "ruleName", "name", "title"),
		Level:    levelOf(text(labels, "severity", "level", "priority")),
		Host:     text(labels, "host", "hostname", "instance", "pod", "node"),
		Text:     text(labels, "text", "summary", "description", "message"),
		Resolved: status == "resolved" || status == "ok",
	}
	if s.text != nil {
		values := map[string]string{}
		for name := range labels {
			values[name] = text(labels, name)
		}
		filled, err := s.text.Fill(values)
		if err != nil {
			return alert{}, err
		}
		a.Name, a.Host, a.Text = "", "", filled
	}
	a.Name, a.Text = plugin.CleanText(a.Name, maxName), plugin.CleanText(a.Text, maxText)
	if strings.TrimSpace(a.Name) == "" && strings.TrimSpace(a.Text) == "" {
		return alert{}, errors.New(`the alert has neither a name nor a text: send {"text": "…"}`)
	}
	return a, nil
}

// finished cleans an alert, and gives it a key.
func finished(a alert, key string) alert {
	a.Host = plugin.CleanText(a.Host, maxName)
	if key == "" {
		key = fmt.Sprintf("%q %q %q %t", a.Name, a.Host, a.Text, a.Resolved)
	}
	sum := sha256.Sum256([]byte(key))
	a.Key = hex.EncodeToString(sum[:12])
	return a
}

// text is the first of some fields that is a text or a number.
func text(fields map[string]any, names ...string) string {
	for _, name := range names {
		switch v := fields[name].(type) {
		case string:
			if v != "" {
				return v
			}
		case json.Number, bool:
			return fmt.Sprint(v)
		}
	}
	return ""
}
