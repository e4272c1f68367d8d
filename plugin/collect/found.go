package collect

import (
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// found are the links of a message. An invitation to a group is none.
func found(payload xmlmsg.Payload) (all []row) {
	page := func(title, address, source string) {
		kind := "link"
		if hostOf(address) == articleHost {
			kind = "article"
		}
		all = append(all, row{Type: kind, Title: title, URL: canonical(address), Source: source, address: address})
	}
	switch m := payload.(type) {
	case *xmlmsg.Text:
		for _, address := range links(m.Body) {
			page("", address, "")
		}
	case *xmlmsg.Quote:
		for _, address := range links(m.Text) {
			page("", address, "")
		}
	case *xmlmsg.Link:
		for _, a := range m.Articles {
			page(a.Title, a.URL, m.SourceName)
		}
		if len(m.Articles) == 0 {
			page(m.Title, m.URL, m.SourceName)
		}
	case *xmlmsg.MiniProgram:
		path, _, _ := strings.Cut(m.PagePath, "?")
		all = append(all, row{Type: "mini_program", Title: m.Title, URL: "miniprogram://" + m.AppID + "/" + path, Source: m.DisplayName})
	case *xmlmsg.FinderFeed:
		all = append(all, row{
			Type: "finder", Title: m.Desc, URL: "finder://feed/" + strconv.FormatUint(m.ObjectID, 10), Source: m.Nickname,
		})
	case *xmlmsg.FinderLive:
		all = append(all, row{Type: "finder", Title: m.Desc, URL: "finder://live/" + strconv.FormatUint(m.LiveID, 10), Source: m.Nickname})
	case *xmlmsg.FinderCard:
		all = append(all, row{Type: "finder", Title: m.Nickname, URL: "finder://card/" + m.Username, Source: m.Nickname})
	}
	return all
}
