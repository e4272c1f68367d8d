package collect

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// textOf are the title and the words of a page of HTML, or of plain text. Scripts, styles and what
// leads to other pages of the site are left out.
func textOf(body []byte, contentType string) (title, words string) {
	contentType = strings.ToLower(contentType)
	head := bytes.ToLower(body[:min(len(body), 1024)])
	for _, name := range []string{"gb2312", "gbk", "gb18030"} {
		if strings.Contains(contentType, "charset="+name) || bytes.Contains(head, []byte("charset="+name)) ||
			bytes.Contains(head, []byte(`charset="`+name)) {
			if decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body); err == nil {
				body = decoded
			}
			break
		}
	}
	switch {
	case strings.HasPrefix(contentType, "text/plain"):
		return "", string(body)
	case contentType != "" && !strings.Contains(contentType, "html"):
		return "", ""
	}
	var text strings.Builder
	var within []atom.Atom // elements whose words do not count, and title
	for z := html.NewTokenizer(bytes.NewReader(body)); ; {
		switch z.Next() { //nolint:exhaustive // the others have no words
		case html.ErrorToken:
			return strings.TrimSpace(title), lines(text.String())
		case html.StartTagToken:
			name, _ := z.TagName()
			if a := atom.Lookup(name); silent(a) || a == atom.Title {
				within = append(within, a)
			} else if block(a) {
				text.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if i := slices.Index(within, a); i >= 0 {
				within = within[:i]
			} else if block(a) {
				text.WriteByte('\n')
			}
		case html.TextToken:
			switch {
			case len(within) == 0:
				text.Write(z.Text())
			case within[0] == atom.Title && title == "":
				title = string(z.Text())
			}
		}
	}
}

// silent reports whether the words in an element are not those of the page.
func silent(a atom.Atom) bool {
	return slices.Contains([]atom.Atom{
		atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Select,
		atom.Button, atom.Textarea,
	}, a)
}

func block(a atom.Atom) bool {
	return slices.Contains([]atom.Atom{
		atom.P, atom.Div, atom.Br, atom.Li, atom.Tr, atom.H1, atom.H2, atom.H3, atom.H4, atom.Section, atom.Article, atom.Blockquote,
	}, a)
}

// lines are the lines of a text that have something in them.
func lines(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}
