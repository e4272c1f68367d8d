package xmlmsg_test

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

const quotedFile = `<?xml version="1.0"?><msg><appmsg><title>a &amp; b.xls</title><type>6</type><appattach><totallen>5</totallen>` +
	`<aeskey>k</aeskey></appattach><md5>m</md5></appmsg></msg>`

func quote(t *testing.T, appType, refer string) *xmlmsg.Quote {
	t.Helper()
	q, ok := parseApp("<msg><appmsg><title>my answer</title><refermsg>" + refer + "</refermsg><type>" + appType +
		"</type></appmsg></msg>").(*xmlmsg.Quote)
	require.True(t, ok)
	assert.Equal(t, "my answer", q.Text)
	return q
}

// TestQuoteForms writes one quoted file in all the forms that occur.
func TestQuoteForms(t *testing.T) {
	t.Parallel()
	head := "<type>49</type><svrid>18446744073709551615</svrid><fromusr>1@chatroom</fromusr><chatusr>wxid_a</chatusr>" +
		"<displayname>A</displayname><createtime>7</createtime>"
	for name, content := range map[string]string{
		"escaped":               html.EscapeString(quotedFile),
		"escaped with a prefix": "wxid_a:\n" + html.EscapeString(quotedFile),
		"CDATA":                 "<![CDATA[" + quotedFile + "]]>",
		"CDATA with a prefix":   "<![CDATA[wxid_a:\n" + quotedFile + "]]>",
		"escaped twice":         html.EscapeString(html.EscapeString(quotedFile)),
		"real children":         strings.TrimPrefix(quotedFile, `<?xml version="1.0"?>`),
		"white space in front":  "\n " + html.EscapeString(quotedFile),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := quote(t, "57", head+"<content>"+content+"</content>")
			f, ok := q.Refer.Payload.(*xmlmsg.File)
			require.True(t, ok, "%T", q.Refer.Payload)
			assert.Equal(t, "a & b.xls", f.Name)
			assert.Equal(t, int64(5), f.Size)
			assert.Equal(t, uint64(1<<64-1), q.Refer.NewMsgID)
			assert.Equal(t, []any{"1@chatroom", "wxid_a", "A", int64(7)},
				[]any{q.Refer.Chat, q.Refer.Sender, q.Refer.Name, q.Refer.CreateTime})
		})
	}
}

func TestQuotesOfOtherKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ refer, want string }{
		{"<type>1</type><content>plain &amp; text</content>", `"kind":"text","text":"plain \u0026 text"`},
		{"<type>1</type><chatusr>wxid_a</chatusr><content>wxid_a:\nhi</content>", `"kind":"text","text":"hi"`},
		{"<type>1</type><chatusr>wxid_a</chatusr><content>note:\nhi</content>", `"kind":"text","text":"note:\nhi"`},
		{"<type>3</type><content>&lt;msg&gt;&lt;img aeskey=\"k\" md5=\"m\"/&gt;&lt;/msg&gt;</content>",
			`"kind":"image","md5":"m","aes_key":"k"`},
		{"<type>34</type><content>&lt;msg&gt;&lt;voicemsg voicelength=\"7200\"/&gt;&lt;/msg&gt;</content>",
			`"kind":"voice","duration_ms":7200`},
		{"<type>47</type><content>wxid_a:1700000000000:0:0123456789abcdef0123456789abcdef::0</content>",
			`"kind":"emoji","md5":"0123456789abcdef0123456789abcdef"`},
		{"<type>3</type>", `"kind":"image"`},
		{"<type>1</type><content/>", `"kind":"text"`},
		{"<type>-9</type><content>x</content>", `"kind":"raw","text":"x"`},
		{"<type>49</type><content>no XML at all</content>", `"kind":"raw","text":"no XML at all"`},
		{"", `"type":0`},
	} {
		line, err := json.Marshal(quote(t, "57", c.refer).Refer)
		require.NoError(t, err)
		assert.Contains(t, string(line), c.want, c.refer)
	}
	assert.Equal(t, "wxid_b", quote(t, "1", "<type>1</type><fromusr>wxid_b</fromusr><content>x</content>").Refer.Sender,
		"in a private chat the peer is the author")
	assert.Empty(t, quote(t, "57", "<type>1</type><fromusr>1@chatroom</fromusr><content>x</content>").Refer.Sender)
}

// TestQuotesInQuotes nests quotes; each level escapes the inner ones again.
func TestQuotesInQuotes(t *testing.T) {
	t.Parallel()
	content := "<msg><appmsg><title>level 0</title><type>57</type><refermsg><type>1</type><content>the end</content></refermsg></appmsg>" +
		"</msg>"
	for range 20 {
		content = "<msg><appmsg><title>more</title><type>57</type><refermsg><type>49</type><content>" + "<![CDATA[" +
			strings.ReplaceAll(content, "]]>", "]]]]><![CDATA[>") + "]]></content></refermsg></appmsg></msg>"
	}
	depth := 0
	for p := parseApp(content); ; depth++ {
		q, ok := p.(*xmlmsg.Quote)
		if !ok {
			raw, ok := p.(*xmlmsg.Raw)
			require.True(t, ok)
			require.ErrorIs(t, raw.Err, xmlmsg.ErrLimit)
			break
		}
		p = q.Refer.Payload
	}
	assert.Equal(t, 17, depth, "nested deeper than anybody writes")
}
