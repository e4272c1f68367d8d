package web

import (
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/url"
	"strings"
	"text/template/parse"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/internal/lang"
)

// funcs returns the functions of the templates of a language.
func (s *Site) funcs(printer *lang.Printer) template.FuncMap {
	local := func(t time.Time) time.Time { return t.In(s.config.Location) }
	return template.FuncMap{
		"t":      printer.T, // {{t "key" .N}}: a text
		"url":    s.URL,     // {{url "/queue"}}: the path of a page
		"static": s.static,  // {{static "app.js"}}
		"dict":   dict,      // {{template "x" (dict "A" .A "B" 1)}}
		"size":   Size,      // 238 KB
		"stamp":  func(t time.Time) string { return local(t).Format("2006-01-02 15:04") },
		"clock":  func(t time.Time) string { return local(t).Format("15:04") },
		"second": func(t time.Time) string { return local(t).Format("15:04:05") },
		"full":   func(t time.Time) string { return local(t).Format(time.RFC3339) }, // for <time datetime>
		"ago":    func(t time.Time) string { return Ago(printer, time.Since(t)) },
		"span":   Span,   // 1.2 s
		"avatar": avatar, // two letters of a name
		"colour": colour, // the class c0 … c7 of an id
		"head":   head,   // {{head 40 .Text}}: the beginning of a text
		"middle": middle, // {{middle 12 .ID}}: the beginning and the end of an id
		"plus":   func(a, b int) int { return a + b },
	}
}

// dict makes a map of names and values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict needs pairs of a name and a value")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is not a name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// Size returns a number of bytes for people: "238 KB". A KB has 1,024 bytes.
func Size(bytes int64) string {
	switch value := float64(bytes); {
	case bytes < 1<<10:
		return fmt.Sprintf("%d B", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.4g KB", round(value/(1<<10)))
	case bytes < 1<<30:
		return fmt.Sprintf("%.4g MB", round(value/(1<<20)))
	default:
		return fmt.Sprintf("%.4g GB", round(value/(1<<30)))
	}
}

// round keeps one decimal below 10.
func round(v float64) float64 {
	if v < 10 {
		return float64(int(v*10+0.5)) / 10
	}
	return float64(int(v + 0.5))
}

// Span returns a duration for people, which is the same in both languages: "3 ms", "1.2 s".
func Span(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Span(-d)
	case d < time.Millisecond:
		return "< 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	default:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
}

// Ago returns how long something is ago, in words.
func Ago(p *lang.Printer, d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return p.T("ago.now")
	case d < time.Minute:
		return p.T("ago.seconds", int(d.Seconds()))
	case d < time.Hour:
		return p.T("ago.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return p.T("ago.hours", int(d.Hours()))
	default:
		return p.T("ago.days", int(d.Hours()/24))
	}
}

// avatar returns the letters that stand for a person: two of a Latin name, the last of a Chinese
// one.
func avatar(name string) string {
	var letters []rune
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letters = append(letters, r)
		}
	}
	switch {
	case len(letters) == 0:
		return "·"
	case unicode.Is(unicode.Han, letters[len(letters)-1]):
		return string(letters[len(letters)-1])
	case len(letters) == 1:
		return strings.ToUpper(string(letters))
	default:
		return strings.ToUpper(string(letters[0])) + strings.ToLower(string(letters[1]))
	}
}

// colour returns the class of one of eight colours for an id.
func colour(id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	return fmt.Sprintf("c%d", h.Sum32()%8)
}

// head returns the beginning of a text, in one line.
func head(n int, text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// middle returns a text of at most n characters, with the end of a longer one.
func middle(n int, text string) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	tail := n / 2
	return string(runes[:n-1-tail]) + "…" + string(runes[len(runes)-tail:])
}

// SafeURL returns a URL that a page may link to, with its host: only http and https. Both are empty
// for any other.
func SafeURL(given string) (link, host string) {
	u, err := url.Parse(strings.TrimSpace(given))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", ""
	}
	u.User = nil
	return u.String(), u.Hostname()
}

// textKeys returns the keys of the texts that a template uses with a constant key, and the
// beginning of those that it makes by (print "kind." .Kind), up to the dot.
func textKeys(t *template.Template) map[string]bool {
	keys := map[string]bool{}
	for _, t := range t.Templates() {
		if t.Tree != nil && t.Tree.Root != nil {
			walk(t.Tree.Root, func(args []parse.Node) {
				if len(args) < 2 {
					return
				}
				name, isFunc := args[0].(*parse.IdentifierNode)
				key, isText := args[1].(*parse.StringNode)
				if isFunc && isText && (name.Ident == "t" || name.Ident == "print" && strings.HasSuffix(key.Text, ".")) {
					keys[key.Text] = true
				}
			})
		}
	}
	return keys
}

// walk calls visit with the arguments of all commands below a node.
func walk(node parse.Node, visit func([]parse.Node)) {
	pipe := func(p *parse.PipeNode) {
		if p != nil {
			walk(p, visit)
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := node.(type) {
	case *parse.ListNode:
		for _, child := range n.Nodes {
			walk(child, visit)
		}
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			visit(c.Args)
			for _, arg := range c.Args {
				walk(arg, visit)
			}
		}
	}
}
