package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// MentionAll in PostText.At mentions everybody; only owners and administrators of the group may.
const MentionAll = "notify@all"

// MessageService sends messages. What it sends does not come back as a callback.
type MessageService struct{ client *Client }

// Send is a message to a group or a friend: PostText, ForwardFile and so on. A Send is a plain value whose JSON is the body of
// the call, so that it can be kept and sent later.
type Send interface {
	// Endpoint is the path of the call: "/message/postText".
	Endpoint() string
	// Account is the appId of the account that sends.
	Account() string
	// Target is the wxid or group id of who gets the message.
	Target() string
	// WithAppID is a copy for an account.
	WithAppID(appID string) Send

	class() class
	check() error
}

// SentMessage is what the service says of a message that it sent. RevokeMsg wants the three ids.
type SentMessage struct {
	To         string `json:"toWxid"`
	CreateTime ID     `json:"createTime"` // Unix seconds; 0 for pictures, videos and stickers
	MsgID      ID     `json:"msgId"`      // short id; may be 0
	NewMsgID   ID     `json:"newMsgId"`   // the server's id; 0 where the service answers without ids
	Type       ID     `json:"type"`       // WeChat's type of the message; often 0
}

// SentImage is what the service says of a picture. With its cdn fields the same picture can be forwarded quickly.
type SentImage struct {
	SentMessage
	AESKey string `json:"aesKey"` // key of the cdn object; a secret
	FileID string `json:"fileId"` // cdn id
	Length ID     `json:"length"` // bytes
	Width  ID     `json:"width"`  // pixels
	Height ID     `json:"height"` // pixels
	MD5    string `json:"md5"`
}

// SentVideo is what the service says of a video. With its cdn fields the same video can be forwarded quickly.
type SentVideo struct {
	SentMessage
	AESKey string `json:"aesKey"` // key of the cdn object; a secret
	FileID string `json:"fileId"` // cdn id
	Length ID     `json:"length"` // bytes
}

// Send sends any message. The methods with names are for those who want the cdn fields of a picture or a video, or just like them.
func (s *MessageService) Send(ctx context.Context, m Send) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// Timeout is how long Send lets the request of a message take: Config.SendTimeout, or Config.MediaTimeout where the service fetches a file first.
func (s *MessageService) Timeout(m Send) time.Duration { return s.client.timeout(m.class()) }

func (m *SentMessage) sent() *SentMessage { return m }

func sendAs[T any, P interface {
	*T
	sent() *SentMessage
}](ctx context.Context, c *Client, m Send) (P, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	var answer T
	if err := c.call(ctx, m.Endpoint(), m.class(), m, &answer); err != nil {
		return nil, err
	}
	p := P(&answer)
	if sent := p.sent(); sent.To == "" { // not every call answers with it
		sent.To = m.Target()
	}
	return p, nil
}

// RevokeMsg withdraws a message. WeChat allows it for about two minutes.
type RevokeMsg struct {
	AppID    string // account that sent it
	To       string // wxid or group id that got it
	MsgID    ID     // of the SentMessage
	NewMsgID ID     // of the SentMessage
	// Created is when the message was sent. Pictures, videos and stickers are answered without a time: give that of your clock. What the
	// service accepts there is not documented.
	Created time.Time
}

// RevokeMsg withdraws a message that the account has sent.
func (s *MessageService) RevokeMsg(ctx context.Context, m RevokeMsg) error {
	const endpoint = "/message/revokeMsg"
	newMsgID := ""
	if m.NewMsgID != 0 {
		newMsgID = m.NewMsgID.String()
	}
	if err := required(endpoint, field{"appId", m.AppID}, field{"toWxid", m.To}, field{"newMsgId", newMsgID}); err != nil {
		return err
	}
	return s.client.call(ctx, endpoint, send, map[string]string{ // strings here, numbers in the answer of a send
		"appId": m.AppID, "toWxid": m.To, "msgId": m.MsgID.String(), "newMsgId": newMsgID,
		"createTime": strconv.FormatInt(m.Created.Unix(), 10),
	}, nil)
}

// WxidList is a list of wxids that the service wants as one string with commas.
type WxidList []string

// MarshalJSONTo writes the list as one string.
func (l WxidList) MarshalJSONTo(enc *jsontext.Encoder) error {
	return enc.WriteToken(jsontext.String(strings.Join(l, ",")))
}

// UnmarshalJSONFrom reads what MarshalJSONTo writes.
func (l *WxidList) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	*l = nil
	if t != "" {
		*l = strings.Split(string(t), ",")
	}
	return nil
}
