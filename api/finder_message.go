package api

import "context"

// FinderAccountType is the identity for GetMsgSessionID. Its numbers differ from those of
// FinderRole.
type FinderAccountType int

// The identities.
const (
	FinderAccountChannels FinderAccountType = 1
	FinderAccountWeChat   FinderAccountType = 2
)

// FinderSession connects two users who write to each other.
type FinderSession struct {
	ToUserName   string `json:"toUsername"` // the other user
	SessionID    string `json:"sessionId"`  // …@findermsg
	RejectMsg    int    `json:"rejectMsg"`  // 1 if the other rejects messages (presumed)
	EnableAction int    `json:"enableAction"`
	MsgExtInfo   string `json:"msgExtInfo"`

	Extra Extra `json:",embed"`
}

// FinderGetMsgSessionIDRequest requests the session with another user.
type FinderGetMsgSessionIDRequest struct {
	AppID      string            `json:"appId"`
	ProxyIP    string            `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	MyUserName string            `json:"myUserName"`       // own Channels username
	MyType     FinderAccountType `json:"myAccountType"`    // 0 means FinderAccountChannels
	ToUserName string            `json:"toUserName"`       // the other user
}

// GetMsgSessionID returns the session with another user. It is not needed for an answer: the
// callback of a message has the id of the session.
func (s *FinderService) GetMsgSessionID(ctx context.Context, r FinderGetMsgSessionIDRequest) (*FinderSession, error) {
	if r.MyType == 0 {
		r.MyType = FinderAccountChannels
	}
	return ask[FinderSession](ctx, s.client, "/finder/getMsgSessionId", query, r,
		field{"appId", r.AppID}, field{"toUserName", r.ToUserName}, field{"myUserName", r.MyUserName})
}

// FinderConversation is the destination of a direct message.
type FinderConversation struct {
	AppID      string `json:"appId"`
	ProxyIP    string `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	MyUserName string `json:"myUserName"`       // own Channels username
	ToUserName string `json:"toUserName"`       // the other user
	SessionID  string `json:"msgSessionId"`     // …@findermsg, from the callback or GetMsgSessionID
}

func (c FinderConversation) with(more field) []field {
	return []field{{"appId", c.AppID}, more, {"toUserName", c.ToUserName}, {"myUserName", c.MyUserName}, {"msgSessionId", c.SessionID}}
}

// FinderSent is the answer to a direct message.
type FinderSent struct {
	NewMsgID ID `json:"newMsgId"`
}

// FinderPostDirectMessageRequest is a direct message.
type FinderPostDirectMessageRequest struct {
	FinderConversation
	Content string `json:"content"`
}

// PostDirectMessage sends a direct message.
func (s *FinderService) PostDirectMessage(ctx context.Context, r FinderPostDirectMessageRequest) (*FinderSent, error) {
	return ask[FinderSent](ctx, s.client, "/finder/postPrivateLetter", send, r, r.with(field{"content", r.Content})...)
}

// FinderPostDirectImageRequest is a picture as a direct message.
type FinderPostDirectImageRequest struct {
	FinderConversation
	ImageURL string `json:"imgUrl"` // public URL
}

// PostDirectImage sends a picture as a direct message.
func (s *FinderService) PostDirectImage(ctx context.Context, r FinderPostDirectImageRequest) (*FinderSent, error) {
	return ask[FinderSent](ctx, s.client, "/finder/postPrivateLetterImg", media, r, r.with(field{"imgUrl", r.ImageURL})...)
}

// FinderGetContactsRequest requests a user with whom the account exchanges direct messages.
type FinderGetContactsRequest struct {
	FinderIdentity
	UserName string `json:"queryInfo"` // v2_…@finder or fv1_…@findermsgstranger
}

// GetContacts returns a user with whom the account exchanges direct messages. MsgInfo has the id of
// the session.
func (s *FinderService) GetContacts(ctx context.Context, r FinderGetContactsRequest) ([]FinderContact, error) {
	r.FinderIdentity = r.orChannels()
	contacts, err := ask[[]FinderContact](ctx, s.client, "/finder/contactList", query, r, r.with(field{"queryInfo", r.UserName})...)
	if err != nil {
		return nil, err
	}
	return *contacts, nil
}

// FinderDirectMessages is a page of direct messages.
type FinderDirectMessages struct {
	// Items are the messages.
	Items []struct {
		// Content is the message in its session.
		Content struct {
			Msg       FinderDirectMessage `json:"msg"`
			SessionID string              `json:"msgSessionId"` // …@findermsg
			IsSender  int                 `json:"isSender"`     // 1 if the account sent it, 0 if it received it
			Seq       int64               `json:"seq"`          // undocumented
			ExtInfo   string              `json:"extinfo"`      // undocumented

			Extra Extra `json:",embed"`
		} `json:"content"`

		// Undocumented.
		SyncKeyType int `json:"syncKeyType"`
		ItemType    int `json:"itemType"`
		SubType     int `json:"subType"`

		Extra Extra `json:",embed"`
	} `json:"list"`
	Cursor string `json:"keyBuff"` // for the next page

	Extra Extra `json:",embed"`
}

// FinderDirectMessage is a direct message, spelled as in a callback.
type FinderDirectMessage struct {
	MsgID      ID         `json:"MsgId"`
	NewMsgID   ID         `json:"NewMsgId"`
	MsgSeq     int64      `json:"MsgSeq"`
	From       FinderText `json:"FromUserName"`
	To         FinderText `json:"ToUserName"`
	Type       int        `json:"MsgType"` // WeChat's type of the message, 1 for text
	Content    FinderText `json:"Content"`
	CreateTime int64      `json:"CreateTime"` // Unix seconds
	Source     string     `json:"MsgSource"`  // XML (presumed)
	Status     int        `json:"Status"`     // undocumented
	ImgStatus  int        `json:"ImgStatus"`  // undocumented
	// ImgBuf is the picture in the message.
	ImgBuf struct {
		Length int `json:"iLen"` // bytes
	} `json:"ImgBuf"`

	Extra Extra `json:",embed"`
}

// FinderText wraps a string.
type FinderText struct {
	Text string `json:"string"`
}

// SyncDirectMessages returns direct messages. The cursor is empty at first, then that of the
// previous answer.
//
// Deprecated: the service has switched it off. Direct messages arrive as callbacks.
func (s *FinderService) SyncDirectMessages(ctx context.Context, appID, cursor string) (*FinderDirectMessages, error) {
	return ask[FinderDirectMessages](ctx, s.client, "/finder/syncPrivateLetterMsg", query, params{"appId": appID, "keyBuff": cursor},
		field{"appId", appID})
}
