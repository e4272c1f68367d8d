package guard

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// compare is the form in which words are compared: without spaces and what cannot be seen, which
// people put between the characters of a word to hide it.
func compare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, matching.Fold(text))
}

// said is what a person says with a message, and the addresses that it opens. What an answer quotes
// was said by somebody else.
func said(c *router.Context) (text, address string) {
	switch p := c.Event.Payload().(type) {
	case *xmlmsg.Text, *xmlmsg.Quote:
		return c.Text(), ""
	case *xmlmsg.Link:
		return p.Title + "\n" + p.Desc, p.URL
	case *xmlmsg.MiniProgram:
		return p.Title, ""
	case *xmlmsg.File:
		return p.Name, ""
	case *xmlmsg.Card:
		return p.Nickname, ""
	}
	return "", ""
}

// reason is why a message is not allowed; its text is empty if it is, and does not repeat the
// message.
type reason struct {
	text     string
	arguable bool // whether a model that reads the text may see it in another light
}

func (g *guard) reason(c *router.Context) (reason, error) {
	text, address := said(c)
	if why := g.ofText(text); why != "" {
		return reason{why, true}, nil
	}
	if why := g.ofName(c.SenderName()); why != "" {
		return reason{text: why}, nil
	}
	isNew := false
	if g.c.NewMembers.For > 0 {
		if _, err := c.Store(router.ByChat).Get(c, "new/"+c.Sender(), &isNew); err != nil {
			return reason{}, err
		}
	}
	if g.c.Links != nil || isNew && g.c.NewMembers.NoLinks {
		for _, host := range plugin.Hosts(text + "\n" + address) {
			if isNew && g.c.NewMembers.NoLinks {
				return reason{"新成员发链接", true}, nil
			}
			if !g.c.Links.allows(host) {
				return reason{"链接不在允许的网站里", true}, nil
			}
		}
	}
	newCards := isNew && g.c.NewMembers.NoCards
	switch kind := c.Event.Kind(); {
	case kind == xmlmsg.KindCard && (g.c.Cards || newCards):
		return reason{text: "名片"}, nil
	case kind == xmlmsg.KindMiniProgram && (g.c.MiniPrograms || newCards):
		return reason{text: "小程序"}, nil
	}
	why, err := g.ofFrequency(c, text)
	return reason{text: why}, err
}

// ofName is what is wrong with a nickname.
func (g *guard) ofName(name string) string {
	if !g.c.Nicknames || name == "" {
		return ""
	}
	if why := g.ofWords(name); why != "" {
		return "昵称含" + why
	}
	if g.c.Links != nil && slices.ContainsFunc(plugin.Hosts(name), func(host string) bool { return !g.c.Links.allows(host) }) {
		return "昵称含链接"
	}
	return ""
}

// ofWords is what is wrong with the words of a text.
func (g *guard) ofWords(text string) string {
	compared := compare(text)
	for _, word := range g.words {
		if strings.Contains(compared, word) {
			return "屏蔽词"
		}
	}
	for _, re := range g.patterns {
		if re.MatchString(text) {
			return "屏蔽规则"
		}
	}
	return ""
}

// ofText is what is wrong with a text by itself.
func (g *guard) ofText(text string) string {
	if why := g.ofWords(text); why != "" {
		return why
	}
	if g.c.MaxLength > 0 && utf8.RuneCountInString(text) > g.c.MaxLength {
		return "文字太长"
	}
	return ""
}

// ofFrequency is what is wrong with how often somebody writes.
func (g *guard) ofFrequency(c *router.Context, text string) (string, error) {
	mine := c.Store(router.BySender)
	if f := g.c.Flood; f.Messages > 0 {
		if n, err := mine.Window(c, "flood", f.In); err != nil || n > f.Messages {
			return "刷屏", err
		}
	}
	if r := g.c.Repeats; r.Times > 0 && text != "" {
		key := fmt.Sprintf("said/%x", sha256.Sum256([]byte(compare(text))))
		if n, err := mine.Window(c, key, r.In); err != nil || n > r.Times {
			return "重复发同样的内容", err
		}
	}
	return "", nil
}

// allows reports whether links to a host are allowed.
func (l *Links) allows(host string) bool {
	if l == nil {
		return true
	}
	for _, allowed := range l.Allow {
		allowed = strings.ToLower(strings.TrimSpace(allowed))
		if host == allowed || strings.HasSuffix(host, "."+allowed) {
			return true
		}
	}
	return false
}
