package matching_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/matching"
)

// one is a condition that can be compared, and covers the longer ones that begin with it.
type one string

func (o one) Covers(other any) bool {
	n, ok := other.(one)
	return ok && strings.HasPrefix(string(n), string(o))
}

// all is a conjunction.
type all []any

func (a all) Parts() []any { return a }

// closure cannot be compared.
type closure struct{ f func() }

func TestCovers(t *testing.T) {
	t.Parallel()
	f := closure{func() {}}
	for name, test := range map[string]struct {
		wide, narrow []any
		want         bool
	}{
		"nothing covers everything":     {nil, []any{one("a")}, true},
		"nothing is not covered":        {[]any{one("a")}, nil, false},
		"the same":                      {[]any{one("a")}, []any{one("a")}, true},
		"a wider one":                   {[]any{one("a")}, []any{one("ab")}, true},
		"a narrower one":                {[]any{one("ab")}, []any{one("a")}, false},
		"one of several":                {[]any{one("a")}, []any{one("x"), one("ab")}, true},
		"both must be covered":          {[]any{one("a"), one("b")}, []any{one("ab")}, false},
		"inside a conjunction":          {[]any{one("a")}, []any{all{one("x"), all{one("ab")}}}, true},
		"a conjunction covers":          {[]any{all{one("a"), one("x")}}, []any{one("x1"), one("ab")}, true},
		"what cannot be compared":       {[]any{f}, []any{f}, false},
		"two types with the same value": {[]any{one("a")}, []any{"a"}, false},
	} {
		assert.Equal(t, test.want, matching.Covers(test.wide, test.narrow), name)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	assert.Equal(t, matching.WideKeys(one("a")), matching.NarrowKeys(one("a")))
	assert.NotEqual(t, matching.WideKeys(one("a")), matching.WideKeys(one("b")))
	assert.Empty(t, matching.WideKeys(closure{func() {}}))
	keys := matching.Keys("In", []string{"a", "b"})
	assert.Equal(t, []matching.Key{{Name: "In", Value: "a"}, {Name: "In", Value: "b"}}, keys)
	assert.NotEqual(t, keys, matching.Negated(matching.Keys("In", []string{"a", "b"})))
}

func TestFlatten(t *testing.T) {
	t.Parallel()
	nested := []any{one("a"), all{one("b"), all{one("c")}}}
	assert.Equal(t, []any{one("a"), one("b"), one("c")}, matching.Flatten(nested))
	assert.Empty(t, matching.Flatten([]any{all{}}))
}

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Hello": "hello", "ＡＢｃ！～": "abc!~", "查单": "查单", "ÄÖ": "äö", "": "", "a\xffb": "a\ufffdb",
	} {
		assert.Equal(t, want, matching.Fold(text), text)
	}
}
