package endpoint

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The values in the catalogue's examples that an answer replaces.
const (
	exampleDevice = "wx_demo_device_0001"
	exampleWxid   = "wxid_demo_alice"
	exampleNick   = "Alice Demo"
	exampleTime   = "1750000000"
)

// answerLike returns the data of the catalogue's example, with the values of the call: for
// endpoints without state.
func (e *endpoint) answerLike(r *request) (any, error) {
	example := e.example
	if r.gewe() && e.geweExample != nil {
		example = e.geweExample
	}
	d := json.NewDecoder(bytes.NewReader(example))
	d.UseNumber()
	var a struct {
		Data any `json:"data"`
	}
	if err := d.Decode(&a); err != nil {
		return nil, refuse("the catalogue has no answer for %s", e.path)
	}
	data := r.adapt("", a.Data)
	if object, ok := data.(map[string]any); ok && e.edit != nil {
		e.edit(r, object)
	}
	return data, nil
}

// adapt puts the fields of the call, the account and the time into a value of an example.
func (r *request) adapt(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = r.adapt(key, value)
		}
		return v
	case []any:
		for i := range v {
			v[i] = r.adapt("", v[i])
		}
		return v
	case string:
		if given, ok := r.given(name).(string); ok && given != "" {
			return given
		}
		if r.account == nil {
			return v
		}
		return strings.NewReplacer(exampleDevice, r.account.AppID, exampleWxid, r.account.Wxid, exampleNick, r.account.Nickname).Replace(v)
	case json.Number:
		if given, ok := r.given(name).(json.Number); ok {
			return given
		}
		if v == exampleTime {
			return json.Number(strconv.FormatInt(r.world.Now(), 10))
		}
	}
	return v
}

// given returns the field of the request with a name, in any case.
func (r *request) given(name string) any {
	for field, v := range r.body {
		if strings.EqualFold(field, name) {
			return v
		}
	}
	return nil
}
