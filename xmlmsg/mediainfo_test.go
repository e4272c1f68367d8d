package xmlmsg_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestMediaThatAnswer checks the quoted message and the time of expiry of each kind of media.
func TestMediaThatAnswer(t *testing.T) {
	t.Parallel()
	const info = `<extcommoninfo><media_expire_at>1790000000</media_expire_at><refermsg><svrid>6000000000000000011</svrid>` +
		`<createtime>1780000000</createtime></refermsg></extcommoninfo>`
	for name, m := range map[string]xmlmsg.Message{
		"voice": {Type: 34, Content: `<msg><voicemsg voicelength="1"/>` + info + `</msg>`},
		"image": {Type: 3, Content: `<msg><img length="1"/>` + info + `</msg>`},
		"video": {Type: 43, Content: `<msg><videomsg length="1"/>` + info + `</msg>`},
		"emoji": {Type: 47, Content: `<msg><emoji len="1"/>` + info + `</msg>`},
		"file":  {Type: 49, Content: `<msg><appmsg><type>6</type></appmsg>` + info + `</msg>`},
	} {
		payload := xmlmsg.Parse(m)
		require.Equal(t, xmlmsg.Kind(name), payload.Kind())
		b, err := json.Marshal(payload)
		require.NoError(t, err)
		var got struct {
			ExpireAt int64 `json:"media_expire_at"`
			Refer    struct {
				NewMsgID   string `json:"new_msg_id"`
				CreateTime int64  `json:"create_time"`
			} `json:"refer"`
		}
		require.NoError(t, json.Unmarshal(b, &got))
		assert.Equal(t, []any{int64(1790000000), "6000000000000000011", int64(1780000000)},
			[]any{got.ExpireAt, got.Refer.NewMsgID, got.Refer.CreateTime}, name)
	}
	voice := xmlmsg.Parse(xmlmsg.Message{Type: 34,
		Content: `<msg><voicemsg voicelength="1"/><extcommoninfo><refermsg/></extcommoninfo></msg>`}).(*xmlmsg.Voice)
	assert.Nil(t, voice.Refer)
	b, err := json.Marshal(voice)
	require.NoError(t, err)
	assert.NotContains(t, string(b), "refer")
}

func TestPartOfAQuotedText(t *testing.T) {
	t.Parallel()
	for partial, want := range map[string]string{
		"": "", "<partialtext>第二句</partialtext>": "第二句", "<partialtext><start>第二</start><end>三句</end></partialtext>": "第二句，第三句",
		"<partialtext><start>没有</start></partialtext>": "没有",
	} {
		q, ok := parseApp(app("57",
			"<title>\n好\n</title><refermsg><type>1</type><content>第一句，第二句，第三句</content>"+partial+"</refermsg>")).(*xmlmsg.Quote)
		require.True(t, ok)
		assert.Equal(t, want, q.Refer.PartialText, partial)
		assert.Equal(t, "第一句，第二句，第三句", q.Refer.Content)
	}
}

// TestTheTextOfAnAnswerIsNotTrimmed checks that line breaks in the text are kept, and those around
// CDATA dropped.
func TestTheTextOfAnAnswerIsNotTrimmed(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"\n  a\n": "\n  a\n", "<![CDATA[\na\n]]>": "\na\n", "\n\t<![CDATA[a\n]]>\n": "a\n", "a &lt; b": "a < b", "": "",
	} {
		q, ok := xmlmsg.Parse(xmlmsg.Message{Type: 49, Content: "<msg><appmsg><title>" + title +
			"</title><type>57</type></appmsg></msg>"}).(*xmlmsg.Quote)
		require.True(t, ok)
		assert.Equal(t, want, q.Text, "%q", title)
	}
}

// TestRecordedMessagesKnowTheirIDs checks the id of the original message in an entry of a chat
// record.
func TestRecordedMessagesKnowTheirIDs(t *testing.T) {
	t.Parallel()
	record, ok := parseApp(app("19",
		`<recorditem><![CDATA[<recordinfo><datalist><dataitem datatype="1"><fromnewmsgid>6000000000000000011</fromnewmsgid></dataitem>`+
			`<dataitem/></datalist></recordinfo>]]></recorditem>`)).(*xmlmsg.ChatRecord)
	require.True(t, ok)
	b, err := json.Marshal(record.Items)
	require.NoError(t, err)
	var items []map[string]any
	require.NoError(t, json.Unmarshal(b, &items))
	require.Len(t, items, 2)
	assert.Equal(t, "6000000000000000011", items[0]["from_new_msg_id"])
	assert.NotContains(t, items[1], "from_new_msg_id")
}

// TestAddressesThatWereEscapedTwice checks the addresses in each family that has one.
func TestAddressesThatWereEscapedTwice(t *testing.T) {
	t.Parallel()
	const escaped, want = "https://a.example/?x=1&amp;amp;y=2&amp;amp;amp;z=3", "https://a.example/?x=1&y=2&z=3"
	for name, payload := range map[string]xmlmsg.Payload{
		"link":  parseApp(app("5", "<url>"+escaped+"</url>")),
		"app":   parseApp(app("9999", "<url>"+escaped+"</url>")),
		"music": parseApp(app("3", "<dataurl>"+escaped+"</dataurl>")),
		"mini":  parseApp(app("33", "<weappinfo><weappiconurl>"+escaped+"</weappiconurl></weappinfo>")),
		"feed":  parseApp(app("51", "<finderFeed><mediaList><media><url>"+escaped+"</url></media></mediaList></finderFeed>")),
		"article": parseApp(app("5", "<mmreader><category><item><title>t</title><url><![CDATA["+strings.ReplaceAll(escaped, "&amp;amp;",
			"&amp;")+"]]></url></item></category></mmreader>")),
		"sticker": xmlmsg.Parse(xmlmsg.Message{Type: 47, Content: `<msg><emoji cdnurl="` + escaped + `"/></msg>`}),
		"card":    xmlmsg.Parse(xmlmsg.Message{Type: 42, Content: `<msg username="a" bigheadimgurl="` + escaped + `"/>`}),
		"record": parseApp(app("19",
			`<recorditem><recordinfo><datalist><dataitem datatype="5"><link>`+escaped+`</link></dataitem></datalist></recordinfo>`+
				`</recorditem>`)),
		"location": xmlmsg.Parse(xmlmsg.Message{Type: 48, Content: `<msg><location x="1" y="2" infourl="` + escaped + `"/></msg>`}),
	} {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(payload))
		assert.Contains(t, b.String(), want, name)
		assert.NotContains(t, b.String(), "&amp;", name)
	}
}
