package callback

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Identity is what has to be known about a body before it is acknowledged.
type Identity struct {
	// Control is true for a probe, which is answered and not stored.
	Control bool
	AppID   string
	// Key identifies the message; the same body posted again has the same key. Empty for events
	// that may be handled twice.
	Key string
	// Lane is the queue of the conversation in the store: "AppID/conversation id". Messages of a
	// lane are handled in order.
	Lane string
}

// identifying holds the members that Identify reads. The rest of the body is only checked for
// syntax.
type identifying struct {
	TypeName word            `json:"TypeName"`
	AppID    text            `json:"Appid"`
	Wxid     text            `json:"Wxid"`
	Data     identifyingData `json:"Data"`

	NewMsgID  id   `json:"newMsgId"`
	FromUser  text `json:"fromUser"`
	ToUser    text `json:"toUser"`
	FromGroup text `json:"fromGroup"`
	IsSelf    flag `json:"isSelf"`
	MsgType   text `json:"msgType"`
	Content   head `json:"content"`

	TestMsg     *text `json:"testMsg"`
	Msg         *text `json:"msg"`
	CallBackURL *text `json:"callBackUrl"`
}

type identifyingData struct {
	present bool
	identifyingFields
}

type identifyingFields struct {
	NewMsgID     id      `json:"NewMsgId"`
	MsgType      integer `json:"MsgType"`
	FromUserName text    `json:"FromUserName"`
	ToUserName   text    `json:"ToUserName"`
	UserName     text    `json:"UserName"`
	Content      head    `json:"Content"`
}

// UnmarshalJSONFrom reads an object; any other value counts as absent.
func (d *identifyingData) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	d.present = true
	return json.UnmarshalDecode(dec, &d.identifyingFields)
}

// Identify reads the identity of a body with the zero Decoder.
func Identify(b []byte) (Identity, error) { return (&Decoder{}).Identify(b) }

// Identify reads the identity of a body and checks that the whole body is JSON. It is several times
// faster than Decode, fails for the same bodies, and finds the same conversation.
func (d *Decoder) Identify(b []byte) (Identity, error) {
	trimmed := trim(b)
	if len(trimmed) == 0 {
		return Identity{Control: true}, nil
	}
	if trimmed[0] != '{' {
		return Identity{}, ErrNotJSON
	}
	var v identifying
	if err := json.Unmarshal(trimmed, &v, lenient); err != nil {
		return Identity{}, notJSON(err)
	}
	if v.Wxid == "" && d.Wxid != nil {
		v.Wxid = text(d.Wxid(string(v.AppID)))
	}
	shape := body{TypeName: v.TypeName, TestMsg: v.TestMsg, Msg: v.Msg, CallBackURL: v.CallBackURL}
	shape.Data.present, shape.MsgType = v.Data.present, v.MsgType
	switch shape.dialect(isEmptyObject(trimmed)) {
	case Control:
		return Identity{Control: true}, nil
	case Flat:
		return v.flat(d, trimmed)
	default:
		return v.wrapped(d, trimmed)
	}
}

func (v *identifying) wrapped(d *Decoder, b []byte) (Identity, error) {
	data := &v.Data
	switch {
	case v.TypeName == "AddMsg" && !data.present:
		return Identity{}, ErrNoData
	case v.TypeName == "AddMsg" || v.TypeName == "" && data.present:
		e := envelope{wxid: string(v.Wxid), from: string(data.FromUserName), to: string(data.ToUserName)}
		return v.message(d, b, uint64(data.NewMsgID), int(data.MsgType), strconv.FormatInt(int64(data.MsgType), 10), e, data.Content)
	case v.TypeName == "ModContacts" || v.TypeName == "DelContacts":
		return v.identity("", conversationWith(string(data.UserName))), nil
	}
	return v.identity("", Conversation{}), nil
}

func (v *identifying) flat(d *Decoder, b []byte) (Identity, error) {
	word := strings.ToUpper(string(v.MsgType))
	switch {
	case isOffline(word), isStatusWord(word):
		return v.identity("", Conversation{}), nil
	case isContactWord(word):
		return v.identity("", conversationWith(string(v.FromUser))), nil
	}
	f := flatFields{FromUser: v.FromUser, ToUser: v.ToUser, FromGroup: v.FromGroup, IsSelf: v.IsSelf}
	return v.message(d, b, uint64(v.NewMsgID), msgTypeOf(word, ""), string(v.MsgType),
		f.envelope(string(v.Wxid), string(v.Content)), v.Content)
}

// shortID is the limit below which a NewMsgId is not a server id: such ids are unique only together
// with the type of the message.
const shortID = 1e11

// message returns the identity of a message. The few messages whose conversation depends on their
// content are left to Decode.
func (v *identifying) message(d *Decoder, b []byte, newMsgID uint64, msgType int, typeWord string, where envelope,
	content head) (Identity, error) {
	key := strconv.FormatUint(newMsgID, 10)
	switch {
	case newMsgID == 0:
		key = hash(b)
	case newMsgID < shortID:
		key += ":" + typeWord
	}
	conversation := where.conversation()
	switch {
	case isProbe(msgType, string(content)):
		conversation = Conversation{}
	case msgType == msgTypeStatusSync:
		e, err := d.Decode(b)
		if err != nil {
			return Identity{}, err
		}
		conversation = e.Conversation
	}
	return v.identity(key, conversation), nil
}

func (v *identifying) identity(key string, where Conversation) Identity {
	i := Identity{AppID: string(v.AppID), Lane: string(v.AppID) + "/" + where.ID}
	if key != "" {
		i.Key = i.AppID + ":" + key
	}
	return i
}

// hash identifies a body without an id. It is equal for bodies that differ only in the order of
// members and in white space.
func hash(b []byte) string {
	canonical, err := jsontext.AppendFormat(nil, b, lenient, jsontext.ReorderRawObjects(true))
	if err != nil {
		canonical = b
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:16])
}

// syntaxOffset returns the position of the first syntax error in a body.
func syntaxOffset(err error) (int64, bool) {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return 0, false
	}
	return syntactic.ByteOffset, true
}
