package xmlmsg

// Announcement is the announcement of a group: the notice that WeChat shows (a system message of
// the type mmchatroombarannouncememt), or the card (appmsg type 87). One announcement can arrive in
// both forms; ID joins them. A to-do of the group is a Todo, a pinned message a TopMessage, and the
// message that mentions everybody is a Text.
type Announcement struct {
	Text      string       `json:"text"`
	ID        string       `json:"announcement_id"` // <publisher>_<group>_<time>_<random>
	Publisher string       `json:"publisher"`       // wxid; may be empty
	EditTime  int64        `json:"edit_time"`       // Unix seconds
	Items     []RecordItem `json:"items"`           // its parts, if it has pictures or files

	AppInfo // of the card; zero for the notice
}

// Kind returns KindAnnouncement.
func (*Announcement) Kind() Kind { return KindAnnouncement }

func (p Parser) parseAppAnnouncement(app element, info AppInfo) Payload {
	a := &Announcement{Text: app.text("textannouncement"), ID: app.text("announcement_id"), AppInfo: info}
	p.notice(app.child("announcement"), a)
	return a
}

func (p Parser) parseAnnouncement(n element) Payload {
	a := &Announcement{Text: n.text("content"), ID: n.text("announcement_id")}
	p.notice(n.child("xmlcontent"), a)
	return a
}

// notice reads the document that both forms hold.
func (p Parser) notice(e element, a *Announcement) {
	p.nested(e, func(doc element) {
		item := doc.child("group_notice_item")
		a.EditTime = item.int64("edittime")
		a.Publisher = item.child("source").text("fromusr")
		a.ID = firstOf(a.ID, item.text("announcement_id"))
		a.Items = p.recordItems(item.child("datalist"), 1)
	})
}
