package xmlmsg

import (
	"strconv"
	"strings"
)

func (m *MiniProgram) write(w *writer) {
	w.element("title", m.Title)
	w.element("des", "")
	w.element("url", m.URL)
	w.element("sourcedisplayname", m.DisplayName)
	w.WriteString("<weappinfo>")
	w.element("username", m.Username)
	w.element("appid", m.AppID)
	w.element("version", m.Version)
	w.element("weappiconurl", m.IconURL)
	w.element("pagepath", m.PagePath)
	w.element("shareId", m.ShareID)
	w.WriteString("<type>2</type></weappinfo><appattach>")
	w.element("cdnthumburl", m.CDNThumbURL)
	w.element("cdnthumbaeskey", m.ThumbAESKey)
	w.WriteString("</appattach>")
}

func (m *Music) write(w *writer) {
	w.element("title", m.Title)
	w.element("des", m.Singer)
	w.element("url", m.URL)
	w.element("dataurl", m.DataURL)
	w.element("songalbumurl", m.CoverURL)
	w.element("songlyric", m.Lyric)
	w.WriteString("<musicShareItem>")
	w.number("musicDuration", m.DurationMS)
	w.element("mvAlbumName", m.Album)
	w.WriteString("</musicShareItem>")
}

func (q *Quote) write(w *writer) {
	w.element("title", q.Text)
	w.element("des", "")
	w.WriteString("<refermsg>")
	w.number("type", int64(q.Refer.Type))
	w.element("svrid", strconv.FormatUint(q.Refer.NewMsgID, 10))
	w.element("fromusr", q.Refer.Chat)
	w.element("chatusr", q.Refer.Sender)
	w.element("displayname", q.Refer.Name)
	w.element("content", q.Refer.Content)
	w.element("msgsource", q.Refer.Source)
	if q.Refer.CreateTime != 0 {
		w.number("createtime", q.Refer.CreateTime)
	}
	w.WriteString("</refermsg>")
}

func (r *ChatRecord) write(w *writer) {
	w.element("title", r.Title)
	w.element("des", r.Desc)
	var inner writer
	inner.WriteString("<recordinfo>")
	inner.element("isChatRoom", boolText(r.IsGroup))
	inner.element("title", r.Title)
	inner.element("desc", r.Desc)
	writeItems(&inner, r.Items)
	inner.WriteString("</recordinfo>")
	w.element("recorditem", inner.String()) // escaped once
}

func writeItems(w *writer, items []RecordItem) {
	w.WriteString(`<datalist count="` + strconv.Itoa(len(items)) + `">`)
	for i := range items {
		writeItem(w, &items[i])
	}
	w.WriteString("</datalist>")
}

func writeItem(w *writer, i *RecordItem) {
	w.WriteString(`<dataitem datatype="` + strconv.Itoa(i.DataType) + `"`)
	w.attr("dataid", i.DataID)
	w.attr("htmlid", i.HTMLID)
	w.WriteString(">")
	for _, e := range []struct{ name, text string }{
		{"sourcename", i.Name}, {"sourcetime", i.Time}, {"sourceheadurl", i.HeadURL}, {"datatitle", i.Title}, {"datadesc", i.Desc},
		{"datafmt", i.Ext}, {"fullmd5", i.MD5}, {"cdndataurl", i.CDNDataURL}, {"cdndatakey", i.CDNDataKey}, {"cdnthumburl", i.CDNThumbURL},
		{"cdnthumbkey", i.CDNThumbKey},
		{"link", i.Link},
	} {
		if e.text != "" {
			w.element(e.name, e.text)
		}
	}
	for _, e := range []struct {
		name string
		n    int64
	}{{"datasize", i.Size}, {"duration", i.Duration}, {"srcMsgCreateTime", i.SourceTime}} {
		if e.n != 0 {
			w.number(e.name, e.n)
		}
	}
	if i.HashUsername != "" {
		w.WriteString("<dataitemsource>")
		w.element("hashusername", i.HashUsername)
		w.WriteString("</dataitemsource>")
	}
	if l := i.Location; l != nil {
		w.WriteString("<location")
		w.attr("lat", floatText(l.Lat))
		w.attr("lng", floatText(l.Lng))
		w.attr("scale", floatText(l.Scale))
		w.attr("label", l.Label)
		w.attr("poiname", l.POIName)
		w.WriteString("/>")
	}
	if len(i.Items) > 0 { // a nested record is written as elements, not as text
		w.WriteString("<recordxml><recordinfo>")
		writeItems(w, i.Items)
		w.WriteString("</recordinfo></recordxml>")
	}
	w.WriteString("</dataitem>")
}

func (c *Card) build() string {
	var w writer
	w.WriteString("<msg")
	for _, a := range []struct{ name, value string }{
		{"username", c.Username}, {"nickname", c.Nickname}, {"alias", c.Alias}, {"antispamticket", c.Ticket}, {"certinfo", c.CertInfo},
		{"province", c.Province}, {"city", c.City}, {"sign", c.Sign}, {"bigheadimgurl", c.BigHeadURL}, {"smallheadimgurl", c.SmallHeadURL},
		{"openimappid", c.OpenIMAppID}, {"openimdesc", c.OpenIMDesc},
	} {
		w.attr(a.name, a.value)
	}
	w.attrNumber("scene", int64(c.Scene))
	w.attrNumber("certflag", int64(c.CertFlag))
	w.attrNumber("sex", int64(c.Sex))
	w.WriteString("/>")
	return w.String()
}

func (l *Location) build() string {
	var w writer
	w.WriteString("<msg><location")
	w.attr("x", floatText(l.Lat))
	w.attr("y", floatText(l.Lng))
	w.attr("scale", floatText(l.Scale))
	for _, a := range []struct{ name, value string }{
		{"label", l.Label}, {"poiname", l.POIName}, {"poiid", l.POIID}, {"maptype", l.MapType}, {"adcode", l.AdCode},
		{"cityname", l.CityName},
		{"infourl", l.InfoURL}, {"fromusername", l.From},
	} {
		w.attr(a.name, a.value)
	}
	w.WriteString("/></msg>")
	return w.String()
}

// QuoteOf returns an answer to a message, ready for Build. refer identifies the message by its ids,
// and its Content is the quoted text. To mention a member, write "@name" into the text and the wxid
// into api.PostAppMsg.At.
func QuoteOf(text string, refer Refer) *Quote {
	refer.Content = strings.TrimSpace(refer.Content)
	return &Quote{Text: text, Refer: refer}
}

func boolText(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

func floatText(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
