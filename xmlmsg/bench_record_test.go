package xmlmsg_test

import (
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/beevik/etree"
	"github.com/stretchr/testify/require"
)

// xmlRecord has the fields of xmlmsg.ChatRecord for encoding/xml, without those of its items.
type xmlRecord struct {
	From string `xml:"fromusername"`
	App  struct {
		Type   string `xml:"type"`
		Title  string `xml:"title"`
		Desc   string `xml:"des"`
		Record string `xml:"recorditem"`
	} `xml:"appmsg"`
}

// xmlRecordInfo has the items, with the fields of xmlmsg.RecordItem.
type xmlRecordInfo struct {
	IsGroup string `xml:"isChatRoom"`
	Items   []struct {
		DataType   int    `xml:"datatype,attr"`
		DataID     string `xml:"dataid,attr"`
		HTMLID     string `xml:"htmlid,attr"`
		Name       string `xml:"sourcename"`
		Time       string `xml:"sourcetime"`
		HeadURL    string `xml:"sourceheadurl"`
		Title      string `xml:"datatitle"`
		Desc       string `xml:"datadesc"`
		Ext        string `xml:"datafmt"`
		Size       string `xml:"datasize"`
		MD5        string `xml:"fullmd5"`
		DataURL    string `xml:"cdndataurl"`
		DataKey    string `xml:"cdndatakey"`
		ThumbURL   string `xml:"cdnthumburl"`
		ThumbKey   string `xml:"cdnthumbkey"`
		Duration   string `xml:"duration"`
		Link       string `xml:"link"`
		SourceTime string `xml:"srcMsgCreateTime"`
		Hash       string `xml:"dataitemsource>hashusername"`
		NewMsgID   string `xml:"fromnewmsgid"`
	} `xml:"datalist>dataitem"`
}

func recordElements() []string {
	return []string{
		"sourcename", "sourcetime", "sourceheadurl", "datatitle", "datadesc", "datafmt", "datasize", "fullmd5", "cdndataurl", "cdndatakey",
		"cdnthumburl", "cdnthumbkey", "duration", "link", "srcMsgCreateTime", "fromnewmsgid",
	}
}

// BenchmarkRecord parses chat records of increasing length: the time must grow linearly.
func BenchmarkRecord(b *testing.B) {
	for _, n := range []int{50, 100, 200, 400} {
		b.Run(fmt.Sprintf("items=%d", n), func(b *testing.B) {
			content := recordOf(n)
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				sink = parseApp(content)
			}
		})
	}
	content := recordOf(400)
	b.Run("encoding-xml", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		b.ReportAllocs()
		for b.Loop() {
			var record xmlRecord
			require.NoError(b, xml.Unmarshal([]byte(content), &record))
			var info xmlRecordInfo
			require.NoError(b, xml.Unmarshal([]byte(record.App.Record), &info))
			require.Len(b, info.Items, 400)
			sink = info
		}
	})
	b.Run("etree", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		b.ReportAllocs()
		for b.Loop() {
			doc, info := etree.NewDocument(), etree.NewDocument()
			require.NoError(b, doc.ReadFromString(content))
			require.NoError(b, info.ReadFromString(doc.FindElement("//recorditem").Text()))
			items := info.FindElements("//dataitem")
			require.Len(b, items, 400)
			for _, item := range items {
				sink = item.SelectAttrValue("dataid", "")
				for _, name := range recordElements() {
					if e := item.SelectElement(name); e != nil { // a path for each field would take longer
						sink = e.Text()
					}
				}
			}
		}
	})
}
