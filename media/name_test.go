package media_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/media"
)

func TestSafeName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"报表 2026.xlsx":             "报表 2026.xlsx",
		"../../etc/passwd":         "_.._etc_passwd",
		"/etc/passwd":              "_etc_passwd",
		`..\..\windows\win.ini`:    "_.._windows_win.ini",
		`C:\x.txt`:                 "C__x.txt",
		"..":                       "file-1",
		".":                        "file-1",
		"":                         "file-1",
		"   ":                      "file-1",
		".bashrc":                  "bashrc",
		"...hidden":                "hidden",
		"-rf":                      "rf",
		"~root":                    "root",
		"a\x00b.txt":               "ab.txt",
		"a\nb\tc\x7f.txt":          "abc.txt",
		"invoice\u202egpj.exe":     "invoicegpj.exe",
		"zero\u200bwidth\ufeff.md": "zerowidth.md",
		"line\u2028sep\u2029.txt":  "line sep .txt",
		"bad\xff\xfeutf8.txt":      "badutf8.txt",
		"CON":                      "_CON",
		"con.txt":                  "_con.txt",
		"Nul .txt":                 "_Nul .txt",
		"COM1.log":                 "_COM1.log",
		"lpt¹.x":                   "_lpt¹.x",
		"COM10.log":                "COM10.log",
		"CONsole.txt":              "CONsole.txt",
		"trailing. . ":             "trailing",
		"a<b>c|d?e*f\"g.txt":       "a_b_c_d_e_f_g.txt",
		"a\u00a0b\u3000c":          "a b c",
		"aux.":                     "_aux",
		". con":                    "_con",
	} {
		assert.Equal(t, want, media.SafeName(name, "file-1"), "%q", name)
	}
	assert.Equal(t, "file", media.SafeName("", "../"[:2]))
	long := media.SafeName(strings.Repeat("汉", 500)+".xlsx", "")
	assert.LessOrEqual(t, len(long), media.MaxName)
	assert.True(t, strings.HasSuffix(long, "汉.xlsx"))
	assert.Greater(t, len(long), media.MaxName-4)
	assert.Len(t, media.SafeName("a."+strings.Repeat("x", 400), ""), media.MaxName, "that is no extension")
}

func FuzzSafeName(f *testing.F) {
	for _, seed := range []string{"a.txt", "../x", "con.txt", "\u202e", strings.Repeat("é", 300) + ".tar.gz", "a/b\\c:d", " .", "-", "com¹",
		"\xff", "a." + strings.Repeat(".", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		safe := media.SafeName(name, "file")
		switch {
		case safe == "" || len(safe) > media.MaxName || !utf8.ValidString(safe):
			t.Fatalf("%q became %q", name, safe)
		case filepath.Base(safe) != safe || !filepath.IsLocal(safe) || strings.ContainsAny(safe, `/\:`):
			t.Fatalf("%q became the path %q", name, safe)
		case strings.HasPrefix(safe, ".") || strings.HasPrefix(safe, "-") || strings.HasSuffix(safe, ".") || strings.HasSuffix(safe, " "):
			t.Fatalf("%q became %q", name, safe)
		case strings.ContainsFunc(safe, func(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) }):
			t.Fatalf("%q became %q, of which something cannot be seen", name, safe)
		case media.SafeName(safe, "file") != safe:
			t.Fatalf("%q became %q, and that %q", name, safe, media.SafeName(safe, "file"))
		}
	})
}
