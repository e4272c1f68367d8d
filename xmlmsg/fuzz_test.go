package xmlmsg_test

import (
	"bytes"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func seeds(f *testing.F, add func(string)) {
	for _, content := range samples(f) {
		add(content)
	}
	for _, content := range []string{
		"", "<", "<a", "<a>", "<a/>", "<a b='c'/>", "&lt;msg&gt;", "<msg><!--", "<msg><![CDATA[x", "<?xml", "<!DOCTYPE a>", "<a></b>",
		"<msg><appmsg><type>6</type></appmsg></msg>", "<msg>\x00</msg>", "<a \xff='\xfe'/>", "<msg><img aeskey=\"&#x0;&\"/></msg>",
		"<msg><appmsg><title>&#1114112;</title><type><![CDATA[5]]></type></appmsg></msg>",
	} {
		add(content)
	}
}

// FuzzParse checks that no content causes a panic, that the content of a Raw is unchanged, and that
// every payload can be printed.
func FuzzParse(f *testing.F) {
	seeds(f, func(s string) {
		f.Add(1, s)
		f.Add(3, s)
		f.Add(49, s)
	})
	for text := range notices() {
		f.Add(10000, text)
	}
	f.Add(10002, "&amp;lt;sysmsg type='pat'&amp;gt;<br/>&amp;lt;/sysmsg&amp;gt;")
	f.Fuzz(func(t *testing.T, msgType int, content string) {
		switch p := xmlmsg.Parse(xmlmsg.Message{Type: msgType, Content: content, Source: content}).(type) {
		case *xmlmsg.Raw:
			require.Equal(t, content, p.Content)
		case *xmlmsg.File:
			require.True(t, utf8.ValidString(p.Name+p.Ext+p.AESKey))
		case *xmlmsg.Link:
			require.True(t, utf8.ValidString(p.Title+p.URL))
		case *xmlmsg.Image:
			require.True(t, utf8.ValidString(p.AESKey+p.CDNBigURL))
		}
		xmlmsg.AppType(content)
		xmlmsg.SysMsgType(content)
		xmlmsg.CutAuthor(content, msgType)
		if len(content) > 200 { // many expressions go over it
			return
		}
		places, _ := xmlmsg.NoticeNames(content)
		last := 0
		for _, place := range places {
			require.LessOrEqual(t, last, place[0])
			require.LessOrEqual(t, place[0], place[1])
			last = place[1]
		}
		require.LessOrEqual(t, last, len(content))
	})
}

// FuzzMedia decrypts arbitrary data.
func FuzzMedia(f *testing.F) {
	f.Add("30313233343536373839616263646566", encrypt(f, []byte("0123456789abcdef"), []byte("media")))
	f.Add("MDEyMzQ1Njc4OWFiY2RlZg==", []byte{1, 2, 3})
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		key, err := xmlmsg.ParseMediaKey(text)
		if err != nil {
			require.ErrorIs(t, err, xmlmsg.ErrBadKey)
			return
		}
		r, err := xmlmsg.NewMediaReader(bytes.NewReader(data), key)
		require.NoError(t, err)
		plain, err := io.ReadAll(r)
		if err == nil {
			require.Less(t, len(plain), len(data), "padding is never empty")
		}
	})
}

// FuzzRewrite checks that every edit of arbitrary content gives an error or a document that can be
// read again.
func FuzzRewrite(f *testing.F) {
	seeds(f, func(s string) { f.Add(s, "title") })
	f.Fuzz(func(t *testing.T, content, title string) {
		out, err := xmlmsg.Rewrite(content, xmlmsg.SetText("appmsg/title", title))
		if err != nil {
			return
		}
		_, err = xmlmsg.Rewrite(out, xmlmsg.SetText("appmsg/title", title))
		require.NoError(t, err, "what was written must be readable: %q", out)
		if appmsg, err := xmlmsg.AppMsg(content); err == nil {
			require.Contains(t, appmsg, "appmsg")
		}
	})
}
