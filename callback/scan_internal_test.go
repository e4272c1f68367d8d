package callback

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// syntaxes are objects that are JSON, or nearly.
func syntaxes() []string {
	values := []string{
		`0`, `-0`, `01`, `-`, `1.`, `1.5`, `.5`, `1e5`, `1E+5`, `1e`, `1e-`, `+1`, `1x`, `-1.0e-07`, `true`, `tru`, `truex`,
		`nul`, `null`, `false`, `None`, ``,
		`""`, `"`, `"a`, `"\"`, `"\\"`, `"\\\""`, `"\u12"`, `"\u12g4"`, `"\uD800"`, `"\uABcd"`, `"\x"`, "\"a\tb\"", "\"\x00\"",
		"\"\x1f\"", "\"\x7f\"", "\"\xff\"",
		`"1234567\"90"`, "\"1234567890\n\"", `"一二三四五六七八九十"`, `[]`, `[`, `[1,]`, `[,1]`, `[1 2]`, `[1,2]`, `[1}`, `{}`, `{`,
		`{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a" : 1 , "a" : [ { } ] }`,
		`{a:1}`, `{1:1}`, `{"a":1]`, `{"a":1}}`, "\v1", `1,`, `1 "b":2`, `1,"b"`, `1,"b":2`,
		strings.Repeat("[", 9_998) + strings.Repeat("]", 9_998), strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001),
	}
	for i, b := range values { // strings of all lengths around the eight bytes of plain
		if i < 20 {
			values = append(values, `"`+strings.Repeat("x", i)+`"`, `"`+strings.Repeat("é", i)+b+`"`, `"`+strings.Repeat("x",
				i)+"\n"+`"`)
		}
	}
	var bodies []string
	for _, v := range values {
		bodies = append(bodies, `{"x":`+v+`}`, `{"Data":`+v+`}`, ` {"Data":{"x":`+v+`,"y":[`+v+`]}} `, `{"Data":{`+v+`}}`)
	}
	return append(bodies, `{}`, `{} {}`, `{}x`, `{`, `{"a"`, `{"a":1`, `{"Data":{}`, `{"Data":{"a":1}`)
}

// agree expects read to accept what jsontext accepts, and to say where the syntax broke if not.
func agree(t *testing.T, b []byte) {
	t.Helper()
	if b = trim(b); len(b) == 0 || b[0] != '{' {
		return
	}
	var v body
	err := v.read(b)
	require.Equal(t, jsontext.Value(b).IsValid(lenient), err == nil, "%.200q", b)
	if err != nil {
		require.ErrorIs(t, err, ErrNotJSON)
		require.ErrorContains(t, err, "syntax error at offset")
	}
}

func TestSyntax(t *testing.T) {
	t.Parallel()
	for _, b := range syntaxes() {
		agree(t, []byte(b))
	}
}

// TestUnquote compares unquote with jsontext.
func TestUnquote(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		`""`, `"a"`, `"\""`, `"\\"`, `"\/\b\f\n\r\t"`, `"12345678\n12345678\\"`, `"\u00e9\ud83d\ude00"`, `"\ud83d"`,
		`"\n\u0041\n"`, "\"é\xff\"", "\"\\n\xff\"", `"` + strings.Repeat(`<a b=\"c\"/>\n`, 9_000) + `"`,
	} {
		want, _ := jsontext.AppendUnquote(nil, []byte(s))
		require.Equal(t, string(want), unquote(value(s)), "%.100q", s)
	}
}

// FuzzSyntax compares the scanner of bodies with jsontext.
func FuzzSyntax(f *testing.F) {
	for _, b := range syntaxes() {
		if len(b) < 1000 {
			f.Add([]byte(b))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) { agree(t, b) })
}
