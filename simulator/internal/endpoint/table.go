package endpoint

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/internal/catalogue"
)

// endpoint is a call of the service's API, from the catalogue and from the table of its module.
// Without a line in a table, it answers with the catalogue's example.
type endpoint struct {
	path  string
	title string // the call in the service's words, for failures; empty means that of the catalogue
	// blank lists the required texts and lists that may be empty.
	blank string
	// digits lists the texts of digits that may also come as numbers.
	digits string
	// hosted lists the required fields that the self-hosted container does not need.
	hosted string
	// token means that the call concerns the token, not an account.
	token bool
	// everywhere means that all flavours answer it, also those whose documentation lacks it.
	everywhere bool
	// open means that the call needs no token, because it returns one.
	open bool
	// device means that the call concerns a device, which may have no account.
	device bool
	// offline means that the call works for an account that is offline as well.
	offline bool
	// terse means that a refusal of its request has a msg and no data.
	terse bool
	// handle executes the call and returns the data of the answer; nil for none. It runs without
	// the lock; see locked.
	handle handler
	// edit changes the catalogue's example if handle is nil. It runs with the lock.
	edit func(r *request, data map[string]any)

	described func() error // reads the fields below from the catalogue, once

	only    []string // flavours that have it; none means all
	fields  []field
	example json.RawMessage // the answer of the catalogue

	geweExample json.RawMessage // that of the GeWe flavour, if it differs
}

type handler func(context.Context, *request) (any, error)

// locked returns a handler that runs f with the lock.
func locked(f func(*request) (any, error)) handler {
	return func(_ context.Context, r *request) (any, error) {
		r.world.Lock()
		defer r.world.Unlock()
		return f(r)
	}
}

// nothing returns a handler that runs f with the lock and answers without data.
func nothing(f func(*request) error) handler {
	return locked(func(r *request) (any, error) { return nil, f(r) })
}

// noted accepts a call without a visible effect.
func noted(context.Context, *request) (any, error) { return nil, nil }

// tables returns the lines of all modules.
func tables() []endpoint {
	return slices.Concat(
		loginEndpoints(), deviceEndpoints(), contactsEndpoints(), friendEndpoints(), groupEndpoints(), memberEndpoints(),
		messageEndpoints(), forwardEndpoints(), downloadEndpoints(), labelEndpoints(), personalEndpoints(),
		snsEndpoints(), postSnsEndpoints(), favorEndpoints(), finderEndpoints(), finderVideoEndpoints(), imEndpoints(),
	)
}

// ReadTable makes the table of the whole API, from the catalogue and the lines of the modules. An
// endpoint reads its entry of the catalogue at its first call: a test that starts a simulator uses
// few of them.
func ReadTable() (Table, error) {
	lines := map[string]*endpoint{}
	for _, e := range tables() {
		if lines[e.path] != nil {
			return nil, fmt.Errorf("simulator: %s is in two tables", e.path)
		}
		lines[e.path] = &e
	}
	var all Table
	for _, entry := range catalogue.Entries() {
		e := lines[entry.Path]
		if delete(lines, entry.Path); e == nil {
			e = &endpoint{path: entry.Path}
		}
		e.described = sync.OnceValue(func() error { return e.describe(entry) })
		if entry.Extra {
			if err := e.described(); err != nil {
				return nil, err
			}
		}
		all = append(all, e)
	}
	for path := range lines {
		return nil, fmt.Errorf("simulator: the catalogue has no %s", path)
	}
	return all, nil
}

// Table is the endpoints of the API.
type Table []*endpoint

// Has reports whether there is an endpoint with a path.
func (t Table) Has(path string) bool {
	module, whole := strings.CutSuffix(path, "/*")
	return slices.ContainsFunc(t, func(e *endpoint) bool { return e.path == path || whole && strings.HasPrefix(e.path, module+"/") })
}

// describe adds the entry of the catalogue.
func (e *endpoint) describe(entry catalogue.Entry) error {
	c, err := entry.Decode()
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	if e.title == "" {
		e.title = titleOf(&c)
	}
	if c.Extra && !e.everywhere {
		e.only = c.AppliesTo
	}
	for i := range c.Request {
		e.fields = append(e.fields, e.field(&c.Request[i], ""))
	}
	if !slices.ContainsFunc(e.fields, func(f field) bool { return f.name == "useProxy" }) {
		e.fields = append(e.fields, field{name: "useProxy", kinds: []kind{aFlag}, optional: true})
	}
	if e.handle == nil {
		e.example, e.geweExample = c.ExampleResponse, c.GeWeExampleResponse
		e.handle = locked(e.answerLike)
	}
	return nil
}

// titleOf returns the title without the parts in parentheses: "获取通讯录列表(包含群聊)" is "获取通讯录列表".
func titleOf(c *catalogue.Endpoint) string {
	title := c.Title
	for {
		before, rest, found := strings.Cut(title, "(")
		_, after, closed := strings.Cut(rest, ")")
		if !found || !closed {
			break
		}
		title = before + after
	}
	title = strings.TrimPrefix(title, "视频-")
	if title == "" {
		return c.Path
	}
	return title
}

// field returns a field of a request as the catalogue describes it. inside is the object that it is
// in.
func (e *endpoint) field(c *catalogue.Field, inside string) field {
	f := field{name: c.Name, optional: !c.Required, gewe: catalogue.Presence(c.GeWe), kinds: []kind{kindOf(c.Type, c.Format)}}
	for _, other := range []string{c.ExampleType, c.TableType} {
		if other != "" {
			f.kinds = append(f.kinds, f.kinds[0].or(other))
		}
	}
	switch {
	case c.Format == "comma-separated":
		f.kinds = append(f.kinds, aList) // some clients send the list as it is
	case listed(e.digits, c.Name):
		f.kinds = []kind{aDigits, aUint64}
	case isID(c.Name) && f.kinds[0] != aText:
		f.kinds = append(f.kinds, aUint64) // calls differ in the form of the same id
	}
	f.blank = inside != "" || listed(e.blank, c.Name)
	f.hosted = inside == "" && listed(e.hosted, c.Name)
	for i := range c.Fields {
		f.fields = append(f.fields, e.field(&c.Fields[i], c.Name))
	}
	return f
}

// isID reports whether a field has the name of an id.
func isID(name string) bool { return name == "id" || strings.HasSuffix(name, "Id") }

// listed reports whether a word is in a list of words.
func listed(words, word string) bool { return slices.Contains(strings.Fields(words), word) }

// in reports whether a flavour has the endpoint.
func (e *endpoint) in(f Flavour) bool { return len(e.only) == 0 || slices.Contains(e.only, f.name) }

// Flavour is a prefix and a header of the API. All flavours have the same paths and bodies.
type Flavour struct{ name, Prefix, Header string }

const gewechat = "gewechat" // the self-hosted one

// Flavours returns the flavours of the API. The first is that of VideosApi.
func Flavours() []Flavour {
	return []Flavour{
		{"videosapi", "/finder/v2/api", "VideosApi-token"},
		{"gewe", "/gewe/v2/api", "X-GEWE-TOKEN"},
		{gewechat, "/v2/api", "X-GEWE-TOKEN"},
	}
}
