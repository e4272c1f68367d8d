package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/gateway"
	"github.com/hongyan-go/hongyan/history"
)

// contract is the OpenAPI document of a gateway, by which a client makes requests up.
type contract struct {
	schemas    map[string]any
	operations []operation
	words      []string // what texts are made of
	client     *http.Client
	at         string
}

type operation struct {
	method, path string
	about        map[string]any
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

// readContract reads the document of a gateway.
func readContract(f *fixture) *contract {
	document := f.get("/openapi.json").JSON
	c := &contract{schemas: object(object(document["components"])["schemas"]), at: "http://" + f.at()}
	c.client = &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	paths := object(document["paths"])
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range slices.Sorted(maps.Keys(object(paths[path]))) {
			c.operations = append(c.operations, operation{strings.ToUpper(method), path, object(object(paths[path])[method])})
		}
	}
	return c
}

// schema follows a reference.
func (c *contract) schema(v any) map[string]any {
	s := object(v)
	if ref, ok := s["$ref"].(string); ok {
		return object(c.schemas[ref[strings.LastIndex(ref, "/")+1:]])
	}
	return s
}

// word makes a text up.
func (c *contract) word(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "kind of text") {
	case 0:
		return rapid.StringN(0, 40, 200).Draw(t, "text")
	case 1:
		part := rapid.SampledFrom([]string{"a", "鸿", "\x00", "../", "%"}).Draw(t, "part")
		return strings.Repeat(part, rapid.IntRange(1, 20_000).Draw(t, "times"))
	}
	return rapid.SampledFrom(c.words).Draw(t, "word")
}

// typeOf is the type of a schema; a nullable one counts as what it is otherwise.
func typeOfSchema(s map[string]any) string {
	switch x := s["type"].(type) {
	case string:
		return x
	case []any:
		for _, one := range x {
			if one != "null" {
				return fmt.Sprint(one)
			}
		}
	}
	return ""
}

// value makes a value up: mostly one of the schema.
func (c *contract) value(t *rapid.T, schema any, depth int) any {
	s := c.schema(schema)
	if rapid.IntRange(0, 24).Draw(t, "odd") == 0 || depth > 5 {
		return rapid.SampledFrom([]any{
			nil, true, -1, 1e300, 18446744073709551615.0, "", "x", []any{}, []any{nil}, map[string]any{}, map[string]any{"x": 1},
		}).Draw(t, "oddity")
	}
	if enum, ok := s["enum"].([]any); ok {
		return rapid.SampledFrom(enum).Draw(t, "enum")
	}
	switch typeOfSchema(s) {
	case "object":
		required, _ := s["required"].([]any)
		made := map[string]any{}
		properties := object(s["properties"])
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			// A message is one thing: few of the optional ones, so that some requests are good.
			if slices.Contains(required, any(name)) || rapid.IntRange(0, 6).Draw(t, "has "+name) == 0 {
				made[name] = c.value(t, properties[name], depth+1)
			}
		}
		return made
	case "array":
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range list {
			list[i] = c.value(t, s["items"], depth+1)
		}
		return list
	case "integer":
		return rapid.IntRange(-2, 700).Draw(t, "integer")
	case "number":
		return rapid.Float64Range(-200, 200).Draw(t, "number")
	case "boolean":
		return rapid.Bool().Draw(t, "boolean")
	}
	return c.word(t)
}

// request makes a request up.
func (c *contract) request(t *rapid.T, op operation) *http.Request {
	path, query, header := op.path, url.Values{}, http.Header{}
	parameters, _ := op.about["parameters"].([]any)
	for _, p := range parameters {
		about := object(p)
		name, _ := about["name"].(string)
		value := strings.Trim(fmt.Sprint(c.value(t, about["schema"], 0)), "[]")
		switch name {
		case "wait": // it would take as long as it says
			value = rapid.SampledFrom([]string{"0", "1", "61", "-1", "x", ""}).Draw(t, "wait")
		case "Accept":
			value = rapid.SampledFrom([]string{"", "application/json", "text/event-stream", "text/html", "x"}).Draw(t, "accept")
		}
		value = value[:min(len(value), 3000)]
		switch about["in"] {
		case "path":
			if value == "" {
				value = "-"
			}
			path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
		case "query":
			if about["required"] == true || rapid.IntRange(0, 2).Draw(t, "has "+name) == 0 {
				query.Set(name, value)
			}
		case "header":
			plain := strings.Map(func(r rune) rune {
				if r < ' ' || r > '~' {
					return -1
				}
				return r
			}, value)
			if rapid.Bool().Draw(t, "has "+name) {
				header.Set(name, plain)
			}
		}
	}
	var body io.Reader = http.NoBody
	if content := object(object(op.about["requestBody"])["content"]); len(content) > 0 {
		kind := rapid.SampledFrom(slices.Sorted(maps.Keys(content))).Draw(t, "content type")
		data := c.body(t, kind, object(content[kind])["schema"], header)
		if rapid.IntRange(0, 30).Draw(t, "broken") == 0 {
			data = data[:len(data)/2]
		}
		body = bytes.NewReader(data)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(context.Background(), op.method, c.at+path, body)
	if err != nil {
		t.Skip("not a URL")
	}
	r.Header = header
	return r
}

// body makes a body up, of JSON or as a form.
func (c *contract) body(t *rapid.T, kind string, schema any, header http.Header) []byte {
	var b bytes.Buffer
	if kind != "multipart/form-data" {
		header.Set("Content-Type", kind)
		_ = json.NewEncoder(&b).Encode(c.value(t, schema, 0))
		return b.Bytes()
	}
	form := multipart.NewWriter(&b)
	message, _ := json.Marshal(map[string]any{"to": c.word(t), "ttl": "1h"})
	_ = form.WriteField("message", string(message))
	for _, name := range slices.Sorted(maps.Keys(object(object(schema)["properties"]))) {
		if name != "message" && rapid.IntRange(0, 3).Draw(t, "part "+name) == 0 {
			part, _ := form.CreateFormFile(name, c.word(t))
			_, _ = io.WriteString(part, c.word(t))
		}
	}
	_ = form.Close()
	header.Set("Content-Type", form.FormDataContentType())
	return b.Bytes()
}

// conforms says what is wrong with a value of a schema; empty if nothing is.
func (c *contract) conforms(schema, value any, at string) string {
	s := c.schema(schema)
	if types, ok := s["type"].([]any); value == nil && ok && slices.Contains(types, any("null")) {
		return ""
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, value) {
		return fmt.Sprintf("%s: %v is not in the enum", at, value)
	}
	fits := true
	switch v := value.(type) {
	case map[string]any:
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[fmt.Sprint(name)]; !ok {
				return fmt.Sprintf("%s.%v is missing", at, name)
			}
		}
		properties := object(s["properties"])
		for name, x := range v {
			inner, known := properties[name]
			if !known && s["additionalProperties"] == false {
				return at + "." + name + " is not declared"
			}
			if wrong := c.conforms(inner, x, at+"."+name); known && wrong != "" {
				return wrong
			}
		}
		fits = typeOfSchema(s) == "object"
	case []any:
		for i, x := range v {
			if wrong := c.conforms(s["items"], x, fmt.Sprintf("%s[%d]", at, i)); wrong != "" {
				return wrong
			}
		}
		fits = typeOfSchema(s) == "array"
	case string:
		fits = typeOfSchema(s) == "string"
	case float64:
		fits = slices.Contains([]string{"integer", "number"}, typeOfSchema(s))
	case bool:
		fits = typeOfSchema(s) == "boolean"
	case nil:
		fits = false
	}
	if !fits && typeOfSchema(s) != "" {
		return fmt.Sprintf("%s: %v is no %s", at, value, typeOfSchema(s))
	}
	return ""
}

// try makes one request, and compares the answer with what the document declares.
func (c *contract) try(t *rapid.T) {
	op := rapid.SampledFrom(c.operations).Draw(t, "operation")
	r := c.request(t, op)
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	resp, err := c.client.Do(r.WithContext(ctx))
	if err != nil {
		t.Fatalf("%s %s: %v", op.method, op.path, err)
	}
	defer resp.Body.Close()
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	var text []byte
	if kind != "text/event-stream" { // that does not end
		if text, err = io.ReadAll(resp.Body); err != nil {
			t.Fatalf("%s %s: %v", op.method, op.path, err)
		}
	}
	declared, ok := object(op.about["responses"])[strconv.Itoa(resp.StatusCode)]
	if !ok || resp.StatusCode >= http.StatusInternalServerError {
		t.Fatalf("%s %s: %d is not declared: %s", op.method, r.URL, resp.StatusCode, text)
	}
	content := object(object(declared)["content"])
	media, ok := content[kind]
	if _, all := content["*/*"]; !ok && !all && len(content)+len(text) > 0 {
		t.Fatalf("%s %s: %d with %q is not declared: %s", op.method, r.URL, resp.StatusCode, kind, text)
	}
	if !strings.HasSuffix(kind, "json") || len(text) == 0 {
		return
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatalf("%s %s: %v: %s", op.method, r.URL, err, text)
	}
	if wrong := c.conforms(object(media)["schema"], value, ""); wrong != "" {
		t.Fatalf("%s %s: %d: %s: %s", op.method, r.URL, resp.StatusCode, wrong, text)
	}
}

// TestTheContract makes requests up by the OpenAPI document, good ones and bad ones: each answer is
// declared, and none is a failure of the gateway. HONGYAN_SOAK=1 makes a hundred times as many.
func TestTheContract(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{MCP: &gateway.MCP{}}, func(c *bottest.Config) {
		setUp := c.Setup
		c.Setup = func(b *bot.Bot) error {
			return errors.Join(b.Install(bottest.Must(history.New(history.Config{}))), setUp(b))
		}
	})
	f.Group("A").As("alice").Say("谁来报名")
	f.Group("A").As("alice").FileWith("a.txt", []byte("content"))
	f.Group("A").As("alice").Link("title", "https://example.com/")
	f.Person("bob").Image()
	c := readContract(f)
	require.Greater(t, len(c.operations), 15)
	c.words = []string{
		"", "A", "B", f.Group("A").ID(), "wxid_alice", "wxid_bob", "Alice", "nobody", "0", "1", "2", "3", "999999999999999999999", "-1",
		"k1", "k2", "k3", "a/b", "<b>", "'; DROP TABLE x; --", "https://127.0.0.1:1/a", "http://[::1", "file:///etc/passwd", "aGk=", "%%",
		"90s", "2h", "wait=1", "wait=x", "bytes=0-2", "bytes=9-1,x", "held", "sent,unknown", "text", "text,file",
		"\u202e", "a\u0000b", "报表.csv",
	}
	for _, e := range f.events() {
		c.words = append(c.words, e["key"].(string))
	}
	rounds := 5
	if os.Getenv("HONGYAN_SOAK") != "" {
		rounds = 500
	}
	rapid.Check(t, func(t *rapid.T) {
		for range rounds {
			c.try(t)
		}
	})
}
