package words_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/router/internal/words"
)

func TestIndex(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		words []string
		text  string
		each  []int // in the order of their ends
	}{
		{[]string{"he", "she", "his", "hers"}, "ushers", []int{1, 0, 3}},
		{[]string{"n", "nn", "nnn"}, "annb", []int{0, 1}},
		{[]string{"营业", "营业时间", "时间"}, "请问营业时间？营业", []int{0, 1, 2}},
		{[]string{"a", ""}, "banana", []int{0}},
		{[]string{"ab"}, "", nil},
		{nil, "x", nil},
		{[]string{"\xff"}, "\xff", []int{0}},
	} {
		var got []int
		x := words.New(test.words)
		x.Each(test.text, func(w int) { got = append(got, w) })
		assert.Equal(t, test.each, got, "%v in %q", test.words, test.text)
		for n, w := range test.words {
			found := x.Any(test.text, func(word, end int) bool {
				return word == n && strings.HasSuffix(test.text[:end], w)
			})
			assert.Equal(t, slices.Contains(test.each, n), found, "%q in %q", w, test.text)
		}
	}
}

// TestMoreWordsThanTheStackHolds has more words than fit into the set that costs no allocation.
func TestMoreWordsThanTheStackHolds(t *testing.T) {
	t.Parallel()
	var many []string
	for r := 'a'; r < 'a'+5000; r++ {
		many = append(many, string(r))
	}
	found := 0
	words.New(many).Each(strings.Join(many, ""), func(int) { found++ })
	assert.Equal(t, len(many), found)
}

func FuzzIndex(f *testing.F) {
	f.Add("he,she,his,hers", "ushers")
	f.Add("n,nn", "nnnn")
	f.Fuzz(func(t *testing.T, list, text string) {
		all := strings.Split(list, ",")
		got := map[string]bool{}
		words.New(all).Each(text, func(w int) { got[all[w]] = true })
		for _, w := range all {
			if want := w != "" && strings.Contains(text, w); want != got[w] {
				t.Fatalf("%q in %q: %v, want %v", w, text, got[w], want)
			}
		}
	})
}
