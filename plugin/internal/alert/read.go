// Package alert reads the alerts of monitoring systems and scripts, and says in texts what they
// tell.
package alert

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// Alert is what one chat is told of.
type Alert struct {
	Name, Level, Host, Text string
	Resolved                bool
	Key                     string   // alerts of the same key are the same
	Group                   []string // the labels by which it is put together with others, but its name
}

// The levels of alerts.
const (
	Critical = "critical"
	Warning  = "warning"
	Info     = "info"
)

// The formats that systems send.
const (
	JSON         = "json"
	Plain        = "plain"
	Alertmanager = "alertmanager"
	Grafana      = "grafana"
	UptimeKuma   = "uptime_kuma"
	GitHub       = "github"
)

// The words of Reader.By that are no labels.
const (
	ByName = "alertname"
	ByAll  = "all"
)

const (
	maxAlerts = 1000 // of a request
	maxName   = 100  // characters
)

// Reader reads what a system sends.
type Reader struct {
	Format  string
	Text    *router.Template // of the fields of an alert; nil for its own text
	MaxText int              // characters of a text
	By      []string         // the labels that put alerts together; see ByName and ByAll
}

// Request is what was read.
type Request struct {
	To     string // the chat that it asks for; empty if it names none
	Alerts []Alert
}

// levelOf is the level that a word of another system means.
func levelOf(word string) string {
	switch strings.ToLower(word) {
	case "critical", "crit", "error", "fatal", "emergency", "disaster", "high", "p0", "p1", "page":
		return Critical
	case "warning", "warn", "average", "medium", "p2":
		return Warning
	}
	return Info
}

// Read reads the body of a request; key identifies it, if it is not empty. Its errors have no part
// of the body.
func (r *Reader) Read(body []byte, key string) (Request, error) {
	if r.Format == Plain {
		text := plugin.CleanText(string(body), r.MaxText)
		if text == "" {
			return Request{}, errors.New("the body is empty: send a text")
		}
		return Request{Alerts: []Alert{finished(Alert{Text: text, Level: Info}, key)}}, nil
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || fields == nil {
		return Request{}, errors.New("the body is not a JSON object")
	}
	asked := Request{To: text(fields, "to")}
	switch r.Format {
	case UptimeKuma:
		fields = kuma(fields)
	case GitHub:
		fields = github(fields)
	}
	list, several := fields["alerts"].([]any)
	if !several || r.Format != Alertmanager && r.Format != Grafana {
		list = []any{fields}
	}
	if len(list) > maxAlerts {
		return Request{}, phrase.Errorf("more than %d alerts", maxAlerts)
	}
	for _, entry := range list {
		one, ok := entry.(map[string]any)
		if !ok {
			return Request{}, errors.New("an entry of alerts is not a JSON object")
		}
		a, err := r.alert(one, fields)
		if err != nil {
			return Request{}, err
		}
		own := cmp.Or(text(one, "key", "fingerprint"), key)
		if own != "" && a.Resolved {
			own += " resolved"
		}
		asked.Alerts = append(asked.Alerts, finished(a, own))
	}
	return asked, nil
}

// alert reads one alert; all are the fields of the request, some of which hold for each.
func (r *Reader) alert(one, all map[string]any) (Alert, error) {
	labels := maps.Clone(one)
	for _, part := range []any{all["commonLabels"], all["commonAnnotations"], one["labels"], one["annotations"]} {
		if m, ok := part.(map[string]any); ok {
			maps.Copy(labels, m)
		}
	}
	status := strings.ToLower(cmp.Or(text(one, "status", "state"), text(all, "status", "state")))
	a := Alert{
		Name:     text(labels, "alertname", "ruleName", "name", "title"),
		Level:    levelOf(text(labels, "severity", "level", "priority")),
		Host:     text(labels, "host", "hostname", "instance", "pod", "node"),
		Text:     text(labels, "text", "summary", "description", "message"),
		Resolved: status == "resolved" || status == "ok",
	}
	if r.Text != nil {
		values := map[string]string{}
		for name := range labels {
			values[name] = text(labels, name)
		}
		filled, err := r.Text.Fill(values)
		if err != nil {
			return Alert{}, err
		}
		a.Name, a.Host, a.Text = "", "", filled
	}
	a.Name, a.Text = plugin.CleanText(a.Name, maxName), plugin.CleanText(a.Text, r.MaxText)
	if strings.TrimSpace(a.Name) == "" && strings.TrimSpace(a.Text) == "" {
		return Alert{}, errors.New(`the alert has neither a name nor a text: send {"text": "…"}`)
	}
	for _, label := range r.By {
		if label != ByName && label != ByAll {
			a.Group = append(a.Group, plugin.CleanText(text(labels, label), maxName))
		}
	}
	if len(r.By) > 0 && !slices.Contains(r.By, ByName) && !slices.Contains(r.By, ByAll) { // the name is one of many
		a.Host, a.Name = strings.Trim(a.Name+" "+a.Host, " "), ""
	}
	return a, nil
}

// finished cleans an alert, and gives it a key.
func finished(a Alert, key string) Alert {
	a.Host = plugin.CleanText(a.Host, maxName)
	if key == "" {
		key = fmt.Sprintf("%q %q %q %q %t", a.Name, a.Group, a.Host, a.Text, a.Resolved)
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
