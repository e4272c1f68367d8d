package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	jsonx "github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/catalogue"
)

// call calls an endpoint with the values of an example.
type call func(ctx context.Context, c *api.Client, x example) (any, error)

// calls maps the path of each endpoint to its call.
type calls map[string]call

// tables returns the calls of all modules; each module has a file of its own.
func tables() []calls {
	return []calls{loginCalls(), contactsCalls(), downloadCalls(), messageCalls(), groupCalls(), smallCalls(), snsCalls(), finderCalls()}
}

// notSent lists the fields of example requests that the client leaves out, and why.
func notSent() map[string][]string {
	const onlyInTheExample = "proxyIp" // not in the table of the description
	return map[string][]string{
		"/login/logout":           {onlyInTheExample, "regionId"}, // "only appId is needed"
		"/personal/getProfile":    {onlyInTheExample},
		"/personal/getQrCode":     {onlyInTheExample},
		"/personal/getSafetyInfo": {onlyInTheExample},
	}
}

// mayBeEmpty lists the required fields that the client sends even if empty, because that is a valid
// value.
func mayBeEmpty() map[string][]string {
	return map[string][]string{
		"/login/getLoginQrCode":                {"type"},    // the zero value is an iPad
		"/login/dialogLogin":                   {"proxyIp"}, // empty in the description's own example
		"/contacts/addContacts":                {"content"}, // no greeting
		"/contacts/setFriendRemark":            {"remark"},  // clears the remark
		"/group/modifyChatroomRemark":          {"chatroomRemark"},
		"/group/modifyChatroomNickNameForSelf": {"nickName"},
		"/group/inviteMember":                  {"reason"},   // used only if joining needs approval
		"/group/addGroupMemberAsFriend":        {"content"},  // no greeting
		"/group/saveContractList":              {"operType"}, // a bool in Go
		"/label/modifyMemberList":              {"labelIds"}, // removes all labels
		"/message/postVoice":                   {"voiceDuration"},
		"/message/postVideo":                   {"videoDuration"},
		"/message/postLink":                    {"desc", "thumbUrl"},
		"/message/postEmoji":                   {"emojiSize"},
		"/message/revokeMsg":                   {"msgId", "createTime"}, // some sends return 0
		"/message/sendFinderMsg": {"id", "headUrl", "mediaType", "width", "height", "url", "thumbUrl", "thumbUrlToken",
			"description", "videoPlayLen"},
		"/message/downloadCdn": {"totalSize", "suffix"},
		"/sns/forwardSns":      {"allowWxIds", "atWxIds", "disableWxIds"}, // all friends
		"/sns/sendFinderSns": {
			"allowWxIds", "atWxIds", "disableWxIds", "headUrl", "mediaType", "width", "height", "thumbUrlToken", "description",
			"videoPlayLen",
		},
		"/finder/scanLoginChannels": {"username"},   // the administrator's
		"/finder/follow":            {"searchInfo"}, // not found by a search
		"/finder/getMsgSessionId":   {"myAccountType"},
		"/finder/comment":           {"commentId", "opType"}, // 0 comments and deletes nothing
		"/finder/browse":            {"sessionBuffer"},
		"/finder/scanFollow":        {"objectId", "objectNonceId"}, // for a link; required with a username
		"/finder/scanLike":          {"objectId"},
		"/finder/publishFinderCdn":  {"topic"},
		"/finder/finderOpt":         {"opType", "remain"}, // undocumented
	}
}

// example is the example request of an endpoint.
type example map[string]any

func endpoints(t *testing.T) []catalogue.Endpoint {
	t.Helper()
	all, err := catalogue.Endpoints()
	require.NoError(t, err)
	return all
}

func exampleOf(t *testing.T, e *catalogue.Endpoint) example {
	t.Helper()
	x, ok := exact(t, e.ExampleRequest).(map[string]any)
	require.True(t, ok)
	delete(x, "useProxy") // see Config.UseProxy
	for _, name := range notSent()[e.Path] {
		require.Contains(t, x, name, "notSent lists what is not there")
		delete(x, name)
	}
	return x
}

// without returns the example without one field, which then reads as zero.
func (x example) without(name string) example {
	less := example{}
	for k, v := range x {
		if k != name {
			less[k] = v
		}
	}
	return less
}

// str returns a field that is a string.
func (x example) str(name string) string { s, _ := x[name].(string); return s }

// id returns a field that is a number, or a number in a string.
func (x example) id(name string) api.ID {
	n, _ := x[name].(json.Number)
	id, _ := strconv.ParseUint(n.String()+x.str(name), 10, 64)
	return api.ID(id)
}

// num is id for small numbers.
func (x example) num(name string) int { return int(x.id(name)) }

func (x example) is(name string) bool { b, _ := x[name].(bool); return b }

// list returns a field that is an array of strings, or a string with commas.
func (x example) list(name string) []string {
	if s := x.str(name); s != "" {
		return strings.Split(s, ",")
	}
	values, _ := x[name].([]any)
	var list []string
	for _, v := range values {
		s, _ := v.(string)
		list = append(list, s)
	}
	return list
}

// ids is list for ids.
func (x example) ids(name string) []api.ID {
	var ids []api.ID
	for _, s := range x.list(name) {
		id, _ := strconv.ParseUint(s, 10, 64)
		ids = append(ids, api.ID(id))
	}
	return ids
}

// done returns the result of a call without data.
func done(err error) (any, error) { return nil, err }

// as returns the result of a call that returns the only member of the data.
func as[T any](member string, value T, err error) (any, error) {
	return map[string]T{member: value}, err
}

// exact decodes JSON and keeps numbers as written.
func exact(t *testing.T, b []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	require.NoError(t, dec.Decode(&v), "%s", b)
	return v
}

// TestCatalogue compares the client with the catalogue of each endpoint: the method exists, the
// request equals the example of the documentation, an empty required field is refused, and no
// member of the answer is lost.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	all := calls{}
	for _, table := range tables() {
		for path, call := range table {
			require.Nil(t, all[path], "%s is in two tables", path)
			all[path] = call
		}
	}
	for _, e := range endpoints(t) {
		call, ok := all[e.Path]
		delete(all, e.Path)
		t.Run(e.Path, func(t *testing.T) {
			t.Parallel()
			assertMethod(t, &e)
			require.True(t, ok, "no table has a call for it")
			p := newProbe(t, e, call)
			p.assertWire(t)
			p.assertRequired(t)
			p.assertLoose(t)
		})
	}
	assert.Empty(t, slices.Collect(maps.Keys(all)), "calls of endpoints that nobody knows")
}

func assertMethod(t *testing.T, e *catalogue.Endpoint) {
	t.Helper()
	service, ok := reflect.TypeFor[api.Client]().FieldByName(e.Service())
	require.True(t, ok, "the client has no service %s", e.Service())
	if _, ok = service.Type.MethodByName(e.Method()); !ok { // Message.Send has most messages
		m, err := api.DecodeSend(e.Path, []byte("{}"))
		require.NoError(t, err, "there is neither a method %s nor a type of Send", e.Name)
		require.Equal(t, e.Method(), reflect.TypeOf(m).Name())
	}
}

// catalogueToken is the token in the examples.
const catalogueToken = "demo-api-token"

// probe is an endpoint, a client, and a service that always gives the same answer.
type probe struct {
	catalogue.Endpoint

	invoke func(x example) (any, error)
	answer []byte
	got    []byte // body of the last request
}

func newProbe(t *testing.T, e catalogue.Endpoint, call call) *probe {
	t.Helper()
	return newProbeOf(t, api.VideosAPI(), e, call)
}

// newProbeOf returns a probe for a flavour.
func newProbeOf(t *testing.T, provider api.Provider, e catalogue.Endpoint, call call) *probe {
	t.Helper()
	p := &probe{Endpoint: e, answer: e.ExampleResponse}
	client := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, e.Path, r.URL.Path)
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
		if e.Path == "/tools/getTokenId" {
			assert.Empty(t, r.Header.Values(provider.TokenHeader), "who asks for a token has none")
		} else {
			assert.Equal(t, catalogueToken, r.Header.Get(provider.TokenHeader))
		}
		p.got, _ = io.ReadAll(r.Body)
		_, _ = w.Write(p.answer)
	}, func(c *api.Config) { c.Token, c.Provider = catalogueToken, provider })
	p.invoke = func(x example) (any, error) { return call(t.Context(), client, x) }
	return p
}

func (p *probe) assertWire(t *testing.T) {
	t.Helper()
	x := exampleOf(t, &p.Endpoint)
	result, err := p.invoke(x)
	require.NoError(t, err)
	assert.Equal(t, map[string]any(x), exact(t, p.got), "the request")

	answer, _ := exact(t, p.ExampleResponse).(map[string]any)
	if data := answer["data"]; data != nil {
		read, err := jsonx.Marshal(result)
		require.NoError(t, err)
		assertKept(t, data, exact(t, read), "data")
		assertTyped(t, reflect.ValueOf(result), "data")
	}
}

// assertTyped checks that all members of the example have their own fields: Extra is for
// undocumented members.
func assertTyped(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	switch v.Kind() { //nolint:exhaustive // all others have no members
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			assertTyped(t, v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			assertTyped(t, v.Index(i), path+"[]")
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Tag.Get("json") == ",embed" {
				assert.Empty(t, v.Field(i).Interface(), "%s has members without a field", path)
			} else if f.IsExported() {
				assertTyped(t, v.Field(i), path+"."+f.Name)
			}
		}
	}
}

// assertKept checks that everything in want is also in got, digit for digit; null counts as empty.
func assertKept(t *testing.T, want, got any, path string) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		assert.Contains(t, []any{nil, "", json.Number("0"), false}, zeroed(got), path)
	case map[string]any:
		have, ok := got.(map[string]any)
		require.True(t, ok, "%s is no object", path)
		for k, v := range want {
			assertKept(t, v, member(have, k), path+"."+k)
		}
	case []any:
		have, _ := got.([]any)
		require.Len(t, have, len(want), path)
		for i := range want {
			assertKept(t, want[i], have[i], path+"[]")
		}
	case json.Number:
		if s, ok := got.(string); ok { // Go has a string where the service writes a number or a string
			got = json.Number(s)
		}
		assert.Equal(t, want, got, path)
	default:
		assert.Equal(t, want, got, path)
	}
}

// zeroed returns nil for an empty list or object.
func zeroed(v any) any {
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return nil
		}
	case map[string]any:
		for _, m := range v {
			if !slices.Contains([]any{nil, "", json.Number("0"), false}, zeroed(m)) {
				return v
			}
		}
		return nil
	}
	return v
}

// member finds a member by its name; the service is inconsistent about capitals.
func member(object map[string]any, name string) any {
	if v, ok := object[name]; ok {
		return v
	}
	for k, v := range object {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

func (p *probe) assertRequired(t *testing.T) {
	t.Helper()
	optional := mayBeEmpty()[p.Path]
	for _, f := range p.Request {
		if !f.Required || f.Name == "token" { // the client sets the token
			continue
		}
		_, err := p.invoke(exampleOf(t, &p.Endpoint).without(f.Name))
		role := f.Name == "myRoleType" // the zero value is the Channels identity
		if f.Type == "boolean" || role || slices.Contains(optional, f.Name) {
			require.NoError(t, err, "without %s", f.Name)
			continue
		}
		if assert.ErrorIs(t, err, api.ErrMissingField, "without %s", f.Name) {
			assert.ErrorContains(t, err, f.Name)
		}
	}
	for _, name := range optional {
		assert.True(t, slices.ContainsFunc(p.Request, func(f catalogue.Field) bool { return f.Name == name && f.Required }),
			"mayBeEmpty has %s without need", name)
	}
}

// assertLoose checks that the answer may have the variations that occur among the builds of the
// service.
func (p *probe) assertLoose(t *testing.T) {
	t.Helper()
	loose := map[string]func(any) any{
		"numbers as strings": func(v any) any {
			if n, ok := v.(json.Number); ok {
				return n.String()
			}
			return v
		},
		"strings as numbers": func(v any) any {
			if s, ok := v.(string); ok {
				if _, err := strconv.ParseUint(s, 10, 64); err == nil {
					return json.Number(s)
				}
			}
			return v
		},
		"null":      func(any) any { return nil },
		"a list":    func(any) any { return []any{} },
		"an object": func(any) any { return map[string]any{} },
		"nothing":   func(any) any { return "" },
	}
	for name, change := range loose {
		p.assertReads(t, name, func(data any) any { return changed(data, change) })
	}
	if p.Response != nil && strings.HasPrefix(p.Response.Type, "array") && p.Response.TableType == "object" {
		p.assertReads(t, "one of the list", func(data any) any { list, _ := data.([]any); return list[0] })
	}
}

// assertReads checks that a call accepts its example answer in another form.
func (p *probe) assertReads(t *testing.T, name string, form func(data any) any) {
	t.Helper()
	answer, _ := exact(t, p.ExampleResponse).(map[string]any)
	answer["data"] = form(answer["data"])
	body, err := json.Marshal(answer)
	require.NoError(t, err)
	p.answer = body
	_, err = p.invoke(exampleOf(t, &p.Endpoint))
	assert.NoError(t, err, "%s: %s", name, body)
}

// changed applies change to all leaves of a value.
func changed(v any, change func(any) any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			v[k] = leaf(m, change)
		}
	case []any:
		for i, m := range v {
			v[i] = leaf(m, change)
		}
	}
	return v
}

func leaf(v any, change func(any) any) any {
	switch v.(type) {
	case map[string]any, []any:
		return changed(v, change)
	}
	return change(v)
}
