package xmlmsg_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestPlainNotices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]xmlmsg.Notice{
		`你被"顾北望"移出群聊`: xmlmsg.NoticeSelfRemoved, `You were removed from the group chat by "X"`: xmlmsg.NoticeSelfRemoved,
		`你将"X"移出了群聊`: xmlmsg.NoticeMemberRemoved, `You removed "X" from the group chat`: xmlmsg.NoticeMemberRemoved,
		`"X"邀请"Y"加入了群聊`: xmlmsg.NoticeMemberInvited, `你邀请"X"加入了群聊`: xmlmsg.NoticeMemberInvited,
		`"X" invited "Y" to the group chat`: xmlmsg.NoticeMemberInvited, `You invited X to the group chat`: xmlmsg.NoticeMemberInvited,
		`"X"邀请你加入了群聊，群聊参与人还有：A、B`: xmlmsg.NoticeSelfInvited, `"X"邀请你和"Y"加入了群聊`: xmlmsg.NoticeSelfInvited,
		`X invited you to a group chat with Y`: xmlmsg.NoticeSelfInvited, `X invited you and Y to the group chat`: xmlmsg.NoticeSelfInvited,
		`"X"通过扫描"Y"分享的二维码加入群聊`: xmlmsg.NoticeMemberJoinedQR, `"X"通过扫描你分享的二维码加入群聊`: xmlmsg.NoticeMemberJoinedQR,
		`"X" joined the group chat via the QR Code shared by "Y"`: xmlmsg.NoticeMemberJoinedQR,
		`"X" joined group chat via the QR code you shared`:        xmlmsg.NoticeMemberJoinedQR,
		`你已成为新群主`:                                                 xmlmsg.NoticeOwnerChanged, `"X"已成为新群主`: xmlmsg.NoticeOwnerChanged,
		`你已解散该群聊`: xmlmsg.NoticeDissolved, `群主"X"已解散该群聊`: xmlmsg.NoticeDissolved,
		`群主已启用“群聊邀请确认”，群成员需群主确认才能邀请朋友进群。`: xmlmsg.NoticeInviteConfirmOn,
		`你已添加了X，现在可以开始聊天了。`:               xmlmsg.NoticeFriendAdded, `X刚刚把你添加到通讯录，现在可以开始聊天了。`: xmlmsg.NoticeFriendAdded,
		`You have added X as your WeChat contact. Start chatting!`:                                   xmlmsg.NoticeFriendAdded,
		`X just added you to his/her contacts list. Send a message to him/her now!`:                  xmlmsg.NoticeFriendAdded,
		`X开启了朋友验证，你还不是他（她）朋友。`:                                                                       xmlmsg.NoticeNotFriend,
		`X has enabled Friend Confirmation. …`:                                                       xmlmsg.NoticeNotFriend,
		`消息已发出，但被对方拒收了。`:                                                                             xmlmsg.NoticeRejected,
		`收到红包，请在手机上查看`:                                                                               xmlmsg.NoticeRedPacketHint,
		`发出红包，请在手机上查看`:                                                                               xmlmsg.NoticeRedPacketHint,
		`<img src="a.png"/>  X领取了你的<_wc_custom_link_ color="#FD9931" href="x">红包</_wc_custom_link_>`: xmlmsg.NoticeRedPacketOpened,
		`收款方24小时内未接收你的转账，已过期`:                                                                        xmlmsg.NoticeTransferExpired,
		`位置共享已经结束`:                                                                                   xmlmsg.NoticeLocationShareEnded,
		`something else`:                                                                             xmlmsg.NoticeUnknown,
		``:                                                                                           xmlmsg.NoticeUnknown,
	} {
		s, ok := xmlmsg.Parse(xmlmsg.Message{Type: 10000, Content: text + "  "}).(*xmlmsg.System)
		require.True(t, ok)
		assert.Equal(t, want, s.Notice, text)
		assert.Equal(t, text, s.Text)
	}
	for text, name := range map[string]string{
		`你修改群名为“北岸跑团·夏”`: "北岸跑团·夏", `"Y"修改群名为“X”`: "X", `You changed the group name to "X Y"`: "X Y",
		`"Y" changed the group name to "X"`: "X",
	} {
		s := xmlmsg.Parse(xmlmsg.Message{Type: 10000, Content: text}).(*xmlmsg.System)
		assert.Equal(t, xmlmsg.NoticeRenamed, s.Notice)
		assert.Equal(t, name, s.GroupName)
	}
	s := xmlmsg.Parse(xmlmsg.Message{Type: 10000, Content: `a < b & <a href="x">link</a> &amp; <b>c</b>`}).(*xmlmsg.System)
	assert.Equal(t, "a < b & link & <b>c</b>", s.Plain)
}

func sysmsg(t *testing.T, word, inner string) xmlmsg.Payload {
	t.Helper()
	return xmlmsg.Parse(xmlmsg.Message{Type: 10002, Content: "\n<sysmsg type='" + word + "'>" + inner + "</sysmsg>"})
}

func template(pattern, links string) string {
	return `<sysmsgtemplate><content_template type="tmpl_type_profile"><plain><![CDATA[]]></plain><template><![CDATA[` + pattern +
		`]]></template><link_list>` + links + `</link_list></content_template></sysmsgtemplate>`
}

func link(name, members string) string {
	return `<link name="` + name + `" type="link_profile"><memberlist>` + members +
		`</memberlist><separator><![CDATA[, ]]></separator></link>`
}

func member(wxid, nickname string) string {
	return "<member><username>" + wxid + "</username><nickname><![CDATA[" + nickname + "]]></nickname></member>"
}

// TestTemplates recognizes notices by the names of their placeholders, in a language of which no
// text is known.
func TestTemplates(t *testing.T) {
	t.Parallel()
	a, b := member("wxid_a", "Ana"), member("wxid_b", "Bia")
	for _, test := range []struct {
		inner, text string
		notice      xmlmsg.Notice
	}{
		{template(`Você convidou "$names$"  $revoke$`,
			link("names", a+b)+`<link name="revoke" type="link_revoke" hidden="1"><title>undo</title></link>`), `Você convidou "Ana, Bia"`,
			xmlmsg.NoticeMemberInvited},
		{template(`"$username$" convidou você; $others$`, link("username", a)+link("others", b)), `"Ana" convidou você; Bia`,
			xmlmsg.NoticeSelfInvited},
		{template(`"$username$"邀请你和"$names$"加入了群聊`, link("username", a)+link("names", b)), `"Ana"邀请你和"Bia"加入了群聊`, xmlmsg.NoticeSelfInvited},
		{template(`$adder$ entrou por $from$`, link("adder", a)+link("from", b)), `Ana entrou por Bia`, xmlmsg.NoticeMemberJoinedQR},
		{template(`$kickoutname$ saiu`, link("kickoutname", a)), `Ana saiu`, xmlmsg.NoticeMemberRemoved},
		{template(`$identity$ acabou`, link("identity", a)), `Ana acabou`, xmlmsg.NoticeDissolved},
		{template(`$ownername$ manda`, link("ownername", a)), `Ana manda`, xmlmsg.NoticeOwnerChanged},
		{template(`$other$ $`, link("other", "")), `$`, xmlmsg.NoticeUnknown},
		{`<sysmsgtemplate><content_template><plain>你已成为新群主</plain><template/></content_template></sysmsgtemplate>`, `你已成为新群主`,
			xmlmsg.NoticeOwnerChanged},
		{template(`$names$ a`, link("names", a)) + template(`ignored`, ""), `Ana a`, xmlmsg.NoticeMemberInvited},
	} {
		s, ok := sysmsg(t, "sysmsgtemplate", test.inner).(*xmlmsg.System)
		require.True(t, ok)
		assert.Equal(t, test.notice, s.Notice, test.inner)
		assert.Equal(t, test.text, s.Text, test.inner)
	}
	s := sysmsg(t, "sysmsgtemplate", template(`"$username$" → “$remark$”`,
		link("username", a)+link("remark", "<member><nickname>New name</nickname></member>"))).(*xmlmsg.System)
	assert.Equal(t, []any{xmlmsg.NoticeRenamed, "New name"}, []any{s.Notice, s.GroupName})
	assert.Equal(t, []xmlmsg.Person{{Username: "wxid_a", Nickname: "Ana"}}, s.By())
	s = sysmsg(t, "sysmsgtemplate", template(`"$username$" "$names$"`, link("username", a)+link("names", b))).(*xmlmsg.System)
	assert.Equal(t, []xmlmsg.Person{{Username: "wxid_b", Nickname: "Bia"}}, s.Joined())
}

func TestSystemMessages(t *testing.T) {
	t.Parallel()
	joined := sysmsg(t, "delchatroommember",
		`<delchatroommember><plain><![CDATA["X" joined  ]]></plain><link><scene>qrcode</scene><memberlist><username>wxid_a</username>`+
			`<username>wxid_b</username></memberlist></link></delchatroommember>`).(*xmlmsg.System)
	assert.Equal(t, xmlmsg.NoticeMemberJoinedQR, joined.Notice)
	assert.Equal(t, `"X" joined`, joined.Text)
	assert.Len(t, joined.Joined(), 2)

	assert.Equal(t, &xmlmsg.Revoke{Session: "s", MsgID: 1, NewMsgID: 1<<64 - 1, Text: "X"},
		sysmsg(t, "revokemsg", "<revokemsg><session>s</session><msgid>1</msgid><newmsgid>18446744073709551615</newmsgid><replacemsg>"+
			"<![CDATA[X]]></replacemsg></revokemsg>"))
	assert.Equal(t, &xmlmsg.Revoke{}, sysmsg(t, "revokemsg", "<revokemsg/>"), "an empty one occurs")
	pat := "<fromusername>a</fromusername><chatusername>c</chatusername><pattedusername>b</pattedusername><patsuffix>s</patsuffix>" +
		"<template>${a}</template>"
	want := &xmlmsg.Pat{From: "a", Patted: "b", Chat: "c", Suffix: "s", Template: "${a}"}
	assert.Equal(t, want, sysmsg(t, "pat", "<pat>"+pat+"</pat>"))
	want.Type = 62
	assert.Equal(t, want, parseApp(app("62", "<patinfo>"+pat+"</patinfo>")))
	for _, inner := range []string{"<todo><op>1</op><title>x</title></todo>",
		"<roomtoolstips><todo><op>1</op><title>x</title></todo></roomtoolstips>"} {
		assert.Equal(t, &xmlmsg.Todo{Op: 1, Title: "x"}, sysmsg(t, "roomtoolstips", inner))
	}
	assert.Equal(t, &xmlmsg.VoIP{SysMsgType: "voipmt", Action: "cancel"}, sysmsg(t, "voipmt", "<voipmt><cancel>xx</cancel></voipmt>"))
	unknown, ok := sysmsg(t, "brandnew", "<x/>").(*xmlmsg.SysMsg)
	require.True(t, ok)
	assert.Equal(t, "brandnew", unknown.Type)
	assert.Contains(t, unknown.Content, "<x/>")
	assert.IsType(t, &xmlmsg.File{}, xmlmsg.Parse(xmlmsg.Message{Type: 10002, Content: app("6", "")}),
		"an app message under the type of system messages")
	assert.IsType(t, &xmlmsg.Raw{}, xmlmsg.Parse(xmlmsg.Message{Type: 10002, Content: "~SEMI_XML~a=b"}))
}

func TestSysMsgType(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`<sysmsg type="pat">`: "pat", "x <sysmsg  a='b' type = 'revokemsg' >": "revokemsg", "<sysmsg>": "", "<sysmsg type>": "", "": "",
		`<sysmsg type=pat>`: "",
	} {
		assert.Equal(t, want, xmlmsg.SysMsgType(content), content)
	}
}
