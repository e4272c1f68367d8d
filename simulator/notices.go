package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// party is somebody in a notice.
type party struct{ wxid, nick string }

func (p *people) parties(wxids ...string) []party {
	var ps []party
	for _, wxid := range wxids {
		c, _ := p.profile(wxid)
		ps = append(ps, party{wxid, c.Nickname})
	}
	return ps
}

// link is a placeholder of a template, and what stands there.
type link struct {
	name    string
	parties []party
}

// templateXML is a notice with names in it. What happened is told by the names of the placeholders, in whatever language.
func templateXML(text string, links ...link) string {
	var b strings.Builder
	kind := "tmpl_type_profile"
	if strings.Contains(text, "$revoke$") {
		kind = "tmpl_type_profilewithrevoke"
	}
	fmt.Fprintf(&b, "<sysmsg type=\"sysmsgtemplate\">\n\t<sysmsgtemplate>\n\t\t<content_template type=%q>\n\t\t\t<plain><![CDATA[]]></plain>\n"+
		"\t\t\t<template>%s</template>\n\t\t\t<link_list>\n", kind, cdata(text))
	for _, l := range links {
		fmt.Fprintf(&b, "\t\t\t\t<link name=%q type=\"link_profile\">\n\t\t\t\t\t<memberlist>\n", l.name)
		for _, p := range l.parties {
			b.WriteString("\t\t\t\t\t\t<member>\n")
			if p.wxid != "" {
				b.WriteString("\t\t\t\t\t\t\t<username>" + cdata(p.wxid) + "</username>\n")
			}
			b.WriteString("\t\t\t\t\t\t\t<nickname>" + cdata(p.nick) + "</nickname>\n\t\t\t\t\t\t</member>\n")
		}
		b.WriteString("\t\t\t\t\t</memberlist>\n\t\t\t\t\t<separator><![CDATA[、]]></separator>\n\t\t\t\t</link>\n")
	}
	if strings.Contains(text, "$revoke$") {
		b.WriteString("\t\t\t\t<link name=\"revoke\" type=\"link_revoke\" hidden=\"1\">\n\t\t\t\t\t<title><![CDATA[撤销]]></title>\n" +
			"\t\t\t\t\t<usernamelist>\n\t\t\t\t\t</usernamelist>\n\t\t\t\t</link>\n")
	}
	b.WriteString("\t\t\t</link_list>\n\t\t</content_template>\n\t</sysmsgtemplate>\n</sysmsg>\n")
	return b.String()
}

// notify posts a notice of a conversation to one account: a template, or a plain text. from is the group, or the peer.
func (s *Simulator) notify(a *account, from, content string) *entry {
	msgType := typeNotice
	if strings.HasPrefix(content, "<") {
		msgType = typeSystem
	}
	e := &entry{only: a, Message: Message{
		AppID: a.AppID, Conversation: from, From: from, To: a.Wxid, MsgType: msgType, Content: content,
		Time: s.now(), NewMsgID: s.ids.newMsgID(), Callback: CallbackNone,
	}}
	if isGroup(from) {
		e.To = from
	}
	e.Kind, e.Text = describe(msgType, content)
	s.publish(e, nil)
	return e
}

// accountsIn are the accounts in a group.
func (s *Simulator) accountsIn(g *Group) []*account {
	var as []*account
	for _, a := range s.people.accounts {
		if g.has(a.Wxid) {
			as = append(as, a)
		}
	}
	return as
}

// inform gives each account in a group its notice, an empty one being none, and tells it that the group has changed.
func (s *Simulator) inform(g *Group, notice func(a *account) string) {
	for _, a := range s.accountsIn(g) {
		if content := notice(a); content != "" {
			s.notify(a, g.ID, content)
		}
		s.modified(a, g.ID)
	}
}

// without are the others.
func without(wxids []string, wxid string) []string {
	others := []string{}
	for _, w := range wxids {
		if w != wxid {
			others = append(others, w)
		}
	}
	return others
}

func quoted(ps []party) string {
	var names []string
	for _, p := range ps {
		names = append(names, p.nick)
	}
	return `"` + strings.Join(names, "、") + `"`
}

// invited is the notice that somebody has brought people into a group.
func (s *Simulator) invited(g *Group, by string, who []string) {
	names := func(wxids ...string) []party { return s.people.parties(wxids...) }
	s.inform(g, func(a *account) string {
		switch {
		case a.Wxid == by:
			return templateXML(`你邀请"$names$"加入了群聊  $revoke$`, link{"names", names(who...)})
		case slices.Contains(who, a.Wxid):
			var others []string
			for _, m := range g.Members {
				others = append(others, m.Wxid)
			}
			return templateXML(`"$username$"邀请你加入了群聊，群聊参与人还有：$others$`, link{"username", names(by)},
				link{"others", names(without(without(others, a.Wxid), by)...)})
		default:
			return templateXML(`"$username$"邀请"$names$"加入了群聊`, link{"username", names(by)}, link{"names", names(who...)})
		}
	})
}

// scanned is the notice that somebody has come in by a QR code.
func (s *Simulator) scanned(g *Group, from, who string) {
	s.inform(g, func(a *account) string {
		switch a.Wxid {
		case who:
			return "你通过扫描" + quoted(s.people.parties(from)) + "分享的二维码加入群聊"
		case from:
			return templateXML(`"$adder$"通过扫描你分享的二维码加入群聊  $revoke$`, link{"adder", s.people.parties(who)})
		default:
			return templateXML(`" $adder$"通过扫描"$from$"分享的二维码加入群聊`, link{"adder", s.people.parties(who)}, link{"from", s.people.parties(from)})
		}
	})
}

// renamed is the notice of a group's new name.
func (s *Simulator) renamed(g *Group, by string) {
	s.inform(g, func(a *account) string {
		if a.Wxid == by {
			return "你修改群名为“" + g.Name + "”"
		}
		return templateXML(`"$username$"修改群名为“$remark$”`, link{"username", s.people.parties(by)}, link{"remark", []party{{nick: g.Name}}})
	})
}

// newOwner is the notice of a group's new owner.
func (s *Simulator) newOwner(g *Group) {
	s.inform(g, func(a *account) string {
		if a.Wxid == g.Owner {
			return "你已成为新群主"
		}
		return templateXML(`"$ownername$"已成为新群主`, link{"ownername", s.people.parties(g.Owner)})
	})
}

// announced is the notice of a group's new announcement. It comes from its author, and not from the group.
func (s *Simulator) announced(g *Group, by, text string) {
	now := s.now()
	id := fmt.Sprintf("%s_%s_%d_%d", by, g.ID, now, s.ids.rand.Int32())
	item := fmt.Sprintf("<group_notice_item type=\"18\">\n\t<edittime>%d</edittime>\n\t<version>1</version>\n\t<source sourcetype=\"6\">\n"+
		"\t\t<fromusr>%s</fromusr>\n\t\t<tousr>%s</tousr>\n\t</source>\n\t<datalist count=\"1\">\n\t\t<dataitem datatype=\"1\" htmlid=\"-1\">\n"+
		"\t\t\t<datadesc>%s</datadesc>\n\t\t</dataitem>\n\t</datalist>\n\t<announcement_id>%s</announcement_id>\n</group_notice_item>",
		now, esc(by), esc(g.ID), esc(text), esc(id))
	content := "<sysmsg type=\"mmchatroombarannouncememt\">\n  <mmchatroombarannouncememt>\n    <content>" + cdata(text) + "</content>\n    <xmlcontent>" +
		cdata(item) + "</xmlcontent>\n    <announcement_id>" + cdata(id) + "</announcement_id>\n  </mmchatroombarannouncememt>\n</sysmsg>\n"
	for _, a := range s.accountsIn(g) {
		if a.Wxid == by {
			continue
		}
		e := &entry{only: a, bare: true, Message: Message{
			AppID: a.AppID, Conversation: g.ID, From: by, To: g.ID, MsgType: typeSystem, Content: content,
			Time: now, NewMsgID: s.ids.newMsgID(), Callback: CallbackNone, Kind: KindRaw,
		}}
		s.publish(e, nil)
	}
}
