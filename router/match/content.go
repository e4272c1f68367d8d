package match

import (
	"net/url"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Notice matches notices of WeChat that report one of these.
func Notice(notices ...xmlmsg.Notice) Matcher {
	words := make([]string, len(notices))
	for i, n := range notices {
		words[i] = string(n)
	}
	return newOneOf("Notice", func(s *Subject) string {
		if n, ok := s.Event.Payload().(*xmlmsg.System); ok {
			return string(n.Notice)
		}
		return ""
	}, words)
}

// LinkHost matches links, songs and other app messages whose URL is on one of these hosts, or on a
// host below one: "example.com" also stands for "www.example.com".
func LinkHost(hosts ...string) Matcher {
	clean := make([]string, len(hosts))
	for i, h := range hosts {
		clean[i] = strings.ToLower(strings.Trim(h, ". "))
	}
	return &linkHost{newOneOf("LinkHost", nil, clean)}
}

type linkHost struct{ *oneOf }

func (m *linkHost) Match(s *Subject) bool {
	u, err := url.Parse(linkOf(s.Event.Payload()))
	if err != nil || u.Hostname() == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	for _, k := range m.keys {
		if host == k || strings.HasSuffix(host, "."+k) {
			return true
		}
	}
	return false
}

func (m *linkHost) Covers(other Matcher) bool {
	o, ok := other.(*linkHost)
	return ok && m.oneOf.Covers(o.oneOf)
}

func linkOf(p xmlmsg.Payload) string {
	switch p := p.(type) {
	case *xmlmsg.Link:
		return p.URL
	case *xmlmsg.GroupInvite:
		return p.URL
	case *xmlmsg.Music:
		return p.URL
	case *xmlmsg.MiniProgram:
		return p.URL
	case *xmlmsg.App:
		return p.URL
	}
	return ""
}

// FromOfficial matches messages of official accounts. They reach a route only if the bot lets them
// pass: by default it drops them.
func FromOfficial() Matcher {
	return &is{name: "FromOfficial", test: func(s *Subject) bool { return s.Event.Conversation.IsOfficial() }}
}
