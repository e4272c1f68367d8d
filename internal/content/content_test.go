package content_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/content"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const sheet = `<msg><appmsg><title>report.xlsx</title><type>6</type><md5>00112233445566778899aabbccddeeff</md5></appmsg></msg>`

func TestRepeats(t *testing.T) {
	t.Parallel()
	text := func(s string) content.Content { return content.Of(&xmlmsg.Text{Body: s}, s) }
	file := func(name, md5 string) content.Content {
		return content.Of(&xmlmsg.File{Name: name, MD5: md5, Size: 1}, "")
	}
	for name, test := range map[string]struct {
		message, other content.Content
		want           bool
	}{
		"the same words":              {text("Hello"), text(" hello\n"), true},
		"other words":                 {text("hello"), text("goodbye"), false},
		"it contains the other":       {text("you said hello"), text("hello"), true},
		"the other contains it":       {text("hello"), text("you said hello"), false},
		"a short word in another":     {text("abc"), text("a"), false},
		"a short word":                {text("a"), text("A"), true},
		"a quote":                     {content.Of(&xmlmsg.Quote{Text: "hello"}, ""), text("hello"), true},
		"a file by its md5":           {file("a.txt", "x"), file("b.txt", "x"), true},
		"a file by its name":          {file("a.txt", ""), file("a.txt", ""), true},
		"another file":                {file("a.txt", "x"), file("a.txt", "y"), false},
		"a text is not a file":        {text("a.txt"), file("a.txt", ""), false},
		"a forward of the same file":  {content.OfSend(api.ForwardFile{XML: sheet}), file("x", "00112233445566778899aabbccddeeff"), true},
		"an answer to the same text":  {content.OfSend(api.PostText{Content: "HELLO"}), text("hello"), true},
		"the same sticker":            {content.OfSend(api.PostEmoji{MD5: "x"}), content.Of(&xmlmsg.Emoji{MD5: "x"}, ""), true},
		"two sends of one link":       {content.OfSend(api.PostLink{LinkURL: "u"}), content.OfSend(api.PostLink{LinkURL: "u"}), true},
		"two sends of different ones": {content.OfSend(api.PostLink{LinkURL: "u"}), content.OfSend(api.PostLink{LinkURL: "v"}), false},
	} {
		assert.Equal(t, test.want, test.message.Repeats(test.other), name)
	}
}

func TestContent(t *testing.T) {
	t.Parallel()
	assert.True(t, content.Of(&xmlmsg.Video{}, "").Media)
	assert.False(t, content.Of(&xmlmsg.Link{}, "").Media)
	assert.False(t, content.Of(&xmlmsg.Text{Body: "好的呀"}, "").Telling(), "three characters, nine bytes")
	assert.True(t, content.Of(&xmlmsg.Text{Body: "好的好的"}, "").Telling())
	long := content.Of(&xmlmsg.Text{Body: strings.Repeat("好", 1<<20)}, "").Text
	assert.LessOrEqual(t, len(long), 1<<10)
	assert.Equal(t, strings.Repeat("好", len(long)/3), long, "no character is cut")
}
