package broadcast

import (
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// quoted is a message that the command quotes, to be sent on: a picture, a file, a link.
type quoted struct {
	Type    int
	Content string
	Source  string
}

// quotedBy is the message that a command quotes; nil if it quotes none.
func quotedBy(c *router.Context) (*quoted, error) {
	q, ok := c.Payload().(*xmlmsg.Quote)
	if !ok {
		return nil, nil
	}
	m := &quoted{q.Refer.Type, q.Refer.Content, q.Refer.Source}
	_, err := router.ForwardOf(m.event())
	return m, err //nolint:wrapcheck // it is shown to who has written the command
}

// event is the message as it came.
func (q *quoted) event() *callback.Event {
	return &callback.Event{MsgType: q.Type, Content: q.Content, Source: q.Source}
}

// maxTitle is how many characters of a message the preview shows.
const maxTitle = 60

// String says for the preview what it is.
func (q *quoted) String() string {
	if q == nil {
		return ""
	}
	switch m := q.event().Payload().(type) {
	case *xmlmsg.Text:
		return "【文字】" + plugin.CleanText(m.Body, maxTitle)
	case *xmlmsg.File:
		return "【文件】" + plugin.CleanText(m.Name, maxTitle)
	case *xmlmsg.Link:
		return "【链接】" + plugin.CleanText(m.Title, maxTitle)
	case *xmlmsg.Image:
		return "【图片】"
	case *xmlmsg.Video:
		return "【视频】"
	}
	return "【消息】"
}
