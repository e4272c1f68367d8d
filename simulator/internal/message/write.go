package message

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Media is an object of the cdn.
type Media struct {
	CdnID, Key, MD5 string
	Now             int64
	Size            int64 // bytes; 0 means MediaLength
}

// Escape escapes text for XML elements and attributes.
func Escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder never fails
	return b.String()
}

// CDATA returns text in a CDATA section. The text may contain the end of one.
func CDATA(text string) string {
	return "<![CDATA[" + strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>") + "]]>"
}

// AppXML returns an app message with the elements that differ between types. Clients write many
// empty elements.
func AppXML(from, title, desc string, kind int, url, middle, thumbURL, md5 string) string {
	return `<?xml version="1.0"?>
<msg>
	` + appElement(title, desc, kind, url, middle, thumbURL, md5) + `
	<fromusername>` + Escape(from) + `</fromusername>
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
		<title>` + Escape(title) + `</title>
		` + Element("des", desc) + `
		<action />
		<type>` + strconv.Itoa(kind) + `</type>
		<showtype>0</showtype>
		<soundtype>0</soundtype>
		<mediatagname />
		<messageext />
		<messageaction />
		<content />
		<contentattr>0</contentattr>
		` + Element("url", url) + `
		<lowurl />
		<dataurl />
		<lowdataurl />
		<songalbumurl />
		<songlyric />
		` + strings.TrimSpace(middle) + `
		<extinfo />
		<sourceusername />
		<sourcedisplayname />
		` + Element("thumburl", thumbURL) + `
		` + Element("md5", md5) + `
		<statextstr />
	</appmsg>`
}

// Element returns an element with a text.
func Element(name, text string) string {
	if text == "" {
		return "<" + name + " />"
	}
	return "<" + name + ">" + Escape(text) + "</" + name + ">"
}

// NoAttachment is the appattach of messages without one.
const NoAttachment = `<appattach>
			<totallen>0</totallen>
			<attachid />
			<emoticonmd5 />
			<fileext />
			<aeskey />
		</appattach>`

// largeFile is the size in bytes above which a file is marked as large.
const largeFile = 25 << 20

// FileXML returns a complete file. If n has no NewMsgID, the file had no notice.
func FileXML(from string, f File, n Notice, m Media) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<appattach>\n\t\t\t<totallen>%d</totallen>\n", f.Size)
	fmt.Fprintf(&b, "\t\t\t<attachid>@cdn_%s_%s_1</attachid>\n\t\t\t<emoticonmd5 />\n", m.CdnID, m.Key)
	fmt.Fprintf(&b, "\t\t\t%s\n\t\t\t<cdnattachurl>%s</cdnattachurl>\n", Element("fileext", f.Ext()), m.CdnID)
	fmt.Fprintf(&b, "\t\t\t<cdnthumbaeskey />\n\t\t\t<aeskey>%s</aeskey>\n\t\t\t<encryver>0</encryver>\n", m.Key)
	if f.Size > largeFile {
		b.WriteString("\t\t\t<islargefilemsg>1</islargefilemsg>\n")
	}
	if n.NewMsgID != 0 {
		fmt.Fprintf(&b, "\t\t\t<overwrite_newmsgid>%d</overwrite_newmsgid>\n", n.NewMsgID)
	}
	fmt.Fprintf(&b, "\t\t\t<fileuploadtoken>%s</fileuploadtoken>\n\t\t</appattach>", n.Token)
	return AppXML(from, f.Name, "", AppFile, "", b.String(), "", f.MD5)
}

// NoticeXML returns the notice of an upload: there is no file to fetch yet.
func NoticeXML(from string, f File, n Notice) string {
	return `<msg>
	<appmsg appid="" sdkver="0">
		<title>` + CDATA(f.Name) + `</title>
		<type>` + strconv.Itoa(AppFileNotice) + `</type>
		<showtype>0</showtype>
		<appattach>
			<totallen>` + strconv.FormatInt(f.Size, 10) + `</totallen>
			<fileext>` + CDATA(f.Ext()) + `</fileext>
			<fileuploadtoken>` + n.Token + `</fileuploadtoken>
			<status>0</status>
		</appattach>
		<md5>` + CDATA(n.Md5) + `</md5>
		<laninfo><![CDATA[]]></laninfo>
	</appmsg>
	<fromusername>` + CDATA(from) + `</fromusername>
	<scene>0</scene>
	<appinfo>
		<version>1</version>
		<appname><![CDATA[]]></appname>
	</appinfo>
	<commenturl><![CDATA[]]></commenturl>
</msg>
`
}

// LinkXML returns a link card.
func LinkXML(from string, l Link) string {
	return AppXML(from, l.Title, l.Desc, AppLink, l.URL, NoAttachment, l.ThumbURL, "")
}

// The measures of all pictures and videos.
const (
	MediaLength = 40960 // bytes
	MediaWidth  = 640
	MediaHeight = 480
	thumbLength = 2085 // bytes
	thumbWidth  = 120
	thumbHeight = 90
)

// ImageXML returns an image.
func ImageXML(m Media) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg>
	<img aeskey="%[1]s" encryver="1" cdnthumbaeskey="%[1]s" cdnthumburl="%[2]s" cdnthumblength="%[3]d" cdnthumbheight="%[4]d" `+
		`cdnthumbwidth="%[5]d" cdnmidheight="0" cdnmidwidth="0" cdnhdheight="0" cdnhdwidth="0" cdnmidimgurl="%[2]s" `+
		`length="%[6]d" md5="%[7]s" />
</msg>
`, m.Key, m.CdnID, thumbLength, thumbHeight, thumbWidth, cmp.Or(m.Size, MediaLength), m.MD5)
}

// VoiceXML returns a voice message.
func VoiceXML(from string, milliseconds int64, m Media) string {
	return fmt.Sprintf(`<msg>
	<voicemsg endflag="1" cancelflag="0" forwardflag="0" voiceformat="4" voicelength="%d" length="%d" bufid="0" aeskey="%s" voiceurl="%s" `+
		`voicemd5="" clientmsgid="%s%d" fromusername="%s" />
</msg>
`, milliseconds, cmp.Or(m.Size, milliseconds*2), m.Key, m.CdnID, m.MD5, m.Now, Escape(from))
}

// VideoXML returns a video.
func VideoXML(from string, seconds int64, m Media) string {
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg>
	<videomsg aeskey="%[1]s" cdnvideourl="%[2]s" cdnthumbaeskey="%[1]s" cdnthumburl="%[2]s" length="%[3]d" playlength="%[4]d" `+
		`cdnthumblength="%[5]d" cdnthumbwidth="%[6]d" cdnthumbheight="%[7]d" fromusername="%[8]s" md5="%[9]s" newmd5="%[9]s" `+
		`isplaceholder="0" rawmd5="" rawlength="0" cdnrawvideourl="" cdnrawvideoaeskey="" overwritenewmsgid="0" `+
		`originsourcemd5="" isad="0" />
</msg>
`, m.Key, m.CdnID, cmp.Or(m.Size, MediaLength), seconds, thumbLength, thumbWidth, thumbHeight, Escape(from), m.MD5)
}

// EmojiXML returns an emoji. size is in bytes.
func EmojiXML(from, to, md5 string, size int64) string {
	return fmt.Sprintf(`<msg>
	<emoji fromusername = "%s" tousername = "%s" type = "2" idbuffer = "media:0_0" md5 = "%s" len = "%d" productid = "" cdnurl = "" `+
		`designerid = "" thumburl = "" encrypturl = "" aeskey = "" width = "240" height = "240" />
	<gameext type = "0" content = "0" />
</msg>
`, Escape(from), Escape(to), Escape(md5), size)
}

// Notice is what a file has from the notice of its upload.
type Notice struct {
	NewMsgID   uint64
	Token, Md5 string
}
