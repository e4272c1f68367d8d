package api

// PostText is a text message.
type PostText struct {
	AppID   string   `json:"appId"`        // account that sends
	To      string   `json:"toWxid"`       // wxid or group id
	Content string   `json:"content"`      // text to send; a mention needs "@name" here and the wxid in At
	At      WxidList `json:"ats,omitzero"` // wxids to mention, or MentionAll, which only owners and administrators may use
}

func (m PostText) endpoint() string            { return "/message/postText" }
func (m PostText) account() string             { return m.AppID }
func (m PostText) target() string              { return m.To }
func (m PostText) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostText) withTarget(to string) Send   { m.To = to; return m }
func (m PostText) class() class                { return send }

func (m PostText) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"content", m.Content})
}

// PostFile is a file that the service downloads from a URL.
type PostFile struct {
	AppID    string `json:"appId"`    // account that sends
	To       string `json:"toWxid"`   // wxid or group id
	FileURL  string `json:"fileUrl"`  // public URL of the file
	FileName string `json:"fileName"` // name that the recipient sees
}

func (m PostFile) endpoint() string            { return "/message/postFile" }
func (m PostFile) account() string             { return m.AppID }
func (m PostFile) target() string              { return m.To }
func (m PostFile) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostFile) withTarget(to string) Send   { m.To = to; return m }
func (m PostFile) class() class                { return media }

func (m PostFile) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"fileUrl", m.FileURL},
		field{"fileName", m.FileName})
}

// PostImage is a picture that the service downloads from a URL.
type PostImage struct {
	AppID    string `json:"appId"`  // account that sends
	To       string `json:"toWxid"` // wxid or group id
	ImageURL string `json:"imgUrl"` // public URL of the picture
}

func (m PostImage) endpoint() string            { return "/message/postImage" }
func (m PostImage) account() string             { return m.AppID }
func (m PostImage) target() string              { return m.To }
func (m PostImage) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostImage) withTarget(to string) Send   { m.To = to; return m }
func (m PostImage) class() class                { return media }

func (m PostImage) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"imgUrl", m.ImageURL})
}

// PostVoice is a voice message that the service downloads from a URL.
type PostVoice struct {
	AppID    string `json:"appId"`         // account that sends
	To       string `json:"toWxid"`        // wxid or group id
	VoiceURL string `json:"voiceUrl"`      // public URL of a SILK file; other formats are refused
	Duration int    `json:"voiceDuration"` // milliseconds
}

func (m PostVoice) endpoint() string            { return "/message/postVoice" }
func (m PostVoice) account() string             { return m.AppID }
func (m PostVoice) target() string              { return m.To }
func (m PostVoice) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostVoice) withTarget(to string) Send   { m.To = to; return m }
func (m PostVoice) class() class                { return media }

func (m PostVoice) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"voiceUrl", m.VoiceURL})
}

// PostVideo is a video that the service downloads from a URL.
type PostVideo struct {
	AppID    string `json:"appId"`         // account that sends
	To       string `json:"toWxid"`        // wxid or group id
	VideoURL string `json:"videoUrl"`      // public URL of the video
	ThumbURL string `json:"thumbUrl"`      // public URL of the cover
	Duration int    `json:"videoDuration"` // seconds; voice messages have milliseconds
}

func (m PostVideo) endpoint() string            { return "/message/postVideo" }
func (m PostVideo) account() string             { return m.AppID }
func (m PostVideo) target() string              { return m.To }
func (m PostVideo) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostVideo) withTarget(to string) Send   { m.To = to; return m }
func (m PostVideo) class() class                { return media }

func (m PostVideo) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"videoUrl", m.VideoURL},
		field{"thumbUrl", m.ThumbURL})
}

// PostLink is a link card.
type PostLink struct {
	AppID    string `json:"appId"`    // account that sends
	To       string `json:"toWxid"`   // wxid or group id
	Title    string `json:"title"`    // title
	Desc     string `json:"desc"`     // description; may be empty
	LinkURL  string `json:"linkUrl"`  // target of the link
	ThumbURL string `json:"thumbUrl"` // public URL of the thumbnail; may be empty
}

func (m PostLink) endpoint() string            { return "/message/postLink" }
func (m PostLink) account() string             { return m.AppID }
func (m PostLink) target() string              { return m.To }
func (m PostLink) withAppID(appID string) Send { m.AppID = appID; return m }
func (m PostLink) withTarget(to string) Send   { m.To = to; return m }
func (m PostLink) class() class                { return send }

func (m PostLink) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"title", m.Title}, field{"linkUrl", m.LinkURL})
}
