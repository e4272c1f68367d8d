package xmlmsg_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestFile(t *testing.T) {
	t.Parallel()
	f, ok := parseApp(sample(t, "forward_file.xml")).(*xmlmsg.File)
	require.True(t, ok)
	assert.Equal(t, "info.json", f.Name)
	assert.Equal(t, "json", f.Ext)
	assert.Equal(t, int64(63), f.Size)
	assert.Equal(t, "b0a4c2a2855a05d9c196f85f5de943d3", f.MD5)
	assert.Equal(t, "41750dba98f3ae3c981764ac8d572b78", f.AESKey)
	assert.Equal(t, uint64(793344590557092421), f.OverwriteNewMsgID)
	assert.True(t, strings.HasPrefix(f.CDNAttachURL, "3057020117bf8c"))
	assert.True(t, strings.HasPrefix(f.AttachID, "@cdn_3057020117bf8c"))
	assert.Equal(t, xmlmsg.AppInfo{Type: 6, Version: "1", From: "wxid_demo_alice"}, f.AppInfo)
	assert.Equal(t, `file "info.json" (63 bytes)`, f.String(), "no key may slip into a log")

	md5Inside := parseApp(app("6", "<appattach><md5>abc</md5></appattach>")).(*xmlmsg.File)
	assert.Equal(t, "abc", md5Inside.MD5, "some clients write the md5 inside appattach")
}

func TestFileNotice(t *testing.T) {
	t.Parallel()
	n, ok := parseApp(sample(t, "notice.xml")).(*xmlmsg.FileNotice)
	require.True(t, ok)
	assert.Equal(t, "2026年度预算 (修订2).docx", n.Name)
	assert.Equal(t, int64(1204481), n.Size)
	assert.True(t, strings.HasPrefix(n.UploadToken, "v1_"))
	assert.NotContains(t, n.String(), n.UploadToken)
}

func TestImage(t *testing.T) {
	t.Parallel()
	i, ok := xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: sample(t, "image.xml"), Buffer: []byte{1, 2}}).(*xmlmsg.Image)
	require.True(t, ok)
	assert.Equal(t, int64(241848), i.Length)
	assert.Equal(t, int64(578839), i.HDLength)
	assert.Equal(t, []byte{1, 2}, i.Thumb)
	assert.Equal(t, i.CDNBigURL, i.BestURL())
	assert.NotContains(t, i.String(), i.AESKey)
	assert.Equal(t, "mid", (&xmlmsg.Image{CDNMidURL: "mid", CDNThumbURL: "thumb"}).BestURL())
	assert.Equal(t, "thumb", (&xmlmsg.Image{CDNThumbURL: "thumb"}).BestURL())

	live := xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: sample(t, "live.xml")}).(*xmlmsg.Image)
	require.NotNil(t, live.Live)
	assert.Positive(t, live.Live.Size)
}

func TestLinkAndInvitation(t *testing.T) {
	t.Parallel()
	l, ok := parseApp(sample(t, "articles.xml")).(*xmlmsg.Link)
	require.True(t, ok)
	require.Len(t, l.Articles, 3)
	assert.Equal(t, "修书匠的第十一个工具箱", l.Articles[1].Title)

	old := parseApp(app("5", `<mmreader><category count="3"><newitem><title_v2>a</title_v2><longurl>u</longurl><digest>d</digest>`+
		`<cover_1_1>c</cover_1_1></newitem><item><url>no title</url></item><topnew/></category></mmreader>`)).(*xmlmsg.Link)
	assert.Equal(t, []xmlmsg.Article{{Title: "a", URL: "u", Summary: "d", Cover: "c"}}, old.Articles)

	invite, ok := parseApp(sample(t, "invite.xml")).(*xmlmsg.GroupInvite)
	require.True(t, ok)
	assert.Contains(t, invite.URL, "addchatroombyinvite")
	assert.NotContains(t, fmt.Sprint(invite), "ticket")
	assert.IsType(t, &xmlmsg.Link{}, parseApp(app("5", "<des>邀请你加入群聊</des><url>https://example.com</url>")),
		"only the URL makes an invitation")
	assert.IsType(t, &xmlmsg.Quote{}, parseApp(app("1", "<refermsg><type>1</type></refermsg>")), "a reaction is no link")
	assert.IsType(t, &xmlmsg.Link{}, parseApp(app("1", "<refermsg/>")), "an empty shell is nothing")
}

func TestText(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		"": nil, "<msgsource/>": nil, "<msgsource><atuserlist/></msgsource>": nil, "<msgsource><atuserlist></atuserlist></msgsource>": nil,
		"<msgsource><atuserlist>a,b</atuserlist></msgsource>":                               {"a", "b"},
		"<msgsource>\n<atuserlist>\n<![CDATA[, a , ,b,]]></atuserlist><x>1</x></msgsource>": {"a", "b"},
		"<msgsource><atuserlist>a": nil, // broken, but the message still arrives
	} {
		m := xmlmsg.Parse(xmlmsg.Message{Type: 1, Content: "<msg>no & XML", Source: source}).(*xmlmsg.Text)
		assert.Equal(t, "<msg>no & XML", m.Body)
		assert.Equal(t, want, m.At, source)
	}
	m := &xmlmsg.Text{At: []string{"wxid_a", xmlmsg.AtAll}}
	assert.True(t, m.Mentions("wxid_a"))
	assert.False(t, m.Mentions("wxid_b"))
	assert.False(t, m.Mentions(""))
	assert.True(t, m.MentionsAll())
	assert.False(t, (&xmlmsg.Text{At: []string{"wxid_a"}}).MentionsAll())
}

func TestSource(t *testing.T) {
	t.Parallel()
	got := xmlmsg.ParseSource(`<msgsource><silence>1</silence><membercount>9</membercount><signature>V1_a|v1_b</signature><bizflag>2` +
		`</bizflag><sec_msg_node><risk-file-flag>1</risk-file-flag></sec_msg_node><tmp_node><publisher-id>p</publisher-id></tmp_node>` +
		`</msgsource>`)
	assert.Equal(t, xmlmsg.Source{Silence: true, MemberCount: 9, Signature: "V1_a|v1_b", BizFlag: 2, PublisherID: "p", RiskFlag: 1}, got)
	assert.Equal(t, xmlmsg.Source{}, xmlmsg.ParseSource("<msgsource><silence>1"))
}

// TestNoDifference writes one file in many ways.
func TestNoDifference(t *testing.T) {
	t.Parallel()
	want := parseApp(app("6", "<md5>m</md5><appattach><totallen>10</totallen><fileext>txt</fileext></appattach>"))
	for name, content := range map[string]string{
		"order": "<msg><appmsg><appattach><fileext>txt</fileext><totallen>10</totallen></appattach><md5>m</md5>" +
			"<type>6</type><title>t</title></appmsg></msg>",
		"CDATA": "<msg><appmsg><title><![CDATA[t]]></title><type><![CDATA[6]]></type><md5>m</md5><appattach><totallen>" +
			"<![CDATA[10]]></totallen><fileext>t<![CDATA[x]]>t</fileext></appattach></appmsg></msg>",
		"blanks": "\ufeff \n<?xml version=\"1.0\" encoding=\"gbk\"?>\n<msg\n>\n<appmsg  appid = '' ><title >t</title >" +
			"<type> 6 </type><md5>m</md5><appattach><totallen> 10 </totallen><fileext>txt</fileext></appattach></appmsg></msg>\n",
		"references": "<msg><appmsg><title>&#116;</title><type>&#x36;</type><md5>m</md5><appattach><totallen>1&#48;</totallen>" +
			"<fileext>&#x14;t&#0;xt</fileext></appattach></appmsg></msg>",
		"control characters": "<msg><appmsg><title>\x01t\x00</title><type>6</type><md5>m</md5><appattach><totallen>10</totallen>" +
			"<fileext>tx\x1ft</fileext></appattach></appmsg></msg>",
		"escaped as a whole": "&lt;msg&gt;&lt;appmsg&gt;&lt;title&gt;t&lt;/title&gt;&lt;type&gt;6&lt;/type&gt;" +
			"&lt;md5&gt;m&lt;/md5&gt;&lt;appattach&gt;&lt;totallen&gt;10&lt;/totallen&gt;" +
			"&lt;fileext&gt;txt&lt;/fileext&gt;&lt;/appattach&gt;&lt;/appmsg&gt;&lt;/msg&gt;",
		"a number with a tail": "<msg><appmsg><title>t</title><type>6.0</type><md5>m</md5><appattach><totallen>10>></totallen>" +
			"<fileext>txt</fileext></appattach></appmsg></msg>",
		"twice, first wins": "<msg><appmsg><title>t</title><title>u</title><type>6</type><type>5</type><md5>m</md5><appattach>" +
			"<totallen>10</totallen><fileext>txt</fileext></appattach><appattach><totallen>11</totallen></appattach></appmsg><appmsg>" +
			"<type>5</type></appmsg></msg>",
		"comments": "<msg><!-- <a> --><appmsg><title>t<!-- x --></title><type>6</type><md5>m</md5><appattach>" +
			"<totallen>10</totallen><fileext>txt</fileext></appattach></appmsg></msg>",
		"a root less": "<appmsg><title>t</title><type>6</type><md5>m</md5><appattach><totallen>10</totallen>" +
			"<fileext>txt</fileext></appattach></appmsg>",
	} {
		assert.Equal(t, want, parseApp(content), name)
	}
	image := xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: `<msg><img aeskey="k" length="7"/></msg>`})
	for _, content := range []string{`<msg><img length='7' aeskey='k'></img></msg>`, "<msg><img\n aeskey = \"k\"\t length = \"7\" /></msg>",
		`<msg><img aeskey="&#107;" length=7></img>x<y/></msg>`} {
		assert.Equal(t, image, xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: content}), content)
	}
}

func TestBareAmpersands(t *testing.T) {
	t.Parallel()
	l := parseApp(app("5", "<url>https://example.com/?a=1&b=2&amp;c=3&unknown;&#xZZ;</url>")).(*xmlmsg.Link)
	assert.Equal(t, "https://example.com/?a=1&b=2&c=3&unknown;&#xZZ;", l.URL)
	i := xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: `<msg><img aeskey="a&b&lt;"/></msg>`}).(*xmlmsg.Image)
	assert.Equal(t, "a&b<", i.AESKey)
}

func TestTypeIsThatOfTheOutermostAppmsg(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]int{
		app("6", ""):                          6,
		app(" 6\n", ""):                       6,
		app("<![CDATA[2001]]>", ""):           2001,
		app("", ""):                           0,
		app("file", ""):                       0,
		app("-3", ""):                         -3,
		"<msg><appmsg><type/></appmsg></msg>": 0,
		"<msg><appmsg><title>t</title></appmsg><type>6</type></msg>":                                                                  0,
		"<msg><appmsg><weappinfo><type>2</type></weappinfo><type>33</type></appmsg></msg>":                                            33,
		"<msg><appmsg><refermsg><type>1</type><content><![CDATA[<type>3</type>]]></content></refermsg><type>57</type></appmsg></msg>": 57,
		"<msg><appmsg><recorditem>&lt;type&gt;1&lt;/type&gt;</recorditem><x/><!-- <type>9</type> --><type>19</type></appmsg></msg>":   19,
		"<msg><appmsg appid='a>b' sdkver=\"0\"><title a=\"<\">t</title><type>5</type></appmsg></msg>":                                 5,
		"<appmsg><type>8</type></appmsg>":              8,
		"<msg><appmsg/><type>5</type></msg>":           0,
		"<msg><appmsgs><type>5</type></appmsgs></msg>": 0,
		"plain": 0, "": 0, "<msg><appmsg": 0, "<appmsg>": 0, "<appmsg><type>": 0,
	} {
		assert.Equal(t, want, xmlmsg.AppType(content), content)
	}
	for _, content := range samples(t) {
		if p, ok := parseApp(content).(interface{ AppType() int }); ok {
			assert.Equal(t, p.AppType(), xmlmsg.AppType(content))
		}
	}
}

func TestWhatCannotBeReadIsRaw(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]error{
		"":                               xmlmsg.ErrNotXML,
		"plain text":                     xmlmsg.ErrNotXML,
		"<msg><appmsg><title>t":          xmlmsg.ErrTruncated,
		"<msg><appmsg><title><![CDATA[t": xmlmsg.ErrTruncated,
		"<msg><appmsg a=\"":              xmlmsg.ErrTruncated,
		"<msg><appmsg></msg></appmsg>":   xmlmsg.ErrMismatched,
		"</msg>":                         xmlmsg.ErrMismatched,
		"<msg><appmsg><title>a < b</title></appmsg></msg>": xmlmsg.ErrNotXML,
		"<!DOCTYPE x [<!ENTITY a \"b\">]><msg>&a;</msg>":   xmlmsg.ErrDoctype,
		"<msg/>": xmlmsg.ErrNoElement,
		"<MSG><APPMSG><TYPE>6</TYPE></APPMSG></MSG>": xmlmsg.ErrNoElement,
	} {
		raw, ok := parseApp(content).(*xmlmsg.Raw)
		require.True(t, ok, content)
		require.ErrorIs(t, raw.Err, want, content)
		assert.Equal(t, content, raw.Content, "the content stays untouched")
		assert.Equal(t, 49, raw.Type)
	}
	for _, m := range []xmlmsg.Message{{Type: 35, Content: "<msg/>"}, {Type: 9999, Content: "x"}} {
		raw, ok := xmlmsg.Parse(m).(*xmlmsg.Raw)
		require.True(t, ok)
		require.NoError(t, raw.Err, "a message without a payload type is not broken")
	}
	unknown, ok := parseApp(app("777", "<des>d</des><url>u</url>")).(*xmlmsg.App)
	require.True(t, ok)
	assert.Equal(t, []any{777, "t", "d", "u"}, []any{unknown.Type, unknown.Title, unknown.Desc, unknown.URL})
}

func TestMessagesWithoutAType(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]xmlmsg.Kind{
		"hello": xmlmsg.KindText, sample(t, "image.xml"): xmlmsg.KindImage, sample(t, "file.xml"): xmlmsg.KindFile,
		"<msg><op/></msg>": xmlmsg.KindRaw,
	} {
		assert.Equal(t, want, xmlmsg.Parse(xmlmsg.Message{Content: content}).Kind(), "%.20s", content)
	}
}

// TestHostile checks that hostile input ends soon and without a panic.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"a large attribute":   `<msg><appmsg appid="` + strings.Repeat("x", 50<<20) + `"><type>6</type></appmsg></msg>`,
		"many levels":         strings.Repeat("<a>", 100_000),
		"many levels, closed": strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000),
		"many elements":       "<msg><appmsg>" + strings.Repeat("<a/>", 1_000_000) + "</appmsg></msg>",
		"many attributes":     "<msg><appmsg " + strings.Repeat("a='' ", 1_000_000) + "/></msg>",
		"many <":              strings.Repeat("<", 5_000_000),
		"many &":              "<msg><appmsg><title>" + strings.Repeat("&", 5_000_000) + "</title><type>6</type></appmsg></msg>",
		"entities": `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><msg><appmsg><title>&b;&b;</title>` +
			`</appmsg></msg>`,
		"an external entity":  `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><msg><appmsg><title>&a;</title></appmsg></msg>`,
		"half a character":    "<msg><appmsg><title>\xe4\xb8</title><type>6</type></appmsg></msg>",
		"GBK":                 "<msg><appmsg><title>\xc4\xe3\xba\xc3</title><type>6</type></appmsg></msg>",
		"NUL":                 "<msg>\x00<appmsg\x00><type>6</type></appmsg></msg>",
		"an open comment":     "<msg><!--" + strings.Repeat("-", 100_000),
		"an open instruction": "<?" + strings.Repeat("x ", 100_000),
		"an open declaration": "<!" + strings.Repeat("x ", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payload := parseApp(content)
			require.NotNil(t, payload)
			if f, ok := payload.(*xmlmsg.File); ok {
				assert.True(t, utf8.ValidString(f.Name))
			}
			xmlmsg.AppType(content)
			xmlmsg.ParseSource(content)
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	nested := app("6", strings.Repeat("<a>", 20)+strings.Repeat("</a>", 20))
	for name, p := range map[string]xmlmsg.Parser{
		"bytes": {MaxBytes: 50}, "depth": {MaxDepth: 10}, "nodes": {MaxNodes: 10},
	} {
		raw, ok := p.Parse(xmlmsg.Message{Type: 49, Content: nested}).(*xmlmsg.Raw)
		require.True(t, ok, name)
		require.ErrorIs(t, raw.Err, xmlmsg.ErrLimit, name)
	}
	assert.IsType(t, &xmlmsg.File{}, parseApp(nested))
}

func TestStringsOutliveTheParser(t *testing.T) {
	t.Parallel()
	first := parseApp(sample(t, "file.xml")).(*xmlmsg.File)
	name, key := strings.Clone(first.Name), strings.Clone(first.AESKey)
	for range 100 { // the tree is reused
		parseApp(strings.Repeat(" ", 100) + app("6", "<aeskey>zzzzzzzzzzzzzzzz</aeskey>"))
	}
	assert.Equal(t, name, first.Name)
	assert.Equal(t, key, first.AESKey)
}
