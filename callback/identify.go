package callback

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

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
	// Self is true if the envelope says that the account itself wrote the message. Where only the
	// content does, it is false.
	Self bool
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
	var v body
	if err := v.read(trimmed); err != nil {
		return Identity{}, err
	}
	w := whose{decoder: d, body: trimmed, appID: v.appID.text()}
	switch v.dialect() {
	case control:
		return Identity{Control: true}, nil
	case flat:
		return w.flat(&v)
	default:
		return w.wrapped(&v)
	}
}

// whose is the body that Identify reads.
type whose struct {
	decoder *Decoder
	body    []byte
	appID   string
}

// wxid is the account's, from the body or from elsewhere.
func (w *whose) wxid(v *body) string {
	wxid := v.wxid.text()
	if wxid == "" && w.decoder.Wxid != nil {
		wxid = w.decoder.Wxid(w.appID)
	}
	return wxid
}

func (w *whose) wrapped(v *body) (Identity, error) {
	data := &v.data
	switch typeName := v.typeName.word(); {
	case typeName == "AddMsg" && !v.hasData:
		return Identity{}, ErrNoData
	case typeName == "AddMsg" || typeName == "" && v.hasData:
		e := envelope{wxid: w.wxid(v), from: data.fromUserName.text(), to: data.toUserName.text()}
		msgType, content := data.msgType.integer(), ""
		if msgType == msgTypeText {
			content = data.content.head()
		}
		return w.message(data.newMsgID.id(), int(msgType), strconv.FormatInt(msgType, 10), e, content)
	case typeName == "ModContacts" || typeName == "DelContacts":
		return w.identity("", conversationWith(data.contact.userName.text())), nil
	}
	return w.identity("", Conversation{}), nil
}

func (w *whose) flat(v *body) (Identity, error) {
	f := &v.flat
	typeName := f.msgType.text()
	word := strings.ToUpper(typeName)
	switch {
	case isOffline(word), isStatusWord(word):
		return w.identity("", Conversation{}), nil
	case isContactWord(word):
		return w.identity("", conversationWith(f.fromUser.text())), nil
	}
	content := f.content.head()
	where := f.envelope(w.wxid(v), f.fromUser.text(), f.toUser.text(), content)
	return w.message(f.newMsgID.id(), msgTypeOf(word, ""), typeName, where, content)
}

// shortID is the limit below which a NewMsgId is not a server id: such ids are unique only together
// with the type of the message.
const shortID = 1e11

// message returns the identity of a message. The few messages whose conversation depends on their
// content are left to Decode.
func (w *whose) message(newMsgID uint64, msgType int, typeWord string, where envelope, content string) (Identity, error) {
	var digits [20]byte
	key := w.appID + ":" + string(strconv.AppendUint(digits[:0], newMsgID, 10))
	switch {
	case newMsgID == 0:
		key = w.appID + ":" + hash(w.body)
	case newMsgID < shortID:
		key += ":" + typeWord
	}
	conversation := where.conversation()
	switch {
	case isProbe(msgType, content):
		conversation = Conversation{}
	case msgType == msgTypeStatusSync:
		e, err := w.decoder.Decode(w.body)
		if err != nil {
			return Identity{}, err
		}
		conversation = e.Conversation
	}
	id := w.identity(key, conversation)
	id.Self = where.self || where.wxid != "" && where.from == where.wxid
	return id, nil
}

func (w *whose) identity(key string, where Conversation) Identity {
	lane := w.appID + "/" + where.ID
	return Identity{AppID: w.appID, Key: key, Lane: lane}
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
