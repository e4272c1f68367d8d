package history

import (
	"hash/fnv"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The index of the words has three columns. terms has the words of a text in their order: what is
// between two spaces in most scripts, and in those without spaces, as Chinese, each two characters
// that follow one another. So a part of a text of two characters or more is a phrase of terms, and
// is found as it stands. singles has each such character once, for a search for only one. place has
// who wrote the message, in which chat, and both together: what one person said in one chat is
// found without looking at what they said elsewhere. It also has the stretch of the log: the index
// looks for the first match of a search however far back, unless it must be in a stretch, too. The
// tokenizer of SQLite only splits at spaces.

// maxRunes bounds the characters of a text that are indexed.
const maxRunes = 20_000

// dense reports whether a character belongs to a script without spaces between words, or is a
// picture.
func dense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar, unicode.So)
}

// runs splits a text into words and runs of dense characters, in one form of writing: small
// letters, half width. f returns false to stop.
func runs(text string, f func(run []rune, dense bool) bool) {
	var run []rune
	var kind, count int
	flush := func() bool {
		more := len(run) == 0 || f(run, kind == 2)
		run, kind = run[:0], 0
		return more
	}
	for _, r := range norm.NFKC.String(text) {
		if count++; count > maxRunes {
			break
		}
		now := 0
		switch {
		case dense(r):
			now = 2
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && kind == 1:
			now = 1
		}
		if now != kind && !flush() {
			return
		}
		if kind = now; now != 0 {
			run = append(run, unicode.ToLower(r))
		}
	}
	flush()
}

// indexed is what the index has of a text.
func indexed(text string) (terms, singles string) {
	var words, chars strings.Builder
	seen := map[rune]bool{}
	runs(text, func(run []rune, dense bool) bool {
		if !dense {
			words.WriteString(string(run) + " ")
			return true
		}
		for i, r := range run {
			if !seen[r] {
				seen[r] = true
				chars.WriteString(string(r) + " ")
			}
			if i > 0 {
				words.WriteString(string(run[i-1:i+1]) + " ")
			}
		}
		return true
	})
	return words.String(), chars.String()
}

// maxParts bounds the parts of a search.
const maxParts = 16

// matching is the expression for the texts that have all parts of what was searched for: a word may
// go on after what was given of it. It is empty if there is nothing to search for.
func matching(search string) string {
	var parts []string
	runs(search, func(run []rune, dense bool) bool {
		switch {
		case !dense:
			parts = append(parts, `terms:"`+string(run)+`"*`)
		case len(run) == 1:
			parts = append(parts, `singles:"`+string(run)+`"`)
		default:
			pairs := make([]string, 0, len(run)-1)
			for i := 1; i < len(run); i++ {
				pairs = append(pairs, string(run[i-1:i+1]))
			}
			parts = append(parts, `terms:"`+strings.Join(pairs, " ")+`"`)
		}
		return len(parts) < maxParts
	})
	return strings.Join(parts, " AND ")
}

// placeWords are the words of place for a message.
func placeWords(seq, chat int64, account, sender string) string {
	words := stretchWord(seq/stretch) + " " + chatWord(chat) + " " + accountWord(account)
	if sender != "" {
		words += " " + personWord(sender) + " " + pairWord(chat, sender)
	}
	return words
}

// stretch is how many places of the log have a word in common.
const stretch = 1 << 17

func stretchWord(n int64) string { return "s" + strconv.FormatInt(n, 10) }

// stretches selects those of after <= place < before.
func stretches(after, before int64) string {
	var words []string
	for n := after / stretch; n <= (before-1)/stretch; n++ {
		words = append(words, stretchWord(n))
	}
	return "place:(" + strings.Join(words, " OR ") + ")"
}

// The words of place: a chat, an account, a person, and a person in a chat.
func chatWord(id int64) string { return "c" + strconv.FormatInt(id, 10) }

func accountWord(appID string) string { return "a" + hashed(appID) }

func personWord(wxid string) string { return "p" + hashed(wxid) }

func pairWord(chat int64, wxid string) string { return chatWord(chat) + personWord(wxid) }

func hashed(id string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return strconv.FormatUint(h.Sum64(), 16)
}
