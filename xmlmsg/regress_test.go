package xmlmsg_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The tokenizer ends tags, comments and sections at the end of the content as if they were closed.
func TestCutOffAfterThePayload(t *testing.T) {
	t.Parallel()
	const head = "<msg><appmsg><title>T</title><type>6</type></appmsg></msg"
	for _, cut := range []string{head, head + "><!-- x", head + "><!-->", head + "><![CDATA[ x", head + "><?x"} {
		raw, ok := parseApp(cut).(*xmlmsg.Raw)
		require.True(t, ok, cut)
		require.ErrorIs(t, raw.Err, xmlmsg.ErrTruncated, cut)
	}
}

func TestSetTextIsLinear(t *testing.T) {
	t.Parallel()
	content := "<msg><appmsg><title>" + strings.Repeat("a<b/>", 190_000) + "</title></appmsg></msg>"
	start := time.Now()
	_, err := xmlmsg.Rewrite(content, xmlmsg.SetTitle("x"))
	require.NoError(t, err)
	assert.Less(t, time.Since(start), 30*time.Second, "nine minutes when each removal is linear")
}

func TestRewriteKeepsReferencesAndQuotes(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"<msg><appmsg><title>a&#x14;</title><des>b&#x14;&#0;<![CDATA[&#x14;]]></des></appmsg></msg>": "<msg><appmsg><title>T</title>" +
			"<des>b<![CDATA[&#x14;]]></des></appmsg></msg>",
		"<msg><appmsg a='1' a='x&#10;y'><title/><des>it's \"x\"</des></appmsg></msg>": "<msg><appmsg a=\"1\" " +
			"a=\"x&#xA;y\"><title>T</title><des>it's \"x\"</des></appmsg></msg>",
	} {
		got, err := xmlmsg.Rewrite(content, nil, xmlmsg.SetTitle("T"))
		require.NoError(t, err, content)
		assert.Equal(t, want, got)
	}
	for _, bad := range []xmlmsg.Edit{xmlmsg.SetText("a b", "x"), xmlmsg.SetText("img/", "x"), xmlmsg.SetAttr("img", "a b", "x")} {
		_, err := xmlmsg.Rewrite("<msg><img/></msg>", bad)
		require.ErrorIs(t, err, xmlmsg.ErrNoPath)
	}
}

func TestAttributesCount(t *testing.T) {
	t.Parallel()
	raw, ok := parseApp("<msg><appmsg" + strings.Repeat(" a", 300_000) + "/></msg>").(*xmlmsg.Raw)
	require.True(t, ok)
	require.ErrorIs(t, raw.Err, xmlmsg.ErrLimit)
}

func TestTextIsValid(t *testing.T) {
	t.Parallel()
	p := xmlmsg.Parse(xmlmsg.Message{Type: 1, Content: "a\xffb", Source: "<msgsource><atuserlist >wxid_a</atuserlist></msgsource>"})
	assert.True(t, utf8.ValidString(p.(*xmlmsg.Text).Body))
	assert.Equal(t, []string{"wxid_a"}, p.(*xmlmsg.Text).At)
}
