package xmlmsg

// recordField is a child of a dataitem that recordItem reads.
type recordField uint8

const (
	noRecordField recordField = iota
	itemSourceName
	itemSourceTime
	itemSourceHeadURL
	itemDataTitle
	itemDataDesc
	itemDataFmt
	itemDataSize
	itemFullSize
	itemFullMD5
	itemCDNDataURL
	itemCDNDataURL2
	itemCDNDataKey
	itemCDNDataKey2
	itemCDNThumbURL
	itemCDNThumbURL2
	itemCDNThumbKey
	itemCDNThumbKey2
	itemDuration
	itemLink
	itemStreamWebURL
	itemDataURL
	itemSrcMsgCreateTime
	itemDataItemSource
	itemFromNewMsgID
	itemWebURLItem
	itemLocation
	itemEmojiItem
	itemRecordXML
	recordFieldCount
)

// recordFieldOf returns the field with the name of an element.
func recordFieldOf(name string) recordField {
	switch name {
	case "sourcename":
		return itemSourceName
	case "sourcetime":
		return itemSourceTime
	case "sourceheadurl":
		return itemSourceHeadURL
	case "datatitle":
		return itemDataTitle
	case "datadesc":
		return itemDataDesc
	case "datafmt":
		return itemDataFmt
	case "datasize":
		return itemDataSize
	case "fullsize":
		return itemFullSize
	case "fullmd5":
		return itemFullMD5
	case "cdndataurl":
		return itemCDNDataURL
	case "cdn_dataurl":
		return itemCDNDataURL2
	case "cdndatakey":
		return itemCDNDataKey
	case "cdn_datakey":
		return itemCDNDataKey2
	case "cdnthumburl":
		return itemCDNThumbURL
	case "cdn_thumburl":
		return itemCDNThumbURL2
	case "cdnthumbkey":
		return itemCDNThumbKey
	case "cdn_thumbkey":
		return itemCDNThumbKey2
	case "duration":
		return itemDuration
	case "link":
		return itemLink
	case "streamweburl":
		return itemStreamWebURL
	case "dataurl":
		return itemDataURL
	case "srcMsgCreateTime":
		return itemSrcMsgCreateTime
	case "dataitemsource":
		return itemDataItemSource
	case "fromnewmsgid":
		return itemFromNewMsgID
	case "weburlitem":
		return itemWebURLItem
	case "location":
		return itemLocation
	case "emojiitem":
		return itemEmojiItem
	case "recordxml":
		return itemRecordXML
	}
	return noRecordField
}

// recordFields holds the children of a dataitem by field, so that an item is read in one pass: a
// search for each field would visit all children as many times as there are fields.
type recordFields struct {
	t     *tree
	first [recordFieldCount]int32 // in tree.nodes; 0 means that the child is missing
}

// read finds the fields of a dataitem.
func (f *recordFields) read(d element) {
	f.t = d.t
	for c := range d.children {
		if field := recordFieldOf(c.name()); f.first[field] == 0 {
			f.first[field] = c.i
		}
	}
}

// child is element.child.
func (f *recordFields) child(field recordField) element {
	if f.first[field] == 0 {
		return element{}
	}
	return element{f.t, f.first[field]}
}

// text is element.firstText.
func (f *recordFields) text(fields ...recordField) string {
	for _, field := range fields {
		if s := f.child(field).value(); s != "" {
			return s
		}
	}
	return ""
}
