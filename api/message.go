package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// MentionAll in PostText.At mentions all members; only owners and administrators of the group may.
const MentionAll = "notify@all"

// MessageService sends messages. They do not come back as callbacks.
type MessageService struct{ client *Client }

// Send is a message to a group or a friend: PostText, ForwardFile and so on; or one to a user of
// Channels: FinderPostDirectMessageRequest, FinderCommentRequest. A Send is a plain value whose
// JSON is the body of the call, so that it can be stored and sent later.
//
// EndpointOf, AccountOf and TargetOf read what all messages have; WithAppID copies one for another
// account.
type Send interface {
	endpoint() string
	account() string
	target() string
	withAppID(appID string) Send
	withTarget(to string) Send
	class() class
	check() error
}

// EndpointOf returns the path of the call that sends the message: "/message/postText".
func EndpointOf(m Send) string { return m.endpoint() }

// AccountOf returns the appId of the account that sends the message.
func AccountOf(m Send) string { return m.account() }

// TargetOf returns the wxid or group id of the recipient.
func TargetOf(m Send) string { return m.target() }

// WithAppID returns a copy of the message that another account sends.
func WithAppID(m Send, appID string) Send { return m.withAppID(appID) }

// WithTarget returns a copy of the message to another person or group.
func WithTarget(m Send, to string) Send { return m.withTarget(to) }

// SentMessage is the answer to a send. RevokeMsg needs the three ids.
type SentMessage struct {
	To         string `json:"toWxid"`
	CreateTime ID     `json:"createTime"` // Unix seconds; 0 for pictures, videos and stickers
	MsgID      ID     `json:"msgId"`      // short id; may be 0
	NewMsgID   ID     `json:"newMsgId"`   // the server's id; 0 if the service answers without ids
	Type       ID     `json:"type"`       // WeChat's type of the message; often 0
}

// SentImage is the answer to a picture. Its cdn fields allow forwarding the same picture quickly.
type SentImage struct {
	SentMessage
	AESKey string `json:"aesKey"` // key of the cdn object; a secret
	FileID string `json:"fileId"` // cdn id
	Length ID     `json:"length"` // bytes
	Width  ID     `json:"width"`  // pixels
	Height ID     `json:"height"` // pixels
	MD5    string `json:"md5"`
}

// SentVideo is the answer to a video. Its cdn fields allow forwarding the same video quickly.
type SentVideo struct {
	SentMessage
	AESKey string `json:"aesKey"` // key of the cdn object; a secret
	FileID string `json:"fileId"` // cdn id
	Length ID     `json:"length"` // bytes
}

// Send sends any message. The methods for pictures and videos do the same, and also return the cdn
// fields.
func (s *MessageService) Send(ctx context.Context, m Send) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// Timeout returns the timeout of Send for a message: Config.SendTimeout, or Config.MediaTimeout if
// the service downloads a file first.
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
	if err := c.call(ctx, m.endpoint(), m.class(), m, &answer); err != nil {
		return nil, err
	}
	p := P(&answer)
	if sent := p.sent(); sent.To == "" { // not all calls return it
		sent.To = m.target()
	}
	return p, nil
}

// RevokeMsg withdraws a message. WeChat allows it for about two minutes.
type RevokeMsg struct {
	AppID    string // account that sent it
	To       string // wxid or group id of the recipient
	MsgID    ID     // of the SentMessage
	NewMsgID ID     // of the SentMessage
	// Created is the time of the send. The answer to pictures, videos and stickers has no time: use
	// your clock. The accepted values are undocumented.
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

// WxidList is a list of wxids that is one comma-separated string on the wire.
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
