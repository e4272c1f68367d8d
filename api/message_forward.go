package api

// ForwardFile forwards a file by the XML of a received message, without download or upload. A file
// whose upload is not complete cannot be forwarded.
type ForwardFile struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

func (m ForwardFile) endpoint() string            { return "/message/forwardFile" }
func (m ForwardFile) account() string             { return m.AppID }
func (m ForwardFile) target() string              { return m.To }
func (m ForwardFile) withAppID(appID string) Send { m.AppID = appID; return m }
func (m ForwardFile) withTarget(to string) Send   { m.To = to; return m }
func (m ForwardFile) class() class                { return send }

func (m ForwardFile) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardImage forwards a picture by its XML, or by XML built from the answer of PostImage.
type ForwardImage struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

func (m ForwardImage) endpoint() string            { return "/message/forwardImage" }
func (m ForwardImage) account() string             { return m.AppID }
func (m ForwardImage) target() string              { return m.To }
func (m ForwardImage) withAppID(appID string) Send { m.AppID = appID; return m }
func (m ForwardImage) withTarget(to string) Send   { m.To = to; return m }
func (m ForwardImage) class() class                { return send }

func (m ForwardImage) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardVideo forwards a video by its XML, or by XML built from the answer of PostVideo.
type ForwardVideo struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

func (m ForwardVideo) endpoint() string            { return "/message/forwardVideo" }
func (m ForwardVideo) account() string             { return m.AppID }
func (m ForwardVideo) target() string              { return m.To }
func (m ForwardVideo) withAppID(appID string) Send { m.AppID = appID; return m }
func (m ForwardVideo) withTarget(to string) Send   { m.To = to; return m }
func (m ForwardVideo) class() class                { return send }

func (m ForwardVideo) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardURL forwards a link card by its XML.
type ForwardURL struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

func (m ForwardURL) endpoint() string            { return "/message/forwardUrl" }
func (m ForwardURL) account() string             { return m.AppID }
func (m ForwardURL) target() string              { return m.To }
func (m ForwardURL) withAppID(appID string) Send { m.AppID = appID; return m }
func (m ForwardURL) withTarget(to string) Send   { m.To = to; return m }
func (m ForwardURL) class() class                { return send }

func (m ForwardURL) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardMiniApp forwards the card of a mini program by its XML.
type ForwardMiniApp struct {
	AppID    string `json:"appId"`       // account that sends
	To       string `json:"toWxid"`      // wxid or group id
	XML      string `json:"xml"`         // content of the message without the group prefix
	CoverURL string `json:"coverImgUrl"` // public URL of a cover; required, although the XML has one
}

func (m ForwardMiniApp) endpoint() string            { return "/message/forwardMiniApp" }
func (m ForwardMiniApp) account() string             { return m.AppID }
func (m ForwardMiniApp) target() string              { return m.To }
func (m ForwardMiniApp) withAppID(appID string) Send { m.AppID = appID; return m }
func (m ForwardMiniApp) withTarget(to string) Send   { m.To = to; return m }
func (m ForwardMiniApp) class() class                { return media }

func (m ForwardMiniApp) check() error {
	return required(m.endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML}, field{"coverImgUrl", m.CoverURL})
}
