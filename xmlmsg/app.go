package xmlmsg

import "strings"

// The appmsg types that have a payload type of their own (appmsg/type).
const (
	appText          = 1
	appImage         = 2
	appMusic         = 3
	appVideoLink     = 4
	appLink          = 5
	appFile          = 6
	appEmoji         = 8
	appLocationShare = 17
	appRecord        = 19
	appNote          = 24
	appMiniProgram   = 33
	appMiniShare     = 36
	appRecordTooLong = 40
	appFinderCard    = 50
	appFinderFeed    = 51
	appSolitaire     = 53
	appQuote         = 57
	appPat           = 62
	appFinderLive    = 63
	appFileNotice    = 74
	appMusicShare    = 76
	appAnnouncement  = 87
	appFinderLive2   = 88
	appAudio         = 92
	appGift          = 115
	appGift2         = 124
	appTransfer      = 2000
	appPay           = 2001
	appPacketCover   = 2003
)

// AppInfo holds the fields that all app messages share.
type AppInfo struct {
	Type    int    `json:"-"` // appmsg/type
	ID      string `json:"-"` // appmsg@appid: the sending app, "wx" and 16 hex digits; often empty
	Name    string `json:"-"` // appinfo/appname: its name; often empty
	Version string `json:"-"` // appinfo/version
	From    string `json:"-"` // msg/fromusername: the sender, according to the content
}

// AppType returns the appmsg type.
func (i AppInfo) AppType() int { return i.Type }

// App is an app message whose appmsg type has no payload type in this package, or is missing. Types
// that do have one, such as 5 for a Link, never arrive as an App.
type App struct {
	Title   string `json:"title"`
	Desc    string `json:"desc"`
	URL     string `json:"url"`
	Content string `json:"-"` // the whole content, unchanged

	AppInfo
}

// Kind returns KindApp.
func (*App) Kind() Kind { return KindApp }

// RedPacketCover is a gift of a cover for red packets (appmsg type 2003). It holds no money: that
// is a RedPacket.
type RedPacketCover struct {
	Title string `json:"title"`
	Desc  string `json:"desc"`
	URL   string `json:"url"`

	AppInfo
}

// Kind returns KindRedPacketCover.
func (*RedPacketCover) Kind() Kind { return KindRedPacketCover }

// LocationShare says that a member has begun to share a live location (appmsg type 17). It carries
// no coordinates, and the end of the sharing arrives as a System notice. A place on the map is a
// Location.
type LocationShare struct {
	Title string `json:"title"`
	Desc  string `json:"desc"`
	URL   string `json:"url"`

	AppInfo
}

// Kind returns KindLocationShare.
func (*LocationShare) Kind() Kind { return KindLocationShare }

// parseApp reads an app message. Only its type decides what it is, never the presence of an
// element: clients write empty shells of nearly every element into each message.
func (p Parser) parseApp(doc element, m Message, depth int) Payload {
	msg := doc.child("msg")
	app := msg.child("appmsg")
	if !app.exists() {
		if app = doc.child("appmsg"); !app.exists() {
			return nil
		}
	}
	info := AppInfo{
		Type: app.int("type"), ID: app.attr("appid"), From: msg.text("fromusername"),
		Name: msg.child("appinfo").text("appname"), Version: msg.child("appinfo").text("version"),
	}
	switch info.Type {
	case appText:
		if app.child("refermsg").hasChildren() { // a reaction to a message
			return p.parseQuote(app, info, depth)
		}
		return parseLink(app, info)
	case appLink:
		if strings.Contains(app.url("url"), "addchatroombyinvite") {
			return parseGroupInvite(app, info)
		}
		return parseLink(app, info)
	case appVideoLink:
		return parseLink(app, info)
	case appImage:
		return parseAppImage(app, info)
	case appMusic, appMusicShare, appAudio:
		return parseMusic(app, info)
	case appFile:
		return parseFile(app, info, p.mediaInfo(doc, depth))
	case appFileNotice:
		return parseFileNotice(app, info)
	case appEmoji:
		return parseAppEmoji(app, info)
	case appRecord, appRecordTooLong:
		return p.parseRecord(app, info)
	case appNote:
		return p.parseNote(app, info)
	case appMiniProgram, appMiniShare:
		return parseMiniProgram(app, info)
	case appFinderCard:
		return parseFinderCard(app, info)
	case appFinderFeed:
		return parseFinderFeed(app, info)
	case appFinderLive:
		return parseFinderLive(app, info)
	case appFinderLive2:
		if app.child("finderLive").exists() {
			return parseFinderLive(app, info)
		}
	case appSolitaire:
		return p.parseSolitaire(app, info)
	case appQuote:
		return p.parseQuote(app, info, depth)
	case appPat:
		return parseAppPat(app, info)
	case appAnnouncement:
		return p.parseAppAnnouncement(app, info)
	case appGift, appGift2:
		return parseGift(app, info)
	case appTransfer:
		return parseTransfer(app, info)
	case appPay:
		return parsePay(app, info)
	case appPacketCover:
		return &RedPacketCover{Title: app.text("title"), Desc: app.text("des"), URL: app.url("url"), AppInfo: info}
	case appLocationShare:
		return &LocationShare{Title: app.text("title"), Desc: app.text("des"), URL: app.url("url"), AppInfo: info}
	}
	return &App{Title: app.text("title"), Desc: app.text("des"), URL: app.url("url"), Content: m.Content, AppInfo: info}
}
