package xmlmsg

import "strings"

// The types of app messages that have a payload type of their own (appmsg/type).
const (
	appText       = 1
	appVideoLink  = 4
	appLink       = 5
	appFile       = 6
	appFileNotice = 74
)

// AppInfo is what app messages have in common.
type AppInfo struct {
	Type    int    `json:"-"` // appmsg/type
	ID      string `json:"-"` // appmsg@appid: the sending app, "wx" and 16 hex digits; often empty
	Name    string `json:"-"` // appinfo/appname: its name; often empty
	Version string `json:"-"` // appinfo/version
	From    string `json:"-"` // msg/fromusername: who sent it, as the content says
}

// AppType is the appmsg/type.
func (i AppInfo) AppType() int { return i.Type }

// parseApp reads an app message. Its type decides what it is, never the presence of an element: clients write
// empty shells of nearly every element into each message.
func parseApp(doc element, m Message) Payload {
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
		if app.child("refermsg").exists() {
			break // a reaction to a message
		}
		return parseLink(app, info)
	case appLink:
		if strings.Contains(app.text("url"), "addchatroombyinvite") {
			return parseGroupInvite(app, info)
		}
		return parseLink(app, info)
	case appVideoLink:
		return parseLink(app, info)
	case appFile:
		return parseFile(app, info)
	case appFileNotice:
		return parseFileNotice(app, info)
	}
	return &Raw{Type: m.Type, AppType: info.Type, Content: m.Content}
}
