package args_test

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/router/internal/args"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// every has an argument of each kind.
type every struct {
	Name  string
	Count int           `arg:",optional"`
	Big   uint8         `arg:",optional"`
	Share float32       `arg:",optional"`
	For   time.Duration `arg:",optional"`
	At    time.Time     `arg:",optional"`
	Who   xmlmsg.Person `arg:",optional"`
	On    *bool
	Tags  []int  `arg:",optional"`
	Loud  bool   `arg:"loud,flag"`
	Color string `arg:"color,flag" enum:"red,green"`
}

// FuzzParse reads any text: it gives a value or a mistake that can be told, and the same again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "a 1 2 3.5 30m 15:30 @b\u2005 是 1、2 --loud --color=red", "“a b” 两 半小时", "「a", "--color", "\xff\xfe @", "a 99999999999999999999",
		"a 1 256", "a 1 1 NaN", "a 1 1 1 一个半小时 明天 下午 3点半", "a 1 1 1 1h 2月30日", "—loud a", "a color：green", "@@@\u2005\u2005", "a 一百零一万",
		"a '' \"\" ‘’", "a\u0000b 1", "a 1 1 1 0.0000001ms 大后天晚上12点",
	} {
		f.Add(seed)
	}
	s, err := args.Of(reflect.TypeFor[every]())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text string) {
		in := args.Input{Text: text, Now: now, Person: people}
		v, err := s.Parse(in)
		again, second := s.Parse(in)
		if err == nil {
			require.NoError(t, second)
			assert.Equal(t, v.Interface().(every).Name, again.Interface().(every).Name)
			assert.NotEmpty(t, strings.TrimSpace(text))
			return
		}
		var mistake *args.Error
		require.ErrorAs(t, err, &mistake)
		for _, chinese := range []bool{true, false} {
			told := mistake.Sentence(chinese)
			assert.NotEmpty(t, told)
			assert.True(t, utf8.ValidString(told), "%q", told)
			assert.NotContains(t, told, "\x1b")
			assert.Less(t, len(told), 400)
		}
		assert.Equal(t, err.Error(), second.Error())
	})
}

// TestQuotedWords puts quotes around any text: it is read as it was.
func TestQuotedWords(t *testing.T) {
	t.Parallel()
	type two struct{ A, B string }
	s, err := args.Of(reflect.TypeFor[two]())
	require.NoError(t, err)
	pairs := []string{`""`, "''", "“”", "‘’", "「」", "『』", "＂＂"}
	rapid.Check(t, func(t *rapid.T) {
		pair := []rune(rapid.SampledFrom(pairs).Draw(t, "quotes"))
		text := strings.Map(func(r rune) rune {
			if strings.ContainsRune("\"'“”‘’「」『』＂＇", r) {
				return -1
			}
			return r
		}, rapid.String().Draw(t, "text"))
		v, err := s.Parse(args.Input{Text: "  " + string(pair[0]) + text + string(pair[1]) + "\u3000b", Now: now})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got := v.Interface().(two); got != (two{text, "b"}) {
			t.Fatalf("%q became %+v", text, got)
		}
	})
}

// TestWordsAreNeverLost reads a list of any words: each comes out once, in order.
func TestWordsAreNeverLost(t *testing.T) {
	t.Parallel()
	type list struct{ Words []string }
	s, err := args.Of(reflect.TypeFor[list]())
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9\p{Han}-]{1,8}`), 1, 20).Draw(t, "words")
		blank := rapid.SampledFrom([]string{" ", "　", "\n", ", ", "、", "，"}).Draw(t, "blank")
		v, err := s.Parse(args.Input{Text: strings.Join(words, blank), Now: now})
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Interface().(list).Words; !reflect.DeepEqual(got, words) {
			t.Fatalf("%q became %q", words, got)
		}
	})
}

// TestMentionsByPlace counts the mentions that come after each.
func TestMentionsByPlace(t *testing.T) {
	t.Parallel()
	type people struct{ People []xmlmsg.Person }
	s, err := args.Of(reflect.TypeFor[people]())
	require.NoError(t, err)
	var after []int
	_, err = s.Parse(args.Input{Text: "@a\u2005@b c\u2005@d\u2005", Now: now, Person: func(_ string, last int) (xmlmsg.Person, bool) {
		after = append(after, last)
		return xmlmsg.Person{}, true
	}})
	require.NoError(t, err)
	assert.Equal(t, []int{2, 1, 0}, after)
}
