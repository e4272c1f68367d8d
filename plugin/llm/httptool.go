package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
)

// HTTPTool is a tool that calls another system.
type HTTPTool struct {
	About        string              `yaml:"about" required:"true" help:"What it does, for the model: a sentence or two."`
	URL          string              `yaml:"url" required:"true" help:"The address; {NAME} in its path or query is an argument."`
	Method       string              `yaml:"method" default:"GET" enum:"GET,POST,PUT,PATCH,DELETE" help:"All but GET count as a change."`
	Key          string              `yaml:"key" help:"The key for it, sent as Authorization: Bearer."`
	Arguments    map[string]Argument `yaml:"arguments" help:"What the model gives, by name; for the address, the query or the JSON."`
	AllowPrivate bool                `yaml:"allow_private" default:"false" help:"Whether the host may have an address that is not public."`
}

// Argument is what the model gives to a tool.
type Argument struct {
	About    string   `yaml:"about" help:"What it is, for the model."`
	Type     string   `yaml:"type" default:"text" enum:"text,number,yes_no" help:"What it has to be."`
	Choice   []string `yaml:"choice" help:"The only texts that are possible."`
	Max      int      `yaml:"max" default:"200" help:"How many characters a text may have."`
	Optional bool     `yaml:"optional" default:"false" help:"Whether it may be absent."`
}

// UnmarshalShort reads what it is.
func (a *Argument) UnmarshalShort(about string) error {
	a.About = about
	return nil
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// schema is the schema of the arguments, and what is wrong with them.
func (t *HTTPTool) schema() (*jsonschema.Schema, error) {
	nothing := &jsonschema.Schema{Not: &jsonschema.Schema{}}
	s := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}, AdditionalProperties: nothing}
	for _, name := range slices.Sorted(maps.Keys(t.Arguments)) {
		a := t.Arguments[name]
		plugin.Defaults(&a)
		if !toolName.MatchString(name) {
			return nil, phrase.Errorf("%q is no name for an argument: write letters, digits, - and _", name)
		}
		property := &jsonschema.Schema{Description: a.About}
		switch a.Type {
		case "text":
			property.Type, property.MaxLength = "string", &a.Max
			for _, text := range a.Choice {
				property.Enum = append(property.Enum, text)
			}
		case "number":
			property.Type = "number"
		case "yes_no":
			property.Type = "boolean"
		default:
			return nil, phrase.Errorf("%s: %q is none of text, number, yes_no", name, a.Type)
		}
		if a.Choice != nil && a.Type != "text" {
			return nil, phrase.Errorf("%s: only a text has a choice", name)
		}
		s.Properties[name] = property
		if !a.Optional {
			s.Required = append(s.Required, name)
		}
	}
	return s, nil
}

// httpTool makes a tool of its section.
func (p *llm) httpTool(name string, c HTTPTool) (Tool, *plugin.FieldError) {
	plugin.Defaults(&c)
	t := Tool{name: name, about: c.About, changes: c.Method != http.MethodGet}
	wrong := func(field string, err error) (Tool, *plugin.FieldError) {
		return Tool{name: name, call: noCall}, &plugin.FieldError{Field: field, Err: err}
	}
	at, err := url.Parse(placeholder.ReplaceAllString(c.URL, "x"))
	base, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(c.URL, "https://"), "http://"), "/")
	switch {
	case strings.TrimSpace(c.About) == "":
		return wrong("about", errors.New("it is missing: the model does not know what the tool is for"))
	case err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || at.Fragment != "":
		return wrong("url", errors.New("it is not an address such as https://example.com/orders/{number}"))
	case strings.ContainsAny(base, "{}?"):
		return wrong("url", errors.New("the host is fixed: an argument stands behind it, in the path or the query"))
	case at.User != nil:
		return wrong("url", errors.New("it has a password: write key"))
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, c.Method):
		return wrong("method", phrase.Errorf("%q is none of GET, POST, PUT, PATCH, DELETE", c.Method))
	}
	if t.schema, err = c.schema(); err != nil {
		return wrong("arguments", err)
	}
	for _, found := range placeholder.FindAllStringSubmatch(c.URL, -1) {
		if a, ok := c.Arguments[found[1]]; !ok || a.Optional {
			return wrong("url", phrase.Errorf("{%s} is none of the arguments that must be there", found[1]))
		}
	}
	var allow []string
	if c.AllowPrivate {
		allow = []string{at.Host}
	}
	client := media.NewClient(allow...)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key is for one host
	p.clients = append(p.clients, client)
	t = makeTool(t, func(ctx context.Context, who Caller, arguments json.RawMessage) (string, error) {
		r, err := c.request(ctx, who, arguments)
		if err != nil {
			return "", err
		}
		answer, err := p.h.HTTP(client).Do(r)
		if err != nil {
			return "", errors.New("llm: the system cannot be reached")
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(io.LimitReader(answer.Body, 4*maxResult))
		switch {
		case err != nil:
			return "", errors.New("llm: the answer of the system breaks off")
		case answer.StatusCode/100 != 2:
			return "", &statusError{answer.StatusCode}
		}
		return string(body), nil
	})
	return t, nil
}

func noCall(context.Context, Caller, json.RawMessage) (string, error) { return "", errArguments }

// statusError is an answer of a system that is a failure. The model learns the number.
type statusError struct{ status int }

func (e *statusError) Error() string {
	return fmt.Sprintf("llm: the answer of the system is %d", e.status)
}

// request is the request of a call. Arguments go where they cannot change another part of it.
func (t *HTTPTool) request(ctx context.Context, who Caller, arguments json.RawMessage) (*http.Request, error) {
	read := json.NewDecoder(bytes.NewReader(arguments))
	read.UseNumber() // as the model wrote it
	var values map[string]any
	if err := read.Decode(&values); err != nil {
		return nil, errArguments
	}
	path, query, _ := strings.Cut(t.URL, "?")
	var bad error
	put := func(text string, escape func(string) string) string {
		return placeholder.ReplaceAllStringFunc(text, func(name string) string {
			name = name[1 : len(name)-1]
			value := fmt.Sprint(values[name])
			if value == "" || value == "." || value == ".." {
				bad = errArguments
			}
			return escape(value)
		})
	}
	path, query = put(path, url.PathEscape), put(query, url.QueryEscape)
	if bad != nil {
		return nil, bad
	}
	rest := map[string]any{}
	for name, value := range values {
		if !strings.Contains(t.URL, "{"+name+"}") {
			rest[name] = value
		}
	}
	body := []byte(nil)
	if t.Method == http.MethodGet || t.Method == http.MethodDelete {
		more := url.Values{}
		for name, value := range rest {
			more.Set(name, fmt.Sprint(value))
		}
		query = strings.Trim(query+"&"+more.Encode(), "&")
	} else if data, err := json.Marshal(rest); err == nil {
		body = data
	}
	if query != "" {
		path += "?" + query
	}
	r, err := http.NewRequestWithContext(ctx, t.Method, path, bytes.NewReader(body))
	if err != nil {
		return nil, errArguments
	}
	r.Header.Set("Accept", "application/json, text/plain")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if t.Method != http.MethodGet {
		r.Header.Set("Idempotency-Key", who.ID)
	}
	if t.Key != "" {
		r.Header.Set("Authorization", "Bearer "+t.Key)
	}
	return r, nil
}
