package xmlmsg_test

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

const recordInfo = `<recordinfo><isChatRoom>1</isChatRoom><datalist count="2"><dataitem datatype="1" dataid="x"><sourcename>A` +
	`</sourcename><sourcetime>2026-2-3 09:12</sourcetime><datadesc>a &lt;3 &amp; b</datadesc></dataitem>` +
	`<dataitem datatype="8"><datatitle>f.pdf</datatitle><datafmt>pdf</datafmt><cdndataurl>30</cdndataurl><cdndatakey>k</cdndatakey>` +
	`<fullmd5>m</fullmd5><datasize>9</datasize></dataitem></datalist></recordinfo>`

func TestRecordForms(t *testing.T) {
	t.Parallel()
	want := []xmlmsg.RecordItem{
		{DataType: 1, DataID: "x", Name: "A", Time: "2026-2-3 09:12", Desc: "a <3 & b"},
		{DataType: 8, Title: "f.pdf", Ext: "pdf", CDNDataURL: "30", CDNDataKey: "k", MD5: "m", Size: 9},
	}
	for name, item := range map[string]string{
		"CDATA": "<![CDATA[" + recordInfo + "]]>", "escaped once": html.EscapeString(recordInfo),
		"escaped twice": html.EscapeString(html.EscapeString(recordInfo)), "real children": recordInfo,
	} {
		r, ok := parseApp(app("19", "<des>d</des><recorditem>"+item+"</recorditem>")).(*xmlmsg.ChatRecord)
		require.True(t, ok, name)
		assert.Equal(t, want, r.Items, name)
		assert.Equal(t, []any{"t", "d", true, 2, 1, false}, []any{r.Title, r.Desc, r.IsGroup, r.Count, r.Depth, r.Oversize}, name)
	}
	for _, broken := range []string{"", "<recorditem/>", "<recorditem>&lt;recordinfo&gt;&lt;datalist&gt;</recorditem>",
		"<recorditem><![CDATA[no XML]]></recorditem>"} {
		r, ok := parseApp(app("19", "<des>d</des>"+broken)).(*xmlmsg.ChatRecord)
		require.True(t, ok, broken)
		assert.Equal(t, "t", r.Title, "title and text stay, whatever the record is")
		assert.Empty(t, r.Items)
	}
	long := parseApp(app("40", "<xmlfulllen>412880</xmlfulllen>")).(*xmlmsg.ChatRecord)
	assert.True(t, long.Oversize)
}

func TestRecordsInRecords(t *testing.T) {
	t.Parallel()
	inner := `<dataitem datatype="1"><datadesc>the end</datadesc></dataitem>`
	for range 30 {
		inner = `<dataitem datatype="17"><recordxml><recordinfo><title>more</title><datalist>` + inner +
			`</datalist></recordinfo></recordxml></dataitem>`
	}
	item := "<recorditem><![CDATA[<recordinfo><datalist>" + inner + "</datalist></recordinfo>]]></recorditem>"
	r := parseApp(app("19", item)).(*xmlmsg.ChatRecord)
	assert.Equal(t, 16, r.Depth, "nested deeper than anybody writes")
	assert.Equal(t, "more", r.Items[0].Title)
}

func TestRecordItems(t *testing.T) {
	t.Parallel()
	r := parseApp(app("24", `<recorditem><![CDATA[<recordinfo><datalist>`+
		`<dataitem datatype="6"><location lat="31.5" lng="121.5" scale="15" label="L" poiname="P"/></dataitem>`+
		`<dataitem datatype="37"><emojiitem><md5>e</md5></emojiitem></dataitem>`+
		`<dataitem datatype="5"><weburlitem><link>https://example.com</link></weburlitem></dataitem>`+
		`<dataitem datatype="2"><cdn_dataurl>30</cdn_dataurl><cdn_datakey>k</cdn_datakey><fullsize>5</fullsize></dataitem>`+
		`<dataitem datatype="99" htmlid="-1"><datadesc>unknown</datadesc></dataitem>`+
		`</datalist></recordinfo>]]></recorditem>`)).(*xmlmsg.Note)
	require.Len(t, r.Items, 5)
	assert.Equal(t, &xmlmsg.Location{Lat: 31.5, Lng: 121.5, Scale: 15, Label: "L", POIName: "P"}, r.Items[0].Location)
	assert.Equal(t, "e", r.Items[1].MD5)
	assert.Equal(t, "https://example.com", r.Items[2].Link)
	assert.Equal(t, []any{"30", "k", int64(5)}, []any{r.Items[3].CDNDataURL, r.Items[3].CDNDataKey, r.Items[3].Size})
	assert.Equal(t, []any{99, "-1", "unknown"}, []any{r.Items[4].DataType, r.Items[4].HTMLID, r.Items[4].Desc})
}

// recordOf returns a chat record with n items.
func recordOf(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<dataitem datatype="1" dataid="%032d"><sourcename>Somebody</sourcename><sourcetime>2026-2-3 09:12</sourcetime>`+
			`<datadesc>line %d &amp;amp; more</datadesc><srcMsgCreateTime>1782080427</srcMsgCreateTime></dataitem>`, i, i)
	}
	return app("19", `<recorditem><![CDATA[<recordinfo><datalist count="`+strconv.Itoa(n)+`">`+b.String()+`</datalist></recordinfo>]]>`+
		`</recorditem>`)
}

func TestLargeRecord(t *testing.T) {
	t.Parallel()
	r := parseApp(recordOf(400)).(*xmlmsg.ChatRecord)
	assert.Equal(t, 400, r.Count)
	for i, item := range r.Items {
		assert.Equal(t, fmt.Sprintf("line %d &amp; more", i), item.Desc, "each decoded text keeps its own place")
	}
	assert.Equal(t, fmt.Sprintf("%032d", 399), r.Items[399].DataID)
}

func TestRecordFieldForms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		item string
		want xmlmsg.RecordItem
	}{
		"the first of two counts":    {"<datadesc/><datadesc>second</datadesc>", xmlmsg.RecordItem{}},
		"the first that has a text":  {"<datasize/><fullsize>7</fullsize>", xmlmsg.RecordItem{Size: 7}},
		"in the order of preference": {"<cdn_dataurl>b</cdn_dataurl><cdndataurl>a</cdndataurl>", xmlmsg.RecordItem{CDNDataURL: "a"}},
		"a text around CDATA":        {"<datadesc>a&gt;<![CDATA[<b>]]>c</datadesc>", xmlmsg.RecordItem{Desc: "a><b>c"}},
		"CDATA twice":                {"<datadesc> <![CDATA[a&lt;]]><![CDATA[b]]> </datadesc>", xmlmsg.RecordItem{Desc: "a&lt;b"}},
		"a comment":                  {"<datadesc>a<!-- b -->c</datadesc>", xmlmsg.RecordItem{Desc: "ac"}},
		"line breaks of a relay":     {"<datadesc>a<br/>b<Br />c</datadesc>", xmlmsg.RecordItem{Desc: "a\nb\nc"}},
		"no ids":                     {"<fromnewmsgid> </fromnewmsgid>", xmlmsg.RecordItem{}},
	} {
		item := "<dataitem>" + test.item + "</dataitem>"
		r := parseApp(app("19", "<recorditem><recordinfo><datalist>"+item+"</datalist></recordinfo></recorditem>"))
		assert.Equal(t, []xmlmsg.RecordItem{test.want}, r.(*xmlmsg.ChatRecord).Items, name)
	}
}
