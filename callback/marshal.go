package callback

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// view is the JSON form of an event, which `hongyan decode` prints. 64-bit ids are strings, times
// are Unix seconds, and absent values are omitted.
type view struct {
	Envelope     string           `json:"envelope"`
	TypeName     string           `json:"type_name"`
	AppID        string           `json:"appid"`
	Wxid         string           `json:"wxid"`
	Kind         xmlmsg.Kind      `json:"kind"`
	MsgType      int              `json:"msg_type,omitzero"`
	AppType      *int             `json:"app_type,omitzero"`
	Conversation conversationView `json:"conversation"`
	Sender       string           `json:"sender"`
	Self         bool             `json:"self"`
	MsgID        string           `json:"msg_id,omitzero"`
	NewMsgID     string           `json:"new_msg_id,omitzero"`
	CreateTime   int64            `json:"create_time,omitzero"`
	DedupKey     string           `json:"dedup_key,omitzero"`
	Degraded     bool             `json:"degraded,omitzero"`
	Fields       jsontext.Value   `json:"fields"`
}

type conversationView struct {
	Type ConversationType `json:"type"`
	ID   string           `json:"id"`
}

// MarshalJSON encodes the event with its payload as one JSON object. It contains message text and
// keys.
func (e *Event) MarshalJSON() ([]byte, error) {
	fields, err := e.fields()
	if err != nil {
		return nil, err
	}
	v := view{
		Envelope: e.Dialect, TypeName: e.TypeName, AppID: e.AppID, Wxid: e.Wxid,
		Kind: e.Kind(), MsgType: max(e.MsgType, 0),
		Conversation: conversationView(e.Conversation), Sender: e.Sender, Self: e.Self,
		MsgID: decimal(e.MsgID), NewMsgID: decimal(e.NewMsgID), DedupKey: e.Key(), Fields: fields,
	}
	if n, isApp := appType(e.Payload()); n != 0 || isApp && e.MsgType == msgTypeApp {
		v.AppType = &n
	}
	if !e.Time.IsZero() {
		v.CreateTime = e.Time.Unix()
	}
	if raw, ok := e.Payload().(*xmlmsg.Raw); ok {
		v.Degraded = raw.Err != nil
	}
	return json.Marshal(v)
}

func decimal(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// appType returns the type of an app message.
func appType(p xmlmsg.Payload) (n int, isApp bool) {
	app, ok := p.(interface{ AppType() int })
	if !ok {
		return 0, false
	}
	return app.AppType(), true
}

// fields returns the fields of the payload, and those that only the envelope has.
func (e *Event) fields() (jsontext.Value, error) {
	switch p := e.Payload().(type) {
	case *xmlmsg.Text:
		return json.Marshal(struct {
			*xmlmsg.Text
			AtMe  bool `json:"at_me"`
			AtAll bool `json:"at_all"`
		}{p, e.AtMe(), e.AtAll()})
	case *xmlmsg.Quote:
		return json.Marshal(struct {
			*xmlmsg.Quote
			AtMe  bool `json:"at_me"`
			AtAll bool `json:"at_all"`
		}{p, e.AtMe(), e.AtAll()})
	case *xmlmsg.File:
		return json.Marshal(struct {
			*xmlmsg.File
			Forwardable bool `json:"forwardable"`
		}{p, p.Forwardable()})
	case *xmlmsg.Image:
		return json.Marshal(struct {
			*xmlmsg.Image
			ThumbBytes int `json:"thumb_bytes"`
		}{p, len(p.Thumb)})
	case *xmlmsg.Voice:
		return json.Marshal(struct {
			*xmlmsg.Voice
			DataBytes int `json:"data_bytes"`
		}{p, len(p.Data)})
	case *xmlmsg.FileNotice:
		return json.Marshal(struct {
			*xmlmsg.FileNotice
			Forwardable bool `json:"forwardable"`
		}{p, false})
	default:
		return json.Marshal(p)
	}
}
