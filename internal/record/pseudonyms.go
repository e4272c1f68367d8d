package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// pseudonyms replaces words. A word is a run of ASCII letters and digits, or of other letters: the
// same word becomes the same word in every place, with as many characters of the same sorts. What
// is between words stays. So ids, lists of ids, tokens, URLs, names and texts need no treatment of
// their own, and what pointed to each other still does.
type pseudonyms struct{ key []byte }

// sort is what a character belongs to.
type sort int

const (
	between sort = iota
	ascii
	other
)

func sortOf(r rune) sort {
	switch {
	case r < utf8.RuneSelf:
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return ascii
		}
		return between
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsNumber(r), unicode.Is(unicode.So, r), unicode.Is(unicode.Sk, r),
		unicode.Is(unicode.Co, r):
		return other
	}
	return between
}

// text replaces all words of a text.
func (p *pseudonyms) text(s string, keep ...string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		rest := s[i:]
		if word := kept(s, i, keep); word != "" {
			b.WriteString(word)
			i += len(word)
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		kind := sortOf(r)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteByte('?')
			i++
			continue
		case r == '%' && len(rest) > 2 && isHex(rest[1:3]): // an escape of a URL
			b.WriteByte('%')
			b.WriteString(p.fill(rest[1:3], hexDigit))
			i += 3
			continue
		case kind == between:
			b.WriteString(rest[:size])
			i += size
			continue
		}
		end := wordEnd(s, i, kind, keep)
		if scheme := rest[:end]; strings.HasPrefix(rest[end:], "://") && isScheme(scheme) {
			host := rest[end+3:]
			if stop := strings.IndexFunc(host, func(r rune) bool { return sortOf(r) == between && r != '.' && r != '-' }); stop >= 0 {
				host = host[:stop]
			}
			b.WriteString(scheme + "://" + p.host(scheme, host))
			i += end + 3 + len(host)
			continue
		}
		b.WriteString(p.word(rest[:end]))
		i += end
	}
	return b.String()
}

// wordEnd is the length of the word at i. One of the words to keep ends a word of other letters:
// Chinese has no blanks.
func wordEnd(s string, i int, kind sort, keep []string) int {
	rest := s[i:]
	for n, r := range rest {
		if sortOf(r) != kind || n > 0 && kind == other && len(keep) > 0 && kept(s, i+n, keep) != "" {
			return n
		}
	}
	return len(rest)
}

// host keeps the hosts of WeChat itself; any other becomes one that no resolver knows.
func (p *pseudonyms) host(scheme, host string) string {
	if !strings.HasPrefix(scheme, "http") || host == "" {
		return p.text(host)
	}
	for _, known := range []string{".qq.com", ".qpic.cn", ".qlogo.cn"} {
		if strings.HasSuffix(host, known) && strings.Count(host, ".") <= 3 {
			return host
		}
	}
	return p.text(host) + ".invalid"
}

func isScheme(s string) bool {
	switch s {
	case "http", "https", "weixin", "wxpay":
		return true
	}
	return false
}

// kept returns what stays unchanged at i: a part of an id that says what it is the id of, or one of
// the words to keep.
func kept(s string, i int, keep []string) string {
	rest := s[i:]
	if rest[0] == '@' {
		for _, domain := range []string{"im.chatroom", "chatroom", "kefu.openim", "openim", "stranger", "findermsg", "finder", "app",
			"all", "cdn"} {
			if word := "@" + domain; strings.HasPrefix(rest, word) && !wordAt(rest, len(word)) {
				return word
			}
		}
		return ""
	}
	r, size := utf8.DecodeRuneInString(rest)
	if sortOf(r) == ascii {
		if wordBefore(s, i) {
			return ""
		}
		for _, word := range []string{"notify@all", "announcement@all", "wxid_", "gh_", "wx_", "v1_", "V1_", "v3_", "v4_",
			"related_msgid_", "addchatroombyinvite"} {
			if strings.HasPrefix(rest, word) {
				return word
			}
		}
	}
	for _, word := range keep {
		if strings.HasPrefix(rest, word) && (sortOf(r) != ascii || !wordAt(rest, len(word))) {
			return word
		}
	}
	if len(keep) > 0 && r == '$' { // $name$ of a template
		if end := strings.IndexByte(rest[size:], '$'); end > 0 && strings.Trim(rest[1:1+end], "abcdefghijklmnopqrstuvwxyz_") == "" {
			return rest[:end+2]
		}
	}
	return ""
}

// wordAt reports whether an ASCII word goes on at i, wordBefore whether one ends there.
func wordAt(s string, i int) bool { return i < len(s) && sortOf(rune(s[i])) == ascii }

func wordBefore(s string, i int) bool { return i > 0 && sortOf(rune(s[i-1])) == ascii }

// word is the pseudonym of a word.
func (p *pseudonyms) word(s string) string {
	switch {
	case strings.Trim(s, "0123456789") == "":
		return p.fill(s, decimalDigit)
	case len(s) == 18 && strings.HasPrefix(s, "wx") && isHex(s[2:]): // the id of an app
		return "wx" + p.fill(s[2:], hexDigit)
	case len(s) >= 8 && isHex(s):
		return p.fill(s, hexDigit)
	}
	return p.fill(s, like)
}

// fill replaces each character by a secret function of the whole word.
func (p *pseudonyms) fill(s string, replace func(r rune, i, n int, random uint32) rune) string {
	for salt := byte(0); ; salt++ {
		stream := stream{mac: hmac.New(sha256.New, p.key), word: s, salt: salt}
		var b strings.Builder
		n, i := utf8.RuneCountInString(s), 0
		for _, r := range s {
			b.WriteRune(replace(r, i, n, stream.next()))
			i++
		}
		if out := b.String(); out != s || strings.Trim(s, "0") == "" || salt == 255 {
			return out
		}
	}
}

// decimalDigit keeps a number in the range of its type: up to 19 digits an int64, with 20 an
// uint64.
func decimalDigit(r rune, i, n int, random uint32) rune {
	switch {
	case i == 0 && r == '0':
		return '0'
	case i == 0 && n == 20:
		return '1'
	case i == 0:
		return '1' + rune(random%8)
	case i == 1 && n == 20:
		return '0' + rune(random%8)
	}
	return '0' + rune(random%10)
}

func hexDigit(r rune, _, _ int, random uint32) rune {
	if r >= 'A' && r <= 'F' {
		return rune("0123456789ABCDEF"[random%16])
	}
	return rune("0123456789abcdef"[random%16])
}

// like is a character of the same sort.
func like(r rune, _, _ int, random uint32) rune {
	switch {
	case r >= '0' && r <= '9':
		return '0' + rune(random%10)
	case r >= 'a' && r <= 'z':
		return 'a' + rune(random%26)
	case r >= 'A' && r <= 'Z':
		return 'A' + rune(random%26)
	case unicode.Is(unicode.Han, r):
		return 0x4e00 + rune(random%20900)
	case unicode.IsLetter(r):
		return 'à' + rune(random%23)
	}
	return '■' + rune(random%80)
}

func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == "" || strings.Trim(s, "0123456789ABCDEF") == ""
}

// stream is a pseudorandom function of a word.
type stream struct {
	mac interface {
		Write(b []byte) (int, error)
		Sum(b []byte) []byte
		Reset()
	}
	word  string
	salt  byte
	block byte
	left  []byte
}

func (s *stream) next() uint32 {
	if len(s.left) < 4 {
		s.mac.Reset()
		_, _ = s.mac.Write([]byte{s.salt, s.block}) // a hash takes everything
		_, _ = s.mac.Write([]byte(s.word))
		s.left = s.mac.Sum(nil)
		s.block++
	}
	n := binary.BigEndian.Uint32(s.left)
	s.left = s.left[4:]
	return n
}
