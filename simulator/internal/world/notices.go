package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// party is a person in a notice.
type party struct{ wxid, nick string }

func (p *People) parties(wxids ...string) []party {
	var ps []party
	for _, wxid := range wxids {
		c, _ := p.Profile(wxid)
		ps = append(ps, party{wxid, c.Nickname})
	}
	return ps
}

// link is a placeholder of a template, and the people that it stands for.
type link struct {
	name    string
	parties []party
}

// templateXML returns a notice with names in it. The names of the placeholders tell what has
// happened, in any language.
func templateXML(text string, links ...link) string {
	var b strings.Builder
	kind := "tmpl_type_profile"
	if strings.Contains(text, "$revoke$") {
		kind = "tmpl_type_profilewithrevoke"
	}
	fmt.Fprintf(&b, "<sysmsg type=\"sysmsgtemplate\">\n\t<sysmsgtemplate>\n\t\t"+
		"<content_template type=%q>\n\t\t\t<plain><![CDATA[]]></plain>\n"+
		"\t\t\t<template>%s</template>\n\t\t\t<link_list>\n", kind, message.CDATA(text))
	for _, l := range links {
		fmt.Fprintf(&b, "\t\t\t\t<link name=%q type=\"link_profile\">\n\t\t\t\t\t<memberlist>\n", l.name)
		for _, p := range l.parties {
			b.WriteString("\t\t\t\t\t\t<member>\n")
			if p.wxid != "" {
				b.WriteString("\t\t\t\t\t\t\t<username>" + message.CDATA(p.wxid) + "</username>\n")
			}
			b.WriteString("\t\t\t\t\t\t\t<nickname>" + message.CDATA(p.nick) + "</nickname>\n\t\t\t\t\t\t</member>\n")
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

// Notify posts a notice to one account: a template or a plain text. from is the group or the peer.
func (w *World) Notify(a *Account, from, content string) *Entry {
	msgType := message.TypeNotice
	if strings.HasPrefix(content, "<") {
		msgType = message.TypeSystem
	}
	e := &Entry{only: a, Message: message.Message{
		AppID: a.AppID, Conversation: from, From: from, To: a.Wxid, MsgType: msgType, Content: content,
		Time: w.Now(), NewMsgID: w.IDs.NewMsgID(), Callback: message.CallbackNone,
	}}
	if IsGroup(from) {
		e.To = from
	}
	e.Kind, e.Text = message.Describe(msgType, content)
	w.Publish(e, nil)
	return e
}

// accountsIn returns the accounts in a group.
func (w *World) accountsIn(g *Group) []*Account {
	var as []*Account
	for _, a := range w.People.Accounts {
		if g.Has(a.Wxid) {
			as = append(as, a)
		}
	}
	return as
}

// Inform posts to each account in a group its notice, if it is not empty, and that the group has
// changed.
func (w *World) Inform(g *Group, notice func(a *Account) string) {
	for _, a := range w.accountsIn(g) {
		if content := notice(a); content != "" {
			w.Notify(a, g.ID, content)
		}
		w.PostModContacts(a, g.ID)
	}
}

// Without returns the wxids except one.
func Without(wxids []string, wxid string) []string {
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

// NotifyAdded posts the notice that a member has added people.
func (w *World) NotifyAdded(g *Group, by string, who []string) {
	names := func(wxids ...string) []party { return w.People.parties(wxids...) }
	w.Inform(g, func(a *Account) string {
		switch {
		case a.Wxid == by:
			return templateXML(`你邀请"$names$"加入了群聊  $revoke$`, link{"names", names(who...)})
		case slices.Contains(who, a.Wxid):
			var others []string
			for _, m := range g.Members {
				others = append(others, m.Wxid)
			}
			return templateXML(`"$username$"邀请你加入了群聊，群聊参与人还有：$others$`, link{"username", names(by)},
				link{"others", names(Without(Without(others, a.Wxid), by)...)})
		default:
			return templateXML(`"$username$"邀请"$names$"加入了群聊`, link{"username", names(by)}, link{"names", names(who...)})
		}
	})
}

// NotifyJoinedByQR posts the notice that a person has joined by a QR code.
func (w *World) NotifyJoinedByQR(g *Group, from, who string) {
	w.Inform(g, func(a *Account) string {
		switch a.Wxid {
		case who:
			return "你通过扫描" + quoted(w.People.parties(from)) + "分享的二维码加入群聊"
		case from:
			return templateXML(`"$adder$"通过扫描你分享的二维码加入群聊  $revoke$`, link{"adder", w.People.parties(who)})
		default:
			return templateXML(`" $adder$"通过扫描"$from$"分享的二维码加入群聊`, link{"adder", w.People.parties(who)},
				link{"from", w.People.parties(from)})
		}
	})
}

// NotifyRenamed posts the notice of a group's new name.
func (w *World) NotifyRenamed(g *Group, by string) {
	w.Inform(g, func(a *Account) string {
		if a.Wxid == by {
			return "你修改群名为“" + g.Name + "”"
		}
		return templateXML(`"$username$"修改群名为“$remark$”`, link{"username", w.People.parties(by)}, link{"remark", []party{{nick: g.Name}}})
	})
}

// notifyNewOwner posts the notice of a group's new owner.
func (w *World) notifyNewOwner(g *Group) {
	w.Inform(g, func(a *Account) string {
		if a.Wxid == g.Owner {
			return "你已成为新群主"
		}
		return templateXML(`"$ownername$"已成为新群主`, link{"ownername", w.People.parties(g.Owner)})
	})
}

// notifyAnnouncement posts the notice of an announcement. It comes from its author, not from the
// group.
func (w *World) notifyAnnouncement(g *Group, by, text string) {
	now := w.Now()
	id := fmt.Sprintf("%s_%s_%d_%d", by, g.ID, now, w.IDs.rand.Int32())
	item := fmt.Sprintf("<group_notice_item type=\"18\">\n\t<edittime>%d</edittime>\n\t<version>1</version>\n\t<source sourcetype=\"6\">\n"+
		"\t\t<fromusr>%s</fromusr>\n\t\t<tousr>%s</tousr>\n\t</source>\n\t<datalist count=\"1\">\n\t\t"+
		"<dataitem datatype=\"1\" htmlid=\"-1\">\n"+
		"\t\t\t<datadesc>%s</datadesc>\n\t\t</dataitem>\n\t</datalist>\n\t<announcement_id>%s</announcement_id>\n</group_notice_item>",
		now, message.Escape(by), message.Escape(g.ID), message.Escape(text), message.Escape(id))
	content := "<sysmsg type=\"mmchatroombarannouncememt\">\n  <mmchatroombarannouncememt>\n    <content>" + message.CDATA(text) +
		"</content>\n    <xmlcontent>" +
		message.CDATA(item) + "</xmlcontent>\n    <announcement_id>" + message.CDATA(id) +
		"</announcement_id>\n  </mmchatroombarannouncememt>\n</sysmsg>\n"
	for _, a := range w.accountsIn(g) {
		if a.Wxid == by {
			continue
		}
		e := &Entry{only: a, bare: true, Message: message.Message{
			AppID: a.AppID, Conversation: g.ID, From: by, To: g.ID, MsgType: message.TypeSystem, Content: content,
			Time: now, NewMsgID: w.IDs.NewMsgID(), Callback: message.CallbackNone, Kind: message.KindRaw,
		}}
		w.Publish(e, nil)
	}
}
