package console

import (
	"cmp"
	"html/template"
	"strings"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reason"
	shared "github.com/hongyan-go/hongyan/internal/texts"
)

// words are the functions of the templates whose results are in the language of the page.
func words(p *lang.Printer) template.FuncMap {
	return template.FuncMap{
		"kind":  func(kind string) string { return kindWord(p, kind) },              // {{kind .Kind}}: "文字"
		"why":   func(text string) string { return whyWords(p, text) },              // {{why .Reason}}: a reason of the framework
		"check": func(name string) string { return shared.In(p.Lang()).Word(name) }, // {{check .Check}}: one of the doctor's
		"said":  func(t phrase.Text) string { return shared.In(p.Lang()).Text(t) },  // {{said .Note}}
		"mistakes": func(m *mistakes) []string { // {{range mistakes .Mistakes}}: one line each
			return strings.Split(shared.In(p.Lang()).Error(m.err), "\n")
		},
	}
}

// kindWord is the word for a kind of message, or of a send. One without a word stays as it is.
func kindWord(p *lang.Printer, kind string) string {
	key := "kind." + cmp.Or(map[string]string{ // what a send is called after its endpoint
		"nameCard": "card", "miniApp": "mini_program", "appMsg": "app", "url": "link", "revokeMsg": "revoke", "finderMsg": "finder_feed",
	}[kind], kind)
	if !p.Has(key) {
		return kind
	}
	return p.T(key)
}

// whyWords is a reason in the language of the page. What the framework does not say itself, such as
// the words of the service, stays as it is.
func whyWords(p *lang.Printer, text string) string {
	if p.Lang() == lang.English {
		return text
	}
	r, ok := reason.Of(text)
	if !ok {
		return text
	}
	if r.Code == reason.WantsKind {
		for i := range r.Args {
			r.Args[i] = kindWord(p, r.Args[i])
		}
	}
	return r.Chinese()
}
