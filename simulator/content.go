package simulator

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// media is where the bytes of something would be, if there were any.
type media struct {
	cdnID, key, md5 string
	now             int64
}

// newMedia makes up a place on the cdn for so many bytes, which have the md5 that the message tells. They depend on what they are of. Without
// an extension there are none. The caller holds the lock.
func (s *Simulator) newMedia(now int64, size int64, extension string, of ...any) media {
	m := media{cdnID: s.ids.cdnID(now), key: s.ids.key(), now: now}
	if extension == "" {
		m.md5 = s.ids.digest(of...)
		return m
	}
	name, sum := s.body(size, extension, of...)
	m.md5 = sum
	s.shelve(m.cdnID, name)
	return m
}

// esc escapes text for XML, in elements and attributes.
func esc(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder takes everything
	return b.String()
}

// cdata wraps text that may hold anything.
func cdata(text string) string {
	return "<![CDATA[" + strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>") + "]]>"
}

// appXML is an app message around the elements that differ. Clients write many elements that stay empty.
func appXML(from, title, desc string, kind int, url, middle, thumbURL, md5 string) string {
	return `<?xml version="1.0"?>
<msg>
	` + appElement(title, desc, kind, url, middle, thumbURL, md5) + `
	<fromusername>` + esc(from) + `</fromusername>
	<scene>0</scene>
	<appinfo>
		<version>1</version>
		<appname />
	</appinfo>
	<commenturl />
</msg>
`
}

func appElement(title, desc string, kind int, url, middle, thumbURL, md5 string) string {
	return `<appmsg appid="" sdkver="0">
		<title>` + esc(title) + `</title>
		` + element("des", desc) + `
		<action />
		<type>` + strconv.Itoa(kind) + `</type>
		<showtype>0</showtype>
		<soundtype>0</soundtype>
		<mediatagname />
		<messageext />
		<messageaction />
		<content />
		<contentattr>0</contentattr>
		` + element("url", url) + `
		<lowurl />
		<dataurl />
		<lowdataurl />
		<songalbumurl />
		<songlyric />
		` + strings.TrimSpace(middle) + `
		<extinfo />
		<sourceusername />
		<sourcedisplayname />
		` + element("thumburl", thumbURL) + `
		` + element("md5", md5) + `
		<statextstr />
	</appmsg>`
}

func element(name, text string) string {
	if text == "" {
		return "<" + name + " />"
	}
	return "<" + name + ">" + esc(text) + "</" + name + ">"
}

// noAttachment is the appattach of messages without one.
const noAttachment = `<appattach>
			<totallen>0</totallen>
			<attachid />
			<emoticonmd5 />
			<fileext />
			<aeskey />
		</appattach>`

// largeFile is the size in bytes above which a file is marked as large.
const largeFile = 25 << 20

// fileXML is a complete file. A zero newMsgID in the notice means that there was none.
func fileXML(from string, f File, n notice, m media) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<appattach>\n\t\t\t<totallen>%d</totallen>\n", f.Size)
	fmt.Fprintf(&b, "\t\t\t<attachid>@cdn_%s_%s_1</attachid>\n\t\t\t<emoticonmd5 />\n", m.cdnID, m.key)
	fmt.Fprintf(&b, "\t\t\t%s\n\t\t\t<cdnattachurl>%s</cdnattachurl>\n", element("fileext", f.ext()), m.cdnID)
	fmt.Fprintf(&b, "\t\t\t<cdnthumbaeskey />\n\t\t\t<aeskey>%s</aeskey>\n\t\t\t<encryver>0</encryver>\n", m.key)
	if f.Size > largeFile {
		b.WriteString("\t\t\t<islargefilemsg>1</islargefilemsg>\n")
	}
	if n.newMsgID != 0 {
		fmt.Fprintf(&b, "\t\t\t<overwrite_newmsgid>%d</overwrite_newmsgid>\n", n.newMsgID)
	}
	fmt.Fprintf(&b, "\t\t\t<fileuploadtoken>%s</fileuploadtoken>\n\t\t</appattach>", n.token)
	return appXML(from, f.Name, "", appFile, "", b.String(), "", f.MD5)
}

// noticeXML announces a file: the upload has begun, and there is nothing to fetch yet.
func noticeXML(from string, f File, n notice) string {
	return `<msg>
	<appmsg appid="" sdkver="0">
		<title>` + cdata(f.Name) + `</title>
		<type>` + strconv.Itoa(appFileNotice) + `</type>
		<showtype>0</showtype>
		<appattach>
			<totallen>` + strconv.FormatInt(f.Size, 10) + `</totallen>
			<fileext>` + cdata(f.ext()) + `</fileext>
			<fileuploadtoken>` + n.token + `</fileuploadtoken>
			<status>0</status>
		</appattach>
		<md5>` + cdata(n.md5) + `</md5>
		<laninfo><![CDATA[]]></laninfo>
	</appmsg>
	<fromusername>` + cdata(from) + `</fromusername>
	<scene>0</scene>
	<appinfo>
		<version>1</version>
		<appname><![CDATA[]]></appname>
	</appinfo>
	<commenturl><![CDATA[]]></commenturl>
</msg>
`
}

func linkXML(from string, l Link) string {
	return appXML(from, l.Title, l.Desc, appLink, l.URL, noAttachment, l.ThumbURL, "")
}

// The measures of every picture and video.
const (
	mediaLength = 40960 // bytes
	mediaWidth  = 640
	mediaHeight = 480
	thumbLength = 2085 // bytes
	thumbWidth  = 120
	thumbHeight = 90
)

func imageXML(m media) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg>
	<img aeskey="%[1]s" encryver="1" cdnthumbaeskey="%[1]s" cdnthumburl="%[2]s" cdnthumblength="%[3]d" cdnthumbheight="%[4]d" `+
		`cdnthumbwidth="%[5]d" cdnmidheight="0" cdnmidwidth="0" cdnhdheight="0" cdnhdwidth="0" cdnmidimgurl="%[2]s" length="%[6]d" md5="%[7]s" />
</msg>
`, m.key, m.cdnID, thumbLength, thumbHeight, thumbWidth, mediaLength, m.md5)
}

func voiceXML(from string, milliseconds int64, m media) string {
	return fmt.Sprintf(`<msg>
	<voicemsg endflag="1" cancelflag="0" forwardflag="0" voiceformat="4" voicelength="%d" length="%d" bufid="0" aeskey="%s" voiceurl="%s" `+
		`voicemd5="" clientmsgid="%s%d" fromusername="%s" />
</msg>
`, milliseconds, milliseconds*2, m.key, m.cdnID, m.md5, m.now, esc(from))
}

func videoXML(from string, seconds int64, m media) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg>
	<videomsg aeskey="%[1]s" cdnvideourl="%[2]s" cdnthumbaeskey="%[1]s" cdnthumburl="%[2]s" length="%[3]d" playlength="%[4]d" `+
		`cdnthumblength="%[5]d" cdnthumbwidth="%[6]d" cdnthumbheight="%[7]d" fromusername="%[8]s" md5="%[9]s" newmd5="%[9]s" `+
		`isplaceholder="0" rawmd5="" rawlength="0" cdnrawvideourl="" cdnrawvideoaeskey="" overwritenewmsgid="0" originsourcemd5="" isad="0" />
</msg>
`, m.key, m.cdnID, mediaLength, seconds, thumbLength, thumbWidth, thumbHeight, esc(from), m.md5)
}

func emojiXML(from, to, md5 string, size int64) string {
	return fmt.Sprintf(`<msg>
	<emoji fromusername = "%s" tousername = "%s" type = "2" idbuffer = "media:0_0" md5 = "%s" len = "%d" productid = "" cdnurl = "" `+
		`designerid = "" thumburl = "" encrypturl = "" aeskey = "" width = "240" height = "240" />
	<gameext type = "0" content = "0" />
</msg>
`, esc(from), esc(to), esc(md5), size)
}

func cardXML(c Contact) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg bigheadimgurl="" smallheadimgurl="" username="%s" nickname="%s" fullpy="" shortpy="" alias="%s" imagestatus="3" scene="17" `+
		`province="%s" city="%s" sign="" sex="%d" certflag="0" certinfo="" brandFlags="0" regionCode="" />
`, esc(c.Wxid), esc(c.Nickname), esc(c.Alias), esc(c.Province), esc(c.City), c.Sex)
}

// requestXML is a friend request.
func (s *Simulator) requestXML(c Contact, greeting string, scene int) string {
	return fmt.Sprintf(`<msg fromusername="%s" encryptusername="%s" fromnickname="%s" content="%s" fullpy="" shortpy="" imagestatus="3" scene="%d" `+
		`country="%s" province="%s" city="%s" sign="%s" percard="1" sex="%d" alias="%s" weibo="" albumflag="0" albumstyle="0" albumbgimgid="" `+
		`snsflag="257" snsbgimgid="" snsbgobjectid="14917874015134792651" mhash="" mfullhash="" bigheadimgurl="%s" smallheadimgurl="%s" ticket="%s" `+
		`opcode="2" googlecontact="" qrticket="" chatroomusername="" sourceusername="" sourcenickname="" sharecardusername="" `+
		`sharecardnickname="" cardversion="" extflag="0">`+"\n\t<brandlist count=\"0\" ver=\"0\" />\n</msg>",
		esc(c.Wxid), s.ids.ticket("v3", c.Wxid), esc(c.Nickname), esc(greeting), scene, esc(c.Country), esc(c.Province), esc(c.City),
		esc(c.Signature), c.Sex, esc(c.Alias), avatar(c.Wxid, big), avatar(c.Wxid, small), s.ids.ticket("v4", c.Wxid))
}

// inviteXML is the card by which somebody asks an account into a group.
func inviteXML(from, nick string, g *Group, url string) string {
	return appXML(from, "邀请你加入群聊", fmt.Sprintf("%q邀请你加入群聊%q，进入可查看详情。", nick, g.Name), appLink, url, noAttachment, avatar(g.ID, big), "")
}

// applicationXML tells the owner and the administrators of a group that somebody wants to bring people in.
func applicationXML(g *Group, inviter party, reason, ticket string, who []party) string {
	var members strings.Builder
	for _, p := range who {
		fmt.Fprintf(&members, "\t\t\t\t<member>\n\t\t\t\t\t<username>%s</username>\n\t\t\t\t\t<nickname>%s</nickname>\n\t\t\t\t\t<headimgurl>%s</headimgurl>\n\t\t\t\t</member>\n",
			cdata(p.wxid), cdata(p.nick), cdata(avatar(p.wxid, small)))
	}
	const name = "NewXmlChatRoomAccessVerifyApplication"
	return fmt.Sprintf("<sysmsg type=\"%[1]s\">\n\t<%[1]s>\n\t\t<text>%[2]s</text>\n\t\t<RoomName>%[3]s</RoomName>\n\t\t<link>\n"+
		"\t\t\t<text><![CDATA[去确认]]></text>\n\t\t\t<ticket>%[4]s</ticket>\n\t\t\t<inviterusername>%[5]s</inviterusername>\n"+
		"\t\t\t<invitationreason>%[6]s</invitationreason>\n\t\t\t<memberlist>\n\t\t\t\t<memberlistsize>%[7]d</memberlistsize>\n%[8]s"+
		"\t\t\t</memberlist>\n\t\t</link>\n\t</%[1]s>\n</sysmsg>\n",
		name, cdata(fmt.Sprintf("%q想邀请%d位朋友进群 ", inviter.nick, len(who))), cdata(g.ID), cdata(ticket), cdata(inviter.wxid), cdata(reason),
		len(who), members.String())
}
