package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// callbackEnvelope is the body of a callback, in the order of the service.
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

// wrapped is a string as the service wraps it.
type wrapped struct {
	String string `json:"string"`
}

type imgBuf struct {
	ILen   int    `json:"iLen"`
	Buffer []byte `json:"buffer,omitempty"`
}

// The message types that the simulator makes or looks into.
const (
	typeText     = 1
	typeImage    = 3
	typeVoice    = 34
	typeRequest  = 37
	typeCard     = 42
	typeVideo    = 43
	typeEmoji    = 47
	typeLocation = 48
	typeApp      = 49
	typeSync     = 51
	typeNotice   = 10000
	typeSystem   = 10002
)

// callbackBody is the body that tells an account of a message. The caller holds the lock.
func (s *Simulator) callbackBody(to sighting, e *entry) []byte {
	a := to.by
	kind, text := describe(e.MsgType, e.Content)
	data := addMsg{
		MsgID: to.msgID, MsgSeq: to.seq, NewMsgID: e.NewMsgID, CreateTime: e.Time, MsgType: e.MsgType,
		FromUserName: wrapped{e.From}, ToUserName: wrapped{e.To}, Content: wrapped{e.wire()},
		Status: 3, ImgStatus: 1, MsgSource: s.msgSource(e),
	}
	if e.MsgType == typeNotice || e.MsgType == typeSystem {
		data.Status = 4
	}
	switch {
	case e.MsgType == typeImage:
		data.ImgStatus = 2
		data.ImgBuf = imgBuf{ILen: len(s.ids.thumbnail), Buffer: s.ids.thumbnail}
	case kind == KindLink, kind == kindMiniProgram, e.MsgType == typeEmoji:
		data.ImgStatus = 2
	}
	if a.Wxid != e.From {
		data.PushContent = s.pushContent(a, e, kind, text)
		if isGroup(e.Conversation) && !e.bare {
			data.FromUserName, data.ToUserName = wrapped{e.Conversation}, wrapped{a.Wxid}
			data.Content.String = groupPrefix(e) + e.wire()
		}
	}
	return encode(callbackEnvelope{TypeName: "AddMsg", Appid: a.AppID, Wxid: a.Wxid, Data: data})
}

// wire is the content as receivers get it: postAppMsg brings only the element inside of <msg>.
func (e *entry) wire() string {
	if e.Endpoint == "/message/postAppMsg" {
		return "<msg>\n\t" + e.Content + "\n\t<fromusername>" + esc(e.From) + "</fromusername>\n</msg>\n"
	}
	return e.Content
}

// groupPrefix precedes the content of a message in a group. Plain notices have none, and those in XML have the group itself.
func groupPrefix(e *entry) string {
	switch e.MsgType {
	case typeNotice:
		return ""
	case typeSystem:
		return e.Conversation + ":\n"
	default:
		return e.From + ":\n"
	}
}

func (s *Simulator) msgSource(e *entry) string {
	var b strings.Builder
	b.WriteString("<msgsource>\n")
	if len(e.At) > 0 {
		fmt.Fprintf(&b, "\t<atuserlist><![CDATA[%s]]></atuserlist>\n", strings.Join(e.At, ","))
	}
	b.WriteString("\t<alnode>\n\t\t<fr>2</fr>\n\t</alnode>\n")
	if g := s.people.groupByID(e.Conversation); g != nil {
		fmt.Fprintf(&b, "\t<silence>0</silence>\n\t<membercount>%d</membercount>\n", len(g.Members))
	}
	fmt.Fprintf(&b, "\t<signature>%s</signature>\n\t<tmp_node>\n\t\t<publisher-id></publisher-id>\n\t</tmp_node>\n</msgsource>\n", s.ids.signature())
	return b.String()
}

// pushContent is the text of the notification on the phone.
func (s *Simulator) pushContent(a *account, e *entry, kind, text string) string {
	nick := s.people.nick(e.From)
	switch {
	case slices.Contains(e.At, a.Wxid):
		return nick + "在群聊中@了你"
	case slices.Contains(e.At, everybody):
		return nick + "在群聊中@了所有人"
	case kind == kindLocation:
		return nick + "分享了一个地理位置"
	case kind == kindQuote:
		return text
	case e.MsgType == typeSync, e.MsgType == typeRequest, e.MsgType == typeNotice, e.MsgType == typeSystem:
		return ""
	}
	if label, known := pushLabels()[kind]; known {
		return nick + " : " + label(text)
	}
	return "你收到了一条消息"
}

// pushLabels are the words of a notification for each kind.
func pushLabels() map[string]func(text string) string {
	plain := func(label string) func(string) string { return func(string) string { return label } }
	with := func(label string) func(string) string { return func(text string) string { return label + text } }
	return map[string]func(string) string{
		KindText: with(""), KindImage: plain("[图片]"), kindVoice: plain("[语音]"), kindVideo: plain("[视频]"), kindEmoji: plain("[动画表情]"),
		KindFile: with("[文件]"), KindFileNotice: with("[文件]"), KindLink: with("[链接]"), kindCard: with("[名片]"),
		kindMiniProgram: with("[小程序]"),
	}
}

// encode writes JSON as the service does: "<" stays "<". What it is given can always be written.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("{}")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}
