package callback

import (
	"github.com/go-json-experiment/json"
)

// body holds the members of a body, of all dialects. Identify and Decode both read it, and decode
// only the values that they need.
type body struct {
	empty                 bool // without any member
	typeName, appID, wxid value
	hasData               bool // Data was an object
	data                  data
	flat                  flatFields
	testMsg, msg          value
	callBackURL, token    value
}

// data holds the members of Data in the wrapped dialect: of a message, or of a contact event.
type data struct {
	msgID, newMsgID, msgSeq, msgType, status, createTime value
	fromUserName, toUserName                             value
	content, msgSource, pushContent, imgBuf              value

	contact contactFields
}

// flatFields are the members of the flat dialect, beside appid and wxid.
type flatFields struct {
	msgID, newMsgID, createTime, msgType value
	fromUser, toUser, fromGroup, isSelf  value
	content, pushContent, msgSource      value
	atUserList                           value
}

// read checks the syntax of a body, and finds its members.
func (v *body) read(b []byte) error {
	if b[0] != '{' {
		return ErrNotJSON
	}
	m := value(b).members()
	for m.next() {
		name := m.name()
		if string(name) != "data" || !m.atObject() {
			v.member(name, m.take())
			continue
		}
		v.hasData = true
		inner := m.enter()
		for inner.next() {
			v.data.member(inner.name(), inner.take())
		}
		m.leave(&inner)
	}
	v.empty = !m.started
	if !m.finished() {
		return notJSON(json.Unmarshal(b, new(struct{}), lenient)) // once more, for the place
	}
	return nil
}

// member keeps a member with a folded name.
func (v *body) member(name []byte, member value) {
	switch string(name) {
	case "typename":
		v.typeName = member
	case "appid":
		v.appID = member
	case "wxid":
		v.wxid = member
	case "testmsg":
		v.testMsg = member
	case "msg":
		v.msg = member
	case "callbackurl":
		v.callBackURL = member
	case "token":
		v.token = member
	default:
		v.flat.member(name, member)
	}
}

func (f *flatFields) member(name []byte, member value) {
	switch string(name) {
	case "msgid":
		f.msgID = member
	case "newmsgid":
		f.newMsgID = member
	case "createtime":
		f.createTime = member
	case "msgtype":
		f.msgType = member
	case "fromuser":
		f.fromUser = member
	case "touser":
		f.toUser = member
	case "fromgroup":
		f.fromGroup = member
	case "isself":
		f.isSelf = member
	case "content":
		f.content = member
	case "pushcontent":
		f.pushContent = member
	case "msgsource":
		f.msgSource = member
	case "atuserlist":
		f.atUserList = member
	}
}

func (d *data) member(name []byte, member value) {
	switch string(name) {
	case "msgid":
		d.msgID = member
	case "newmsgid":
		d.newMsgID = member
	case "msgseq":
		d.msgSeq = member
	case "msgtype":
		d.msgType = member
	case "status":
		d.status = member
	case "createtime":
		d.createTime = member
	case "fromusername":
		d.fromUserName = member
	case "tousername":
		d.toUserName = member
	case "content":
		d.content = member
	case "msgsource":
		d.msgSource = member
	case "pushcontent":
		d.pushContent = member
	case "imgbuf":
		d.imgBuf = member
	default:
		d.contact.member(name, member)
	}
}

// dialect tells the shape of the body.
func (v *body) dialect() string {
	switch {
	case v.typeName.word() != "" || v.hasData:
		return wrapped
	case v.flat.msgType.text() != "":
		return flat
	case v.empty, v.testMsg.given(), v.msg.given() && v.callBackURL.given():
		return control
	}
	return wrapped
}
