package xmlmsg

// maxRecordDepth bounds how deep chat records are nested.
const maxRecordDepth = 16

// ChatRecord is a conversation that was forwarded as one message (appmsg type 19). Type 40 is a
// record that was too long to send: it has a title but no items. Messages that were forwarded one
// by one arrive under their own kinds.
type ChatRecord struct {
	Title    string       `json:"title"`
	Desc     string       `json:"desc"`     // the first lines, as displayed
	IsGroup  bool         `json:"is_group"` // the conversation was in a group
	Oversize bool         `json:"oversize"` // type 40
	Count    int          `json:"count"`    // number of Items, without those of nested records
	Depth    int          `json:"depth"`    // 1, or more if it contains records
	Items    []RecordItem `json:"items"`

	AppInfo
}

// Kind returns KindChatRecord.
func (*ChatRecord) Kind() Kind { return KindChatRecord }

// String leaves the items out.
func (r *ChatRecord) String() string { return "chat record " + r.Title }

// Note is a shared note or other favourite (appmsg type 24). The first item is the page, the others
// are its parts. A forwarded conversation is a ChatRecord.
type Note struct {
	Title    string       `json:"title"`
	Desc     string       `json:"desc"`
	IsGroup  bool         `json:"is_group"`
	Oversize bool         `json:"oversize"` // always false
	Count    int          `json:"count"`
	Depth    int          `json:"depth"`
	Items    []RecordItem `json:"items"`

	AppInfo
}

// Kind returns KindNote.
func (*Note) Kind() Kind { return KindNote }

// String leaves the items out.
func (n *Note) String() string { return "note " + n.Title }

// RecordItem is an entry of a chat record, a note or an announcement.
type RecordItem struct {
	// DataType has its own numbering: 1 text, 2 image, 3 voice, 4 video, 5 link, 6 location, 8
	// file, 17 chat record, 19 mini program, and more.
	DataType     int    `json:"datatype"`
	Name         string `json:"name"`  // author as displayed
	Time         string `json:"time"`  // local time as text; the format depends on the language
	Title        string `json:"title"` // name of a file, title of a link or a record
	Desc         string `json:"desc"`  // text
	Ext          string `json:"ext"`   // extension, from datafmt; notes write a dot
	Size         int64  `json:"size"`  // bytes
	MD5          string `json:"md5"`
	CDNDataURL   string `json:"cdn_data_url"`  // cdn id
	CDNDataKey   string `json:"cdn_data_key"`  // a secret
	CDNThumbURL  string `json:"cdn_thumb_url"` // cdn id
	CDNThumbKey  string `json:"cdn_thumb_key"` // a secret
	Duration     int64  `json:"duration"`      // seconds for videos, milliseconds for voices
	Link         string `json:"link"`
	HeadURL      string `json:"head_url"`
	DataID       string `json:"data_id"`
	HTMLID       string `json:"html_id"`       // of notes: WeNoteHtmlFile for the page
	SourceTime   int64  `json:"source_time"`   // Unix seconds, from srcMsgCreateTime
	HashUsername string `json:"hash_username"` // 64 hex digits, the same for all items of an author

	// FromNewMsgID is the NewMsgId of the original message; 0 if absent.
	FromNewMsgID uint64 `json:"from_new_msg_id,string,omitzero"`

	Location *Location    `json:"location,omitzero"` // for a place
	Items    []RecordItem `json:"items,omitempty"`   // for a nested record
}

func (p Parser) parseRecord(app element, info AppInfo) Payload {
	r := &ChatRecord{Title: app.text("title"), Desc: app.text("des"), Oversize: info.Type == appRecordTooLong, Depth: 1,
		Items: []RecordItem{}, AppInfo: info}
	p.nested(app.child("recorditem"), func(doc element) {
		record := doc.child("recordinfo")
		r.IsGroup = record.bool("isChatRoom")
		r.Items = p.recordItems(record.child("datalist"), 1)
	})
	r.Count, r.Depth = len(r.Items), recordDepth(r.Items)
	return r
}

func (p Parser) parseNote(app element, info AppInfo) Payload {
	r := p.parseRecord(app, info).(*ChatRecord)
	return &Note{Title: r.Title, Desc: r.Desc, IsGroup: r.IsGroup, Count: r.Count, Depth: r.Depth, Items: r.Items, AppInfo: info}
}

// recordDepth returns how deep the records in items are nested.
func recordDepth(items []RecordItem) int {
	depth := 1
	for _, i := range items {
		if len(i.Items) > 0 {
			depth = max(depth, 1+recordDepth(i.Items))
		}
	}
	return depth
}

// recordItems reads the entries of a datalist.
func (p Parser) recordItems(list element, depth int) []RecordItem {
	n := 0
	for d := range list.children {
		if d.name() == dataItem {
			n++
		}
	}
	items := make([]RecordItem, 0, n) // an item is large: a list that grows would copy it again and again
	for d := range list.children {
		if d.name() == dataItem {
			items = append(items, p.recordItem(d, depth))
		}
	}
	return items
}

const dataItem = "dataitem"

func (p Parser) recordItem(e element, depth int) RecordItem {
	var d recordFields
	d.read(e)
	item := RecordItem{
		DataType: e.attrInt("datatype"), DataID: e.attr("dataid"), HTMLID: e.attr("htmlid"),
		Name: d.text(itemSourceName), Time: d.text(itemSourceTime), HeadURL: address(d.text(itemSourceHeadURL)),
		Title: d.text(itemDataTitle), Desc: d.text(itemDataDesc), Ext: d.text(itemDataFmt),
		Size: toInt64(d.text(itemDataSize, itemFullSize)), MD5: d.text(itemFullMD5),
		CDNDataURL: d.text(itemCDNDataURL, itemCDNDataURL2), CDNDataKey: d.text(itemCDNDataKey, itemCDNDataKey2),
		CDNThumbURL: d.text(itemCDNThumbURL, itemCDNThumbURL2), CDNThumbKey: d.text(itemCDNThumbKey, itemCDNThumbKey2),
		Duration: toInt64(d.text(itemDuration)), Link: address(d.text(itemLink, itemStreamWebURL, itemDataURL)),
		SourceTime: toInt64(d.text(itemSrcMsgCreateTime)), HashUsername: d.child(itemDataItemSource).text("hashusername"),
		FromNewMsgID: ParseID(d.text(itemFromNewMsgID)),
	}
	if item.Link == "" {
		item.Link = d.child(itemWebURLItem).url("link")
	}
	if l := d.child(itemLocation); l.exists() {
		item.Location = &Location{
			Lat: toFloat(l.attr("lat")), Lng: toFloat(l.attr("lng")), Scale: toFloat(l.attr("scale")), Label: l.attr("label"),
			POIName: l.attr("poiname"),
		}
	}
	if item.MD5 == "" {
		item.MD5 = d.child(itemEmojiItem).text("md5")
	}
	if record := d.child(itemRecordXML); record.exists() && depth < maxRecordDepth {
		p.nested(record, func(doc element) {
			inner := doc.child("recordinfo")
			item.Items = p.recordItems(inner.child("datalist"), depth+1)
			item.Title = firstOf(item.Title, inner.text("title"))
			item.Desc = firstOf(item.Desc, inner.text("desc"))
		})
	}
	return item
}
