package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/hongyan-go/hongyan/app"
)

// hidden stands for what a bundle leaves out.
const hidden = "(hidden)"

// hider takes what must not be passed on out of texts: all values of the configuration, and what
// looks like an id or an address.
type hider struct {
	values []string
	all    bool // the values are not known: no text is shown
}

// minHidden is the shortest value that is looked for: a shorter one is part of many words.
const minHidden = 3

func (h *hider) add(values ...string) {
	for _, v := range values {
		if len(v) >= minHidden {
			h.values = append(h.values, v)
		}
		if u, err := url.Parse(v); err == nil && u.Host != "" { // an error names the host alone
			h.values = append(h.values, u.Host, u.Hostname())
		}
	}
}

// text is a text of the program without the values.
func (h *hider) text(s string) string {
	if h.all && s != "" {
		return hidden
	}
	slices.SortFunc(h.values, func(a, b string) int { return len(b) - len(a) }) // the longest first: one may be part of another
	for _, v := range h.values {
		s = strings.ReplaceAll(s, v, hidden)
	}
	return addresses().ReplaceAllString(s, hidden)
}

// addresses finds URLs, ids of WeChat, paths, hosts with a port, IP addresses, and texts in quotes.
func addresses() *regexp.Regexp {
	return regexp.MustCompile(`[a-z]+://[^\s"]+|[\w-]+@(chatroom|openim|stranger|im\.wxwork)|\b(wxid|gh|wx)_[\w-]+|"(?:[^"\\]|\\.)*"|` +
		`(?:^|[\s:=(])(?:~|[A-Za-z]:)?[/\\][^\s:;,)]+|[\w.-]+:\d{2,5}\b|\b\d{1,3}(?:\.\d{1,3}){3}\b|` +
		`\b[\w-]+(?:\.[\w-]+)+\.[a-z]{2,}\b`)
}

// configuration is the file of the bot with its keys, and its values as far as they tell nothing;
// the hider knows the others.
func (cmd *bundleCmd) configuration(c console) (keys string, h *hider, err error) {
	h = &hider{}
	for _, name := range []string{
		"HONGYAN_TOKEN", "HONGYAN_BASE_URL", "HONGYAN_APP_ID", "HONGYAN_CALLBACK_SECRET", "HONGYAN_PUBLIC_URL", "HONGYAN_ALLOW",
		"HONGYAN_DATA", "HONGYAN_ALARM_WEBHOOK", "HONGYAN_ALARM_OWNER",
	} {
		value, _ := c.lookup()(name)
		h.add(value)
		h.add(strings.Split(value, ",")...)
	}
	h.add(cmd.Data, cmd.AppID)
	if cmd.Config == "" {
		return "# no file: the bot is configured by variables\n", h, nil
	}
	h.add(cmd.Config)
	text, err := os.ReadFile(cmd.Config)
	if err != nil {
		return "", nil, fmt.Errorf("bundle: %w", err)
	}
	var file any
	if err := yaml.Unmarshal(text, &file); err != nil {
		h.all = true
		return "# the file is no YAML that can be read\n", h, nil //nolint:nilerr // the doctor says why, without the text
	}
	schema, err := app.Schema(app.Builtin(), "en")
	if err != nil {
		return "", nil, err
	}
	known := map[string]bool{}
	if err := collectWords(schema, known); err != nil {
		return "", nil, err
	}
	shown, err := yaml.Marshal(shown(file, "", known, h))
	return string(shown), h, err
}

// collectWords collects the names of the properties of a JSON Schema, and the values of its
// enumerations: they are words of the program.
func collectWords(schema []byte, known map[string]bool) error {
	var root any
	if err := json.Unmarshal(schema, &root); err != nil {
		return err
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for name := range properties {
					known[name] = true
				}
			}
			if enum, ok := v["enum"].([]any); ok {
				for _, x := range enum {
					known["="+fmt.Sprint(x)] = true
				}
			}
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(root)
	return nil
}

// secretKey finds keys whose values are never shown.
func secretKey(key string) bool {
	return regexp.MustCompile(`(?i)token|secret|pass|key|auth|cred|seed|header|url|webhook|id$`).MatchString(key)
}

// harmless finds values that tell nothing about anybody: times, sizes, and small numbers.
func harmless(text string) bool {
	const pattern = `^(\d{1,4}|(\d{1,6}(\.\d+)?(ms|s|m|h|d|B|KB|MB|GB)-?)+|\d{1,2}:\d{2}-\d{1,2}:\d{2}|off|all|true|false)$`
	return regexp.MustCompile(pattern).MatchString(text)
}

// shown is a value of the file as the bundle shows it.
func shown(v any, key string, known map[string]bool, h *hider) any {
	switch v := v.(type) {
	case nil, bool:
		return v
	case []any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = shown(x, key, known, h)
		}
		return list
	case map[string]any:
		section := map[string]any{}
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for i, name := range names {
			as, under := name, name
			if !known[name] { // chosen by the author
				h.add(name)
				as, under = fmt.Sprintf("%s %d", hidden, i+1), key
			}
			if secretKey(key) {
				under = key
			}
			section[as] = shown(v[name], under, known, h)
		}
		return section
	}
	text := fmt.Sprint(v)
	switch {
	case secretKey(key):
	case known["="+text], harmless(text):
		return v
	}
	h.add(text)
	return hidden
}
