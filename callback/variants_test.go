package callback_test

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

// transform rewrites every value of a JSON document, inner values first.
func transform(v any, f func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = transform(x, f)
		}
		return f(out)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = transform(x, f)
		}
		return f(out)
	}
	return f(v)
}

// variants returns the forms in which builds of the service and relays write a body.
func variants() map[string]func(any) any {
	rename := func(from func(string) string) func(any) any {
		return func(v any) any {
			object, ok := v.(map[string]any)
			if !ok {
				return v
			}
			out := map[string]any{}
			for k, x := range object {
				out[from(k)] = x
			}
			return out
		}
	}
	return map[string]func(any) any{
		"as it is": func(v any) any { return v },
		"bare strings": func(v any) any {
			if object, ok := v.(map[string]any); ok && len(object) == 1 {
				if s, ok := object["string"]; ok {
					return s
				}
			}
			return v
		},
		"numbers as strings": func(v any) any {
			if n, ok := v.(json.Number); ok {
				return n.String()
			}
			return v
		},
		"lower-case keys": rename(strings.ToLower),
		"upper-case keys": rename(strings.ToUpper),
		"snake case": rename(func(k string) string {
			switch k {
			case "TypeName":
				return "type_name"
			case "Appid", "Wxid", "Data":
				return strings.ToLower(k)
			}
			return k
		}),
	}
}

// TestCorpusInOtherClothes requires for each variant of each body what is expected of the original.
func TestCorpusInOtherClothes(t *testing.T) {
	t.Parallel()
	for _, want := range corpus(t) {
		if want.is("error") {
			continue
		}
		var document any
		require.NoError(t, unmarshal(body(t, want.text("file")), &document))
		for name, variant := range variants() {
			t.Run(want.text("file")+"/"+name, func(t *testing.T) {
				t.Parallel()
				b, err := json.Marshal(transform(document, variant))
				require.NoError(t, err)
				compare(t, want, decoded(t, b))
				_, err = callback.Identify(b)
				require.NoError(t, err)
			})
		}
	}
}

// xmlVariants returns the forms in which clients write a content.
func xmlVariants() map[string]func(string) string {
	leaf := regexp.MustCompile(`<([\w-]+)>([^<>]*[^<>\s][^<>]*)</`)
	empty := regexp.MustCompile(`<([\w-]+)\s*/>`)
	start := regexp.MustCompile(`<([\w-]+)>`)
	return map[string]func(string) string{
		"in CDATA": func(s string) string {
			if strings.Contains(s, "<![CDATA[") {
				return s
			}
			return leaf.ReplaceAllStringFunc(s, func(m string) string {
				parts := leaf.FindStringSubmatch(m)
				return "<" + parts[1] + "><![CDATA[" + html.UnescapeString(parts[2]) + "]]></"
			})
		},
		"empty elements written out": func(s string) string { return empty.ReplaceAllString(s, "<$1></$1>") },
		"white space in tags":        func(s string) string { return start.ReplaceAllString(s, "<$1\n >") },
		"a declaration and a mark": func(s string) string {
			if i := strings.Index(s, "?>"); strings.HasPrefix(s, "<?xml") && i > 0 {
				s = s[i+2:]
			}
			return "\ufeff\n <?xml version='1.0' encoding='gbk' ?>\n" + s
		},
		"a comment behind": func(s string) string { return s + "\n<!-- x -->" },
	}
}

// TestCorpusInOtherXML requires for each form of each content what is expected of the original.
func TestCorpusInOtherXML(t *testing.T) {
	t.Parallel()
	for _, want := range corpus(t) {
		if want.is("error") || want.is("degraded") || want.is("may_degrade") || want.text("envelope") != "wrapped" {
			continue
		}
		original := body(t, want.text("file"))
		event, err := callback.Decode(original)
		require.NoError(t, err)
		if !strings.HasPrefix(strings.TrimSpace(event.Content), "<") || event.MsgType == 1 || event.MsgType == 10000 {
			continue
		}
		for name, variant := range xmlVariants() {
			t.Run(want.text("file")+"/"+name, func(t *testing.T) {
				t.Parallel()
				changed := variant(strings.TrimSpace(event.Content))
				var document any
				require.NoError(t, unmarshal(original, &document))
				b, err := json.Marshal(transform(document, func(v any) any {
					if s, ok := v.(string); ok {
						return strings.Replace(s, strings.TrimSpace(event.Content), changed, 1)
					}
					return v
				}))
				require.NoError(t, err)
				got, err := callback.Decode(b)
				require.NoError(t, err)
				require.NotEmpty(t, got.Content)
				line, err := got.MarshalJSON()
				require.NoError(t, err)
				var x expectation
				require.NoError(t, unmarshal(line, &x))
				compare(t, want, x)
			})
		}
	}
}
