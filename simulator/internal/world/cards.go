package world

import (
	"fmt"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// CardXML returns the name card of a contact.
func CardXML(c Contact) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg bigheadimgurl="" smallheadimgurl="" username="%s" nickname="%s" fullpy="" shortpy="" alias="%s" imagestatus="3" scene="17" `+
		`province="%s" city="%s" sign="" sex="%d" certflag="0" certinfo="" brandFlags="0" regionCode="" />
`, message.Escape(c.Wxid), message.Escape(c.Nickname), message.Escape(c.Alias), message.Escape(c.Province), message.Escape(c.City), c.Sex)
}

// requestXML returns the content of a friend request.
func (w *World) requestXML(c Contact, greeting string, scene int) string {
	return fmt.Sprintf(`<msg fromusername="%s" encryptusername="%s" fromnickname="%s" content="%s" fullpy="" shortpy="" `+
		`imagestatus="3" scene="%d" country="%s" province="%s" city="%s" sign="%s" percard="1" sex="%d" alias="%s" weibo="" `+
		`albumflag="0" albumstyle="0" albumbgimgid="" snsflag="257" snsbgimgid="" `+
		`snsbgobjectid="14917874015134792651" mhash="" mfullhash="" `+
		`bigheadimgurl="%s" smallheadimgurl="%s" ticket="%s" opcode="2" `+
		`googlecontact="" qrticket="" chatroomusername="" sourceusername="" sourcenickname="" sharecardusername="" `+
		`sharecardnickname="" cardversion="" extflag="0">`+"\n\t<brandlist count=\"0\" ver=\"0\" />\n</msg>",
		message.Escape(c.Wxid), w.IDs.Ticket("v3", c.Wxid), message.Escape(c.Nickname), message.Escape(greeting), scene,
		message.Escape(c.Country), message.Escape(c.Province), message.Escape(c.City),
		message.Escape(c.Signature), c.Sex, message.Escape(c.Alias), Avatar(c.Wxid, AvatarLarge), Avatar(c.Wxid, AvatarSmall),
		w.IDs.Ticket("v4", c.Wxid))
}

// inviteXML returns the card that invites an account to a group.
func inviteXML(from, nick string, g *Group, url string) string {
	return message.AppXML(from, "邀请你加入群聊", fmt.Sprintf("%q邀请你加入群聊%q，进入可查看详情。", nick, g.Name), message.AppLink, url, message.NoAttachment,
		Avatar(g.ID, AvatarLarge), "")
}

// applicationXML returns the notice by which the owner and the administrators of a group learn that
// a member wants to add people.
func applicationXML(g *Group, inviter party, reason, ticket string, who []party) string {
	var members strings.Builder
	for _, p := range who {
		fmt.Fprintf(&members, "\t\t\t\t<member>\n\t\t\t\t\t<username>%s</username>\n"+
			"\t\t\t\t\t<nickname>%s</nickname>\n\t\t\t\t\t<headimgurl>%s</headimgurl>\n\t\t\t\t</member>\n",
			message.CDATA(p.wxid), message.CDATA(p.nick), message.CDATA(Avatar(p.wxid, AvatarSmall)))
	}
	const name = "NewXmlChatRoomAccessVerifyApplication"
	return fmt.Sprintf("<sysmsg type=\"%[1]s\">\n\t<%[1]s>\n\t\t<text>%[2]s</text>\n\t\t<RoomName>%[3]s</RoomName>\n\t\t<link>\n"+
		"\t\t\t<text><![CDATA[去确认]]></text>\n\t\t\t<ticket>%[4]s</ticket>\n\t\t\t<inviterusername>%[5]s</inviterusername>\n"+
		"\t\t\t<invitationreason>%[6]s</invitationreason>\n\t\t\t<memberlist>\n\t\t\t\t<memberlistsize>%[7]d</memberlistsize>\n%[8]s"+
		"\t\t\t</memberlist>\n\t\t</link>\n\t</%[1]s>\n</sysmsg>\n",
		name, message.CDATA(fmt.Sprintf("%q想邀请%d位朋友进群 ", inviter.nick, len(who))), message.CDATA(g.ID), message.CDATA(ticket),
		message.CDATA(inviter.wxid), message.CDATA(reason),
		len(who), members.String())
}
