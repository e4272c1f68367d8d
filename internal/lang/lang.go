// Package lang chooses the language of the text for people, Chinese or English, and has the
// catalogues of that text.
package lang

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// Lang is a language of the text for people.
type Lang string

// The languages.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// All returns the languages. The first is used where nothing else is known.
func All() []Lang { return []Lang{Chinese, English} }

// Tag returns the BCP 47 tag of the language, as in <html lang>.
func (l Lang) Tag() string {
	if l == English {
		return "en"
	}
	return "zh-CN"
}

// Other returns the other language.
func (l Lang) Other() Lang {
	if l == English {
		return Chinese
	}
	return English
}

// Parse returns the language of a word such as "zh", "zh-Hans-CN", "en_US.UTF-8" or "中文", and
// whether there is one. The locales C and POSIX are not a language.
func Parse(word string) (Lang, bool) {
	word, _, _ = strings.Cut(strings.TrimSpace(word), ".")
	word, _, _ = strings.Cut(word, "@")
	switch strings.ToLower(word) {
	case "中文", "简体中文", "chinese":
		return Chinese, true
	case "英文", "english":
		return English, true
	case "", "c", "posix":
		return "", false
	}
	tag, err := language.Parse(strings.ReplaceAll(word, "_", "-"))
	if err != nil {
		return "", false
	}
	base, _ := tag.Base()
	for _, l := range All() {
		if base.String() == string(l) {
			return l, true
		}
	}
	return "", false
}

// Variable is the environment variable that chooses the language of a program.
const Variable = "HONGYAN_LANG"

// FromEnvironment returns the language of a terminal: the first of HONGYAN_LANG, LC_ALL,
// LC_MESSAGES and LANG that is set; English if that names another language, or if none is set.
// getenv is os.Getenv.
func FromEnvironment(getenv func(string) string) Lang {
	for _, name := range []string{Variable, "LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			if l, ok := Parse(value); ok {
				return l
			}
			return English
		}
	}
	return English
}

// Cookie is the name of the cookie that keeps the language of the pages.
const Cookie = "hongyan_lang"

// FromRequest returns the language of a page: that of ?lang=, else of the cookie, else the one that
// Accept-Language prefers, else Chinese.
func FromRequest(r *http.Request) Lang {
	if l, ok := Parse(r.URL.Query().Get("lang")); ok {
		return l
	}
	if c, err := r.Cookie(Cookie); err == nil {
		if l, ok := Parse(c.Value); ok {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return Chinese
	}
	for _, tag := range tags { // in the order of preference
		if l, ok := Parse(tag.String()); ok {
			return l
		}
	}
	if len(tags) > 0 {
		return English // a reader of a third language is more likely to know it
	}
	return Chinese
}

// Remember sets the cookie if the request chooses a language by ?lang=. path is where the pages
// are.
func Remember(w http.ResponseWriter, r *http.Request, path string) {
	l, ok := Parse(r.URL.Query().Get("lang"))
	if !ok {
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // it holds no secret, and loopback has no TLS
		Name: Cookie, Value: string(l), Path: path, MaxAge: int(365 * 24 * time.Hour / time.Second), HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
	})
}
