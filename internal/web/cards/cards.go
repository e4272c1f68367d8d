// Package cards makes message cards of payloads: it decides how each kind of message looks.
package cards

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Names returns the name of a person by the wxid.
type Names func(wxid string) string

// Kind returns the word for a kind of message.
func Kind(p *lang.Printer, k xmlmsg.Kind) string {
	if key := "kind." + string(k); p.Has(key) {
		return p.T(key)
	}
	return string(k)
}

// Of returns the card of a payload: its look and content. The caller adds who wrote it and when. No
// secret of the payload is in it.
func Of(payload xmlmsg.Payload, p *lang.Printer, names Names) web.Card {
	c := web.Card{Look: web.LookCard, Kind: Kind(p, payload.Kind())}
	c.Label = c.Kind
	switch m := payload.(type) {
	case *xmlmsg.Text:
		c.Look, c.Text = web.LookText, m.Body
		c.Spans = spans(m, names)
	case *xmlmsg.Quote:
		c.Look, c.Text = web.LookText, m.Text
		c.Quote = &web.Quote{Name: cmp.Or(m.Refer.Name, names(m.Refer.Sender)), Text: brief(m.Refer.Payload, p)}
		if m.Refer.PartialText != "" {
			c.Quote.Text = m.Refer.PartialText
		}
	case *xmlmsg.Solitaire:
		c.Look, c.Text = web.LookAnnounce, m.Text
	case *xmlmsg.Announcement:
		c.Look, c.Text = web.LookAnnounce, m.Text
	case *xmlmsg.Todo:
		c.Look, c.Text = web.LookAnnounce, m.Title
	case *xmlmsg.TopMessage:
		c.Look, c.Text = web.LookNotice, p.T("notice.top", cmp.Or(m.Nickname, names(m.Username)))
	case *xmlmsg.VoIP:
		c.Look, c.Text = web.LookNotice, cmp.Or(m.Text, c.Kind)
	case *xmlmsg.Pat:
		c.Look, c.Text = web.LookNotice, pat(m, p, names)
	case *xmlmsg.Revoke:
		c.Look, c.Text = web.LookNotice, m.Text
	case *xmlmsg.System:
		c.Look, c.Text = web.LookNotice, strings.TrimSpace(m.Plain)
	case *xmlmsg.FriendRequest:
		c.Look, c.Title, c.Text = web.LookRequest, m.FromNickname, m.Content
	case *xmlmsg.GroupInvite:
		c.Look, c.Title, c.Text = web.LookRequest, m.Title, m.Desc
	case *xmlmsg.JoinRequest:
		c.Look, c.Title, c.Text = web.LookRequest, m.Text, m.Reason
	case *xmlmsg.Raw:
		c.Look, c.Label, c.Raw = web.LookUnknown, p.T("card.unread", m.Type), m.Content
		if len(c.Raw) > maxRaw {
			c.Raw = strings.ToValidUTF8(c.Raw[:maxRaw], "") + "…"
		}
	case *xmlmsg.SysMsg:
		c.Look, c.Text = web.LookNotice, c.Kind+": "+m.Type
	case *xmlmsg.StatusSync:
		c.Look, c.Text = web.LookNotice, c.Kind+": "+m.Name
	default:
		ofMedia(&c, payload)
		ofCard(&c, payload)
		ofMoney(&c, payload)
	}
	return c
}

// maxRaw bounds what is shown of content that could not be read.
const maxRaw = 2 << 10

// ofMedia fills in the cards of files, pictures and sounds.
func ofMedia(c *web.Card, payload xmlmsg.Payload) {
	switch m := payload.(type) {
	case *xmlmsg.File:
		c.Look, c.Name, c.Size = web.LookFile, m.Name, m.Size
	case *xmlmsg.FileNotice:
		c.Look, c.Name, c.Size, c.Pending = web.LookFile, m.Name, m.Size, true
	case *xmlmsg.Image:
		c.Look, c.Size, c.Width, c.Height = web.LookPicture, cmp.Or(m.HDLength, m.Length), m.ThumbWidth, m.ThumbHeight
	case *xmlmsg.AppImage:
		c.Look, c.Size, c.Text = web.LookPicture, m.Size, m.Title
	case *xmlmsg.Emoji:
		c.Look, c.Size, c.Width, c.Height = web.LookPicture, m.Length, m.Width, m.Height
	case *xmlmsg.AppEmoji:
		c.Look, c.Size = web.LookPicture, m.Size
	case *xmlmsg.Voice:
		c.Look, c.Seconds = web.LookVoice, int64(m.DurationMS+500)/1000
	case *xmlmsg.Video:
		c.Look, c.Seconds, c.Size, c.Width, c.Height = web.LookPicture, int64(m.DurationS), m.Length, m.ThumbWidth, m.ThumbHeight
	}
}

// ofCard fills in the cards with a title.
func ofCard(c *web.Card, payload xmlmsg.Payload) {
	switch m := payload.(type) {
	case *xmlmsg.Link:
		c.Title, c.Lines = m.Title, lines(m.Desc, m.SourceName)
		c.URL, c.Host = web.SafeURL(m.URL)
	case *xmlmsg.MiniProgram:
		c.Title, c.Lines = m.Title, lines(m.DisplayName, m.AppID)
	case *xmlmsg.Card:
		c.Title, c.Lines = m.Nickname, lines(m.Alias, m.OpenIMDesc)
	case *xmlmsg.FinderCard:
		c.Title, c.Lines = m.Nickname, lines(m.AuthJob)
	case *xmlmsg.FinderFeed:
		c.Title, c.Lines = m.Nickname, lines(m.Desc)
	case *xmlmsg.FinderLive:
		c.Title, c.Lines = m.Nickname, lines(m.Desc)
	case *xmlmsg.Location:
		c.Title, c.Lines = cmp.Or(m.POIName, m.Label), lines(m.Label, fmt.Sprintf("%.5f, %.5f", m.Lat, m.Lng))
	case *xmlmsg.LocationShare:
		c.Title, c.Lines = m.Title, lines(m.Desc)
	case *xmlmsg.ChatRecord:
		c.Title, c.Count, c.Lines = m.Title, m.Count, first(m.Desc)
	case *xmlmsg.Note:
		c.Title, c.Count, c.Lines = m.Title, m.Count, first(m.Desc)
	case *xmlmsg.Music:
		c.Title, c.Lines = m.Title, lines(m.Singer, m.PlayerName)
		c.URL, c.Host = web.SafeURL(m.URL)
	case *xmlmsg.App:
		c.Title, c.Lines = m.Title, lines(m.Desc, m.Name)
		c.URL, c.Host = web.SafeURL(m.URL)
	}
}

// ofMoney fills in the cards of money. They have no button: nothing can be opened here.
func ofMoney(c *web.Card, payload xmlmsg.Payload) {
	switch m := payload.(type) {
	case *xmlmsg.RedPacket:
		c.Look, c.Title = web.LookMoney, cmp.Or(m.Title, m.SenderTitle)
	case *xmlmsg.Transfer:
		c.Look, c.Title, c.Lines = web.LookMoney, m.Fee, lines(m.Memo)
	case *xmlmsg.GroupCollect:
		c.Look, c.Title = web.LookMoney, m.Title
	case *xmlmsg.RedPacketCover:
		c.Look, c.Title, c.Lines = web.LookMoney, m.Title, lines(m.Desc)
	case *xmlmsg.Gift:
		c.Look, c.Title, c.Lines = web.LookMoney, m.SKUTitle, lines(m.Wish)
	}
}

// lines returns the texts that are not empty.
func lines(texts ...string) []string {
	var all []string
	for _, t := range texts {
		if strings.TrimSpace(t) != "" && (len(all) == 0 || all[len(all)-1] != t) {
			all = append(all, t)
		}
	}
	return all
}

// first returns the first four lines of a text.
func first(text string) []string {
	all := lines(strings.Split(text, "\n")...)
	return all[:min(len(all), 4)]
}

// brief returns what a quote shows of the quoted message.
func brief(payload xmlmsg.Payload, p *lang.Printer) string {
	if payload == nil {
		return ""
	}
	c := Of(payload, p, func(wxid string) string { return wxid })
	if c.Look == web.LookText {
		return c.Text
	}
	return strings.TrimSpace("[" + c.Kind + "] " + cmp.Or(c.Name, c.Title, c.Text))
}

// pat returns the sentence of a pat.
func pat(m *xmlmsg.Pat, p *lang.Printer, names Names) string {
	sentence := p.T("notice.pat", names(m.From), names(m.Patted))
	if m.Suffix != "" {
		sentence += " " + m.Suffix
	}
	return sentence
}

// spans sets off the mentions of a text that its at-list names.
func spans(m *xmlmsg.Text, names Names) []web.TextPart {
	if len(m.At) == 0 {
		return nil
	}
	var marks []string
	for _, wxid := range m.At {
		if wxid == xmlmsg.AtAll || wxid == xmlmsg.AtAllAnnouncement {
			marks = append(marks, "@所有人", "@all")
		} else if name := names(wxid); name != "" {
			marks = append(marks, "@"+name)
		}
	}
	var parts []web.TextPart
	rest := m.Body
	for rest != "" {
		at, mark := -1, ""
		for _, candidate := range marks {
			if i := strings.Index(rest, candidate); i >= 0 && (at < 0 || i < at || i == at && len(candidate) > len(mark)) {
				at, mark = i, candidate
			}
		}
		if at < 0 {
			return append(parts, web.TextPart{Text: rest})
		}
		if at > 0 {
			parts = append(parts, web.TextPart{Text: rest[:at]})
		}
		parts = append(parts, web.TextPart{Text: mark, At: true})
		rest = rest[at+len(mark):]
	}
	return parts
}
