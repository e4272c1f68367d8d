package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// callbackEnvelope is the body of a callback, with its fields in the order of the service.
type callbackEnvelope struct {
	TypeName string
	Appid    string
	Wxid     string
	Data     addMsg
}

// addMsg is the Data of an AddMsg.
type addMsg struct {
	MsgID        int64 `json:"MsgId"`
	FromUserName wrapped
	ToUserName   wrapped
	MsgType      int
	Content      wrapped
	Status       int
	ImgStatus    int
	ImgBuf       imgBuf
	CreateTime   int64
	MsgSource    string
	PushContent  string `json:",omitempty"`
	NewMsgID     uint64 `json:"NewMsgId"`
	MsgSeq       int64
}

// wrapped is a string in the wrapped dialect.
type wrapped struct {
	String string `json:"string"`
}

type imgBuf struct {
	ILen   int    `json:"iLen"`
	Buffer []byte `json:"buffer,omitempty"`
}

// callbackBody returns the body of the callback by which an account receives a message.
func (w *World) callbackBody(to sighting, e *Entry) []byte {
	a := to.by
	kind, text := message.Describe(e.MsgType, e.Content)
	data := addMsg{
		MsgID: to.msgID, MsgSeq: to.seq, NewMsgID: e.NewMsgID, CreateTime: e.Time, MsgType: e.MsgType,
		FromUserName: wrapped{e.From}, ToUserName: wrapped{e.To}, Content: wrapped{e.wire()},
		Status: 3, ImgStatus: 1, MsgSource: w.msgSource(e),
	}
	if e.MsgType == message.TypeNotice || e.MsgType == message.TypeSystem {
		data.Status = 4
	}
	switch {
	case e.MsgType == message.TypeImage:
		data.ImgStatus = 2
		data.ImgBuf = imgBuf{ILen: len(w.IDs.thumbnail), Buffer: w.IDs.thumbnail}
	case kind == message.KindLink, kind == message.KindMiniProgram, e.MsgType == message.TypeEmoji:
		data.ImgStatus = 2
	}
	if a.Wxid != e.From {
		data.PushContent = w.pushContent(a, e, kind, text)
		if IsGroup(e.Conversation) && !e.bare {
			data.FromUserName, data.ToUserName = wrapped{e.Conversation}, wrapped{a.Wxid}
			data.Content.String = groupPrefix(e) + e.wire()
		}
	}
	return message.EncodeJSON(callbackEnvelope{TypeName: "AddMsg", Appid: a.AppID, Wxid: a.Wxid, Data: data})
}

// wire returns the content that receivers get: a postAppMsg has only the element inside of <msg>.
func (e *Entry) wire() string {
	if e.Endpoint == "/message/postAppMsg" {
		return "<msg>\n\t" + e.Content + "\n\t<fromusername>" + message.Escape(e.From) + "</fromusername>\n</msg>\n"
	}
	return e.Content
}

// groupPrefix returns what precedes the content of a message in a group: nothing in plain notices,
// and the id of the group in those in XML.
func groupPrefix(e *Entry) string {
	switch e.MsgType {
	case message.TypeNotice:
		return ""
	case message.TypeSystem:
		return e.Conversation + ":\n"
	default:
		return e.From + ":\n"
	}
}

func (w *World) msgSource(e *Entry) string {
	var b strings.Builder
	b.WriteString("<msgsource>\n")
	if len(e.At) > 0 {
		fmt.Fprintf(&b, "\t<atuserlist><![CDATA[%s]]></atuserlist>\n", strings.Join(e.At, ","))
	}
	b.WriteString("\t<alnode>\n\t\t<fr>2</fr>\n\t</alnode>\n")
	if g := w.People.GroupByID(e.Conversation); g != nil {
		fmt.Fprintf(&b, "\t<silence>0</silence>\n\t<membercount>%d</membercount>\n", len(g.Members))
	}
	fmt.Fprintf(&b, "\t<signature>%s</signature>\n\t<tmp_node>\n\t\t<publisher-id></publisher-id>\n\t</tmp_node>\n</msgsource>\n",
		w.IDs.signature())
	return b.String()
}

// pushContent returns the text of the notification on the phone.
func (w *World) pushContent(a *Account, e *Entry, kind, text string) string {
	nick := w.People.Nick(e.From)
	switch {
	case slices.Contains(e.At, a.Wxid):
		return nick + "在群聊中@了你"
	case slices.Contains(e.At, Everybody):
		return nick + "在群聊中@了所有人"
	case kind == message.KindLocation:
		return nick + "分享了一个地理位置"
	case kind == message.KindQuote:
		return text
	case e.MsgType == message.TypeSync, e.MsgType == message.TypeRequest, e.MsgType == message.TypeNotice, e.MsgType == message.TypeSystem:
		return ""
	}
	if label, known := pushLabels()[kind]; known {
		return nick + " : " + label(text)
	}
	return "你收到了一条消息"
}

// pushLabels returns the words of a notification for each kind.
func pushLabels() map[string]func(text string) string {
	plain := func(label string) func(string) string { return func(string) string { return label } }
	with := func(label string) func(string) string { return func(text string) string { return label + text } }
	return map[string]func(string) string{
		message.KindText: with(""), message.KindImage: plain("[图片]"), message.KindVoice: plain("[语音]"), message.KindVideo: plain("[视频]"),
		message.KindEmoji: plain("[动画表情]"),
		message.KindFile:  with("[文件]"), message.KindFileNotice: with("[文件]"), message.KindLink: with("[链接]"),
		message.KindCard:        with("[名片]"),
		message.KindMiniProgram: with("[小程序]"),
	}
}
