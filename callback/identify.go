package callback

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Identity is what must be known of a body before it is acknowledged.
type Identity struct {
	// Control is true for a probe: to be answered, and forgotten.
	Control bool
	AppID   string
	// Key identifies the message; the same body posted again has the same key. Empty for events that
	// are harmless to see twice.
	Key string
	// Lane is the conversation, with the account: the unit of order.
	Lane string
}

// identifying are the members that Identify reads. The rest of the body is only checked for syntax.
type identifying struct {
	TypeName word            `json:"TypeName"`
	AppID    text            `json:"Appid"`
	Wxid     text            `json:"Wxid"`
	Data     identifyingData `json:"Data"`

	NewMsgID  id   `json:"newMsgId"`
	FromUser  text `json:"fromUser"`
	ToUser    text `json:"toUser"`
	FromGroup text `json:"fromGroup"`
	MsgType   text `json:"msgType"`

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
}

// UnmarshalJSONFrom reads an object; any other value counts as absent.
func (d *identifyingData) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	d.present = true
	return json.UnmarshalDecode(dec, &d.identifyingFields)
}

// Identify reads the identity of a body and checks that the whole body is JSON. It is several times
// quicker than Decode, and fails for the same bodies.
func Identify(b []byte) (Identity, error) {
	b = trim(b)
	if len(b) == 0 {
		return Identity{Control: true}, nil
	}
	if b[0] != '{' {
		return Identity{}, ErrNotJSON
	}
	var v identifying
	if err := json.Unmarshal(b, &v, lenient); err != nil {
		return Identity{}, notJSON(err)
	}
	shape := body{TypeName: v.TypeName, TestMsg: v.TestMsg, Msg: v.Msg, CallBackURL: v.CallBackURL}
	shape.Data.present, shape.MsgType = v.Data.present, v.MsgType
	switch shape.dialect(isEmptyObject(b)) {
	case Control:
		return Identity{Control: true}, nil
	case Flat:
		return v.flat(b), nil
	default:
		return v.wrapped(b)
	}
}

func (v *identifying) wrapped(b []byte) (Identity, error) {
	d := &v.Data
	switch {
	case v.TypeName == "AddMsg" && !d.present:
		return Identity{}, ErrNoData
	case v.TypeName == "AddMsg" || v.TypeName == "" && d.present:
		peer := string(d.FromUserName)
		if peer == string(v.Wxid) || IsGroup(string(d.ToUserName)) {
			peer = string(d.ToUserName)
		}
		return v.message(uint64(d.NewMsgID), strconv.FormatInt(int64(d.MsgType), 10), peer, b), nil
	}
	// Contact and account events have no id, and are harmless to see twice.
	return v.identity("", string(d.UserName)), nil
}

func (v *identifying) flat(b []byte) Identity {
	peer := string(v.FromUser)
	switch {
	case v.FromGroup != "":
		peer = string(v.FromGroup)
	case IsGroup(string(v.ToUser)) || peer == string(v.Wxid):
		peer = string(v.ToUser)
	}
	if v.NewMsgID == 0 && v.FromUser == "" {
		return v.identity("", peer) // a status word
	}
	return v.message(uint64(v.NewMsgID), string(v.MsgType), peer, b)
}

// shortID is the bound below which a NewMsgId is no server id: such ids are unique only together with
// the type of the message.
const shortID = 1e11

func (v *identifying) message(newMsgID uint64, msgType, peer string, b []byte) Identity {
	key := strconv.FormatUint(newMsgID, 10)
	switch {
	case newMsgID == 0:
		key = hash(b)
	case newMsgID < shortID:
		key += ":" + msgType
	}
	return v.identity(key, peer)
}

func (v *identifying) identity(key, peer string) Identity {
	i := Identity{AppID: string(v.AppID), Lane: string(v.AppID) + "/" + peer}
	if key != "" {
		i.Key = i.AppID + ":" + key
	}
	return i
}

// hash is the identity of a body without an id: equal for bodies that differ only in the order of their
// members and in white space.
func hash(b []byte) string {
	canonical, err := jsontext.AppendFormat(nil, b, lenient, jsontext.ReorderRawObjects(true))
	if err != nil {
		canonical = b
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:16])
}

// syntaxOffset finds where the syntax of a body broke.
func syntaxOffset(err error) (int64, bool) {
	var syntactic *jsontext.SyntacticError
	if !errors.As(err, &syntactic) {
		return 0, false
	}
	return syntactic.ByteOffset, true
}
