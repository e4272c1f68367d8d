package api

// PostNameCard is a contact card.
type PostNameCard struct {
	AppID    string `json:"appId"`        // account that sends
	To       string `json:"toWxid"`       // wxid or group id
	NickName string `json:"nickName"`     // name on the card
	Wxid     string `json:"nameCardWxid"` // wxid of the contact on the card
}

func (m PostNameCard) endpoint() string            { return "/message/postNameCard" }
func (m PostNameCard) account() string             { return m.AppID }
func (m PostNameCard) target() string              { return m.To }
func (m PostNameCard) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostNameCard) withTarget(to string) Send   { m.To = to; return m }
func (m PostNameCard) class() class                { return send }

func (m PostNameCard) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"nickName", m.NickName},
		field{"nameCardWxid", m.Wxid})
}

// PostLocation is a place on the map.
type PostLocation struct {
	AppID   string `json:"appId"`   // account that sends
	To      string `json:"toWxid"`  // wxid or group id
	Content string `json:"content"` // XML of a location message: x is the latitude, y the longitude
}

func (m PostLocation) endpoint() string            { return "/message/postLocation" }
func (m PostLocation) account() string             { return m.AppID }
func (m PostLocation) target() string              { return m.To }
func (m PostLocation) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostLocation) withTarget(to string) Send   { m.To = to; return m }
func (m PostLocation) class() class                { return send }

func (m PostLocation) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"content", m.Content})
}

// PostEmoji is a custom sticker that the service knows.
type PostEmoji struct {
	AppID string `json:"appId"`     // account that sends
	To    string `json:"toWxid"`    // wxid or group id
	MD5   string `json:"emojiMd5"`  // md5 of the sticker
	Size  int64  `json:"emojiSize"` // bytes
}

func (m PostEmoji) endpoint() string            { return "/message/postEmoji" }
func (m PostEmoji) account() string             { return m.AppID }
func (m PostEmoji) target() string              { return m.To }
func (m PostEmoji) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostEmoji) withTarget(to string) Send   { m.To = to; return m }
func (m PostEmoji) class() class                { return send }

func (m PostEmoji) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"emojiMd5", m.MD5})
}

// PostAppMsg is any app message: music, a quoted reply, a Channels video.
type PostAppMsg struct {
	AppID  string `json:"appId"`  // account that sends
	To     string `json:"toWxid"` // wxid or group id
	AppMsg string `json:"appmsg"` // the <appmsg> element alone, without the <msg> around it; see xmlmsg.AppMsg
	// At are the wxids that a quoted reply mentions; its text must also contain "@name". A client
	// of GeWe sends this field and calls it unstable: a service that does not know it mentions no
	// one. Empty means no mention.
	At WxidList `json:"ats,omitzero"`
}

func (m PostAppMsg) endpoint() string            { return "/message/postAppMsg" }
func (m PostAppMsg) account() string             { return m.AppID }
func (m PostAppMsg) target() string              { return m.To }
func (m PostAppMsg) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostAppMsg) withTarget(to string) Send   { m.To = to; return m }
func (m PostAppMsg) class() class                { return send }

func (m PostAppMsg) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"appmsg", m.AppMsg})
}

// PostMiniApp is the card of a mini program.
type PostMiniApp struct {
	AppID       string `json:"appId"`       // account that sends
	To          string `json:"toWxid"`      // wxid or group id
	MiniAppID   string `json:"miniAppId"`   // app id of the mini program
	DisplayName string `json:"displayName"` // name of the mini program on the card
	PagePath    string `json:"pagePath"`    // page that the card opens
	CoverURL    string `json:"coverImgUrl"` // public URL of the cover
	Title       string `json:"title"`       // title of the card
	UserName    string `json:"userName"`    // original id of the mini program, gh_…@app
}

func (m PostMiniApp) endpoint() string            { return "/message/postMiniApp" }
func (m PostMiniApp) account() string             { return m.AppID }
func (m PostMiniApp) target() string              { return m.To }
func (m PostMiniApp) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostMiniApp) withTarget(to string) Send   { m.To = to; return m }
func (m PostMiniApp) class() class                { return media }

func (m PostMiniApp) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"miniAppId", m.MiniAppID},
		field{"displayName", m.DisplayName}, field{"pagePath", m.PagePath}, field{"coverImgUrl", m.CoverURL}, field{"title", m.Title},
		field{"userName", m.UserName})
}

// SendFinderMsg shares a Channels video. All values come from a video object of the Channels calls;
// see [FinderObject.Message]. The service answers without ids, so the message cannot be revoked.
type SendFinderMsg struct {
	AppID         string `json:"appId"`         // account that sends
	To            string `json:"toWxid"`        // wxid or group id
	ID            ID     `json:"id"`            // id of the video; exceeds int64
	UserName      string `json:"username"`      // Channels username of the publisher
	NickName      string `json:"nickname"`      // name of the publisher
	HeadURL       string `json:"headUrl"`       // avatar of the publisher
	NonceID       string `json:"nonceId"`       // objectNonceId of the video
	MediaType     string `json:"mediaType"`     // mediaType of the video; a string
	Width         string `json:"width"`         // pixels; a string
	Height        string `json:"height"`        // pixels; a string
	URL           string `json:"url"`           // Url of the media
	ThumbURL      string `json:"thumbUrl"`      // ThumbUrl of the media
	ThumbURLToken string `json:"thumbUrlToken"` // thumbUrlToken of the media
	Description   string `json:"description"`   // description of the video
	PlayLength    string `json:"videoPlayLen"`  // seconds; a string
}

func (m SendFinderMsg) endpoint() string            { return "/message/sendFinderMsg" }
func (m SendFinderMsg) account() string             { return m.AppID }
func (m SendFinderMsg) target() string              { return m.To }
func (m SendFinderMsg) withAppID(appID string) Send { m.AppID = appID; return m }
func (m SendFinderMsg) withTarget(to string) Send   { m.To = to; return m }
func (m SendFinderMsg) class() class                { return send }

func (m SendFinderMsg) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"username", m.UserName},
		field{"nickname", m.NickName}, field{"nonceId", m.NonceID})
}
