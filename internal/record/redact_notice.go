package record

import (
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// placeholders are kept in pseudonyms: $name$.
const placeholders = "$…$"

// pieces is a text in pieces: the words of people are redacted, those of WeChat are not.
type pieces struct {
	r     *Redactor
	text  string
	names [][2]int
	known bool
	at    int // the offset of the next piece
}

// wechats redacts the text of a notice, or of its template.
func (r *Redactor) wechats(text string) *pieces {
	p := &pieces{r: r, text: text}
	trimmed := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "$revoke$"))
	offset := strings.Index(text, trimmed)
	p.names, p.known = xmlmsg.NoticeNames(trimmed)
	for i := range p.names {
		p.names[i][0] += offset
		p.names[i][1] += offset
	}
	return p
}

// next redacts the next piece, which is as long as s.
func (p *pieces) next(s string) string {
	from, to := p.at, min(p.at+len(s), len(p.text))
	p.at = to
	if !p.known || p.text[from:to] != s {
		return p.r.p.text(s, phrases()...)
	}
	var b strings.Builder
	for _, name := range p.names {
		start, end := max(name[0], from), min(name[1], to)
		if start >= end {
			continue
		}
		b.WriteString(p.text[from:start])
		b.WriteString(p.r.p.text(p.text[start:end], placeholders))
		from = end
	}
	b.WriteString(p.text[from:to])
	return b.String()
}
