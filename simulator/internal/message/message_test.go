package message_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// awkward has what XML must escape.
const awkward = `a < b & "c" ]]> 报表`

func TestXMLIsReadBack(t *testing.T) {
	t.Parallel()
	file := message.File{Name: awkward, Size: 63}
	media := message.Media{CdnID: "3057", Key: "00ff", MD5: "ff00", Now: 1}
	for name, test := range map[string]struct {
		msgType    int
		content    string
		kind, text string
	}{
		"a file":            {message.TypeApp, message.FileXML("wxid_a", file, message.Notice{}, media), message.KindFile, awkward},
		"the notice of one": {message.TypeApp, message.NoticeXML("wxid_a", file, message.Notice{}), message.KindFileNotice, awkward},
		"a link":            {message.TypeApp, message.LinkXML("", message.Link{Title: awkward, URL: "u?a&b"}), message.KindLink, awkward},
		"a picture":         {message.TypeImage, message.ImageXML(media), message.KindImage, ""},
		"a text":            {message.TypeText, awkward, message.KindText, awkward},
		"a card":            {message.TypeCard, `<msg nickname="` + message.Escape(awkward) + `"/>`, message.KindCard, awkward},
		"a bare appmsg":     {message.TypeApp, "<appmsg><title>t</title><type>2000</type></appmsg>", message.KindApp, "t"},
		"no XML":            {message.TypeApp, "hello", message.KindRaw, ""},
		"an unknown type":   {9999, "<msg/>", message.KindRaw, ""},
	} {
		kind, text := message.Describe(test.msgType, test.content)
		assert.Equal(t, []string{test.kind, test.text}, []string{kind, text}, name)
	}
	n, err := message.Parse("<a>" + message.CDATA(awkward) + "</a>")
	require.NoError(t, err)
	assert.Equal(t, awkward, n.Text)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for content, why := range map[string]string{
		"": "it is not XML", "hello": "it is not XML", "<a": "it is not XML",
		"wxid_a:\n<msg/>":                       "the prefix",
		"<a/><b/>":                              "more than one root",
		"<a/>x":                                 "text around it",
		"<!DOCTYPE a><a/>":                      "DOCTYPE",
		strings.Repeat("<a>", 100):              "too deep",
		"<a>" + strings.Repeat("<b/>", 100_000): "too large",
	} {
		_, err := message.Parse(content)
		require.ErrorContains(t, err, why, "%.40s", content)
	}
	n, err := message.Parse("\ufeff \n<?xml version=\"1.0\" encoding=\"GBK\"?><msg><a>1</a></msg>")
	require.NoError(t, err)
	assert.Equal(t, "1", n.Value("a"))
	assert.Empty(t, n.Value("a", "b", "c"))
}

func TestForwardable(t *testing.T) {
	t.Parallel()
	whole := message.FileXML("wxid_a", message.File{Name: "a.txt", Size: 1}, message.Notice{}, message.Media{CdnID: "c", Key: "k"})
	require.NoError(t, message.CheckFile(whole))
	require.ErrorContains(t, message.CheckFile(strings.ReplaceAll(whole, "cdnattachurl", "x")), "cdnattachurl")
	notice := message.NoticeXML("wxid_a", message.File{Name: "a.txt"}, message.Notice{})
	require.ErrorContains(t, message.CheckFile(notice), "the file comes later")
	link := message.LinkXML("wxid_a", message.Link{Title: "t", URL: "u"})
	require.ErrorContains(t, message.CheckFile(link), "this has 5")
	require.NoError(t, message.CheckApp(link, message.AppLink, message.AppMusic))
	require.ErrorContains(t, message.CheckApp(link, message.AppMusic), "wrong here")
	require.ErrorContains(t, message.CheckApp("<appmsg/>", message.AppLink), "<msg> with <appmsg>")
	_, err := message.CheckImage(message.ImageXML(message.Media{CdnID: "c", Key: "k"}))
	require.NoError(t, err)
	_, err = message.CheckImage(`<msg><img aeskey="k"/></msg>`)
	require.ErrorContains(t, err, "none of cdnmidimgurl")
	_, err = message.CheckVideo(`<msg><videomsg aeskey="k"/></msg>`)
	require.ErrorContains(t, err, "cdnvideourl")
}

func TestDraft(t *testing.T) {
	t.Parallel()
	md5 := strings.Repeat("0a", 16)
	for name, test := range map[string]struct {
		draft message.Draft
		wrong string // empty: nothing
	}{
		"a text":             {message.Draft{Kind: "text", Text: "hi", At: []string{"wxid_a"}}, ""},
		"a file":             {message.Draft{Kind: "file", File: &message.File{Name: "a.txt", MD5: md5}}, ""},
		"no kind":            {message.Draft{Text: "hi"}, `"kind" is missing`},
		"an unknown kind":    {message.Draft{Kind: "telegram"}, `no kind "telegram"`},
		"no text":            {message.Draft{Kind: "text"}, `needs "text"`},
		"a field too many":   {message.Draft{Kind: "image", Text: "hi"}, `no use for "text"`},
		"a file, no name":    {message.Draft{Kind: "file", File: &message.File{}}, `needs "name"`},
		"a negative size":    {message.Draft{Kind: "file", File: &message.File{Name: "a", Size: -1}}, "less than 0"},
		"a wrong md5":        {message.Draft{Kind: "file", File: &message.File{Name: "a", MD5: strings.ToUpper(md5)}}, "32 hex digits"},
		"a link, no url":     {message.Draft{Kind: "link", Link: &message.Link{Title: "t"}}, `"title" and "url"`},
		"a raw, wrong type":  {message.Draft{Kind: "raw", MsgType: -1, Content: "x"}, "positive"},
		"a raw, nothing but": {message.Draft{Kind: "raw", MsgType: 49}, `needs "content"`},
	} {
		err := test.draft.Check(true)
		if test.wrong == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.wrong, name)
	}
	require.ErrorContains(t, (&message.Draft{Kind: "text", Text: "hi", At: []string{"wxid_a"}}).Check(false), "for groups")
	for name, want := range map[string]string{"a.txt": "txt", "a.tar.gz": "gz", ".profile": "", "a": "", "a.": ""} {
		assert.Equal(t, want, message.File{Name: name}.Ext(), name)
	}
	assert.JSONEq(t, `{"a":"<"}`, string(message.EncodeJSON(map[string]string{"a": "<"})))
	assert.Contains(t, string(message.EncodeJSON("<")), "<", "not escaped")
}
