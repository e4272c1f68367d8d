package api

// PostText is a text message.
type PostText struct {
	AppID   string   `json:"appId"`        // account that sends
	To      string   `json:"toWxid"`       // wxid or group id
	Content string   `json:"content"`      // text to send; a mention needs "@name" here and the wxid in At
	At      WxidList `json:"ats,omitzero"` // wxids to mention, or MentionAll, which only owners and administrators may use
}

// Endpoint returns the path of the call.
func (m PostText) Endpoint() string { return "/message/postText" }

// Account returns AppID.
func (m PostText) Account() string { return m.AppID }

// Target returns To.
func (m PostText) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m PostText) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m PostText) class() class { return send }

func (m PostText) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"content", m.Content})
}

// PostFile is a file that the service downloads from a URL.
type PostFile struct {
	AppID    string `json:"appId"`    // account that sends
	To       string `json:"toWxid"`   // wxid or group id
	FileURL  string `json:"fileUrl"`  // public URL of the file
	FileName string `json:"fileName"` // name that the recipient sees
}

// Endpoint returns the path of the call.
func (m PostFile) Endpoint() string { return "/message/postFile" }

// Account returns AppID.
func (m PostFile) Account() string { return m.AppID }

// Target returns To.
func (m PostFile) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m PostFile) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m PostFile) class() class { return media }

func (m PostFile) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"fileUrl", m.FileURL},
		field{"fileName", m.FileName})
}

// PostImage is a picture that the service downloads from a URL.
type PostImage struct {
	AppID    string `json:"appId"`  // account that sends
	To       string `json:"toWxid"` // wxid or group id
	ImageURL string `json:"imgUrl"` // public URL of the picture
}

// Endpoint returns the path of the call.
func (m PostImage) Endpoint() string { return "/message/postImage" }

// Account returns AppID.
func (m PostImage) Account() string { return m.AppID }

// Target returns To.
func (m PostImage) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m PostImage) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m PostImage) class() class { return media }

func (m PostImage) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"imgUrl", m.ImageURL})
}

// PostVoice is a voice message that the service downloads from a URL.
type PostVoice struct {
	AppID    string `json:"appId"`         // account that sends
	To       string `json:"toWxid"`        // wxid or group id
	VoiceURL string `json:"voiceUrl"`      // public URL of a SILK file; other formats are refused
	Duration int    `json:"voiceDuration"` // milliseconds
}

// Endpoint returns the path of the call.
func (m PostVoice) Endpoint() string { return "/message/postVoice" }

// Account returns AppID.
func (m PostVoice) Account() string { return m.AppID }

// Target returns To.
func (m PostVoice) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m PostVoice) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m PostVoice) class() class { return media }

func (m PostVoice) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"voiceUrl", m.VoiceURL})
}

// PostVideo is a video that the service downloads from a URL.
type PostVideo struct {
	AppID    string `json:"appId"`         // account that sends
	To       string `json:"toWxid"`        // wxid or group id
	VideoURL string `json:"videoUrl"`      // public URL of the video
	ThumbURL string `json:"thumbUrl"`      // public URL of the cover
	Duration int    `json:"videoDuration"` // seconds; voice messages have milliseconds
}

// Endpoint returns the path of the call.
func (m PostVideo) Endpoint() string { return "/message/postVideo" }

// Account returns AppID.
func (m PostVideo) Account() string { return m.AppID }

// Target returns To.
func (m PostVideo) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m PostVideo) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m PostVideo) class() class { return media }

func (m PostVideo) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"videoUrl", m.VideoURL},
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

// Endpoint returns the path of the call.
func (m PostLink) Endpoint() string { return "/message/postLink" }

// Account returns AppID.
func (m PostLink) Account() string { return m.AppID }

// Target returns To.
func (m PostLink) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m PostLink) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m PostLink) class() class { return send }

func (m PostLink) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"title", m.Title}, field{"linkUrl", m.LinkURL})
}
