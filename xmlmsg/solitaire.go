package xmlmsg

// Solitaire is a sign-up list to which the members of a group add a line each (接龙, appmsg type 53).
// Every addition is a new message with the whole list; its sender added the last line. A list that
// is typed as a plain text is a Text.
type Solitaire struct {
	Text    string           `json:"text"`   // the whole visible text
	Author  string           `json:"author"` // wxid of the member who started it
	Entries []SolitaireEntry `json:"entries"`

	AppInfo
}

// SolitaireEntry is one line of a Solitaire.
type SolitaireEntry struct {
	Wxid string `json:"wxid"`
	Time int64  `json:"time"` // Unix seconds
	Text string `json:"text"` // the line; empty if the message does not say where it is in Text
}

// Kind returns KindSolitaire.
func (*Solitaire) Kind() Kind { return KindSolitaire }

func (p Parser) parseSolitaire(app element, info AppInfo) Payload {
	s := &Solitaire{Text: app.text("title"), AppInfo: info}
	p.nested(app.child("extinfo").child("solitaire_info"), func(doc element) {
		list := doc.child("solitaire")
		s.Author = list.text("au")
		for i := range list.child("content").children {
			if i.name() == "i" {
				s.Entries = append(s.Entries, SolitaireEntry{Wxid: i.text("u"), Time: i.int64("t"), Text: cutRange(s.Text, i.text("r"))})
			}
		}
	})
	return s
}

// cutRange cuts "offset-length", in characters, out of a text.
func cutRange(text, place string) string {
	n := digits(place)
	if n == 0 || n == len(place) || place[n] != '-' {
		return ""
	}
	runes := []rune(text)
	start := min(toInt(place[:n]), len(runes))
	return string(runes[start:min(start+toInt(place[n+1:]), len(runes))])
}
