package xmlmsg

// Announcement is the announcement of a group: the notice (a system message), or the card (appmsg type 87). One announcement can come as both; ID joins them.
type Announcement struct {
	Text      string       `json:"text"`
	ID        string       `json:"announcement_id"` // <publisher>_<group>_<time>_<random>
	Publisher string       `json:"publisher"`       // wxid; may be empty
	EditTime  int64        `json:"edit_time"`       // Unix seconds
	Items     []RecordItem `json:"items"`           // its parts, if it has pictures or files

	AppInfo // of the card
}

// Kind is KindAnnouncement.
func (*Announcement) Kind() Kind { return KindAnnouncement }

// parseAppAnnouncement reads the card.
func (p Parser) parseAppAnnouncement(app element, info AppInfo) Payload {
	a := &Announcement{Text: app.text("textannouncement"), ID: app.text("announcement_id"), AppInfo: info}
	p.notice(app.child("announcement"), a)
	return a
}

// parseAnnouncement reads the notice.
func (p Parser) parseAnnouncement(n element) Payload {
	a := &Announcement{Text: n.text("content"), ID: n.text("announcement_id")}
	p.notice(n.child("xmlcontent"), a)
	return a
}

// notice reads the document in an announcement.
func (p Parser) notice(e element, a *Announcement) {
	p.nested(e, func(doc element) {
		item := doc.child("group_notice_item")
		a.EditTime = item.int64("edittime")
		a.Publisher = item.child("source").text("fromusr")
		a.ID = firstOf(a.ID, item.text("announcement_id"))
		a.Items = p.recordItems(item.child("datalist"), 1)
	})
}
