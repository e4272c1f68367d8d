// Package sound compares words by how they sound, for what was understood from a voice: an engine
// writes 小红 for 小鸿.
package sound

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// Word is a word by its sound.
type Word struct {
	spelled   string
	syllables []syllable
}

// syllable is a Chinese character, or a run of other letters and digits.
type syllable struct {
	text string   // in small letters
	ways []string // how it may sound, without tones
	end  int      // where it ends in the text
}

// Of is a word by its sound. A word without letters sounds like nothing.
func Of(word string) Word { return Word{word, syllables(word)} }

// Silent reports whether a word has nothing that sounds.
func (w Word) Silent() bool { return len(w.syllables) == 0 }

// interjections may be before the word.
const interjections = "嗯啊哎诶欸喂那呃哦嘿呀额"

// Begins reports whether a text begins with something that sounds like the word, perhaps after an
// interjection, and returns the text with the word as it is spelled there instead.
func (w Word) Begins(text string) (string, bool) {
	said := syllables(text)
	for before := 0; !w.Silent() && before+len(w.syllables) <= len(said); before++ {
		if before > 0 && !strings.Contains(interjections, said[before-1].text) {
			break
		}
		if !slices.EqualFunc(w.syllables, said[before:before+len(w.syllables)], alike) {
			continue
		}
		rest := strings.TrimLeftFunc(text[said[before+len(w.syllables)-1].end:], func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsPunct(r)
		})
		return strings.TrimSpace(w.spelled + " " + rest), true
	}
	return text, false
}

// alike reports whether two syllables sound alike.
func alike(a, b syllable) bool {
	return a.text == b.text || slices.ContainsFunc(a.ways, func(way string) bool { return slices.Contains(b.ways, way) })
}

// syllables are the syllables of a text.
func syllables(text string) (all []syllable) {
	args := pinyin.NewArgs()
	args.Heteronym = true
	run := -1 // where a run of letters began
	for i, r := range text + " " {
		han, letter := unicode.Is(unicode.Han, r), unicode.IsLetter(r) || unicode.IsDigit(r)
		if run >= 0 && (han || !letter) {
			all, run = append(all, syllable{text: strings.ToLower(text[run:i]), end: i}), -1
		}
		switch {
		case han:
			one := syllable{text: string(r), end: i + len(string(r))}
			for _, way := range pinyin.SinglePinyin(r, args) {
				one.ways = append(one.ways, blurred(way))
			}
			all = append(all, one)
		case letter && run < 0:
			run = i
		}
	}
	return all
}

// blurred is a syllable of Pinyin without what many people, and engines, do not tell apart.
func blurred(way string) string {
	for _, same := range [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"n", "l"}} {
		if rest, ok := strings.CutPrefix(way, same[0]); ok {
			way = same[1] + rest
			break
		}
	}
	for _, same := range [][2]string{{"ang", "an"}, {"eng", "en"}, {"ing", "in"}} {
		if rest, ok := strings.CutSuffix(way, same[0]); ok {
			return rest + same[1]
		}
	}
	return way
}
