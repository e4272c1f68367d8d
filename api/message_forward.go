package api

// ForwardFile forwards a file by the XML of a received message, without download or upload. A file
// whose upload is not complete cannot be forwarded.
type ForwardFile struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

// Endpoint returns the path of the call.
func (m ForwardFile) Endpoint() string { return "/message/forwardFile" }

// Account returns AppID.
func (m ForwardFile) Account() string { return m.AppID }

// Target returns To.
func (m ForwardFile) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m ForwardFile) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m ForwardFile) class() class { return send }

func (m ForwardFile) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardImage forwards a picture by its XML, or by XML built from the answer of PostImage.
type ForwardImage struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

// Endpoint returns the path of the call.
func (m ForwardImage) Endpoint() string { return "/message/forwardImage" }

// Account returns AppID.
func (m ForwardImage) Account() string { return m.AppID }

// Target returns To.
func (m ForwardImage) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m ForwardImage) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m ForwardImage) class() class { return send }

func (m ForwardImage) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardVideo forwards a video by its XML, or by XML built from the answer of PostVideo.
type ForwardVideo struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

// Endpoint returns the path of the call.
func (m ForwardVideo) Endpoint() string { return "/message/forwardVideo" }

// Account returns AppID.
func (m ForwardVideo) Account() string { return m.AppID }

// Target returns To.
func (m ForwardVideo) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m ForwardVideo) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m ForwardVideo) class() class { return send }

func (m ForwardVideo) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardURL forwards a link card by its XML.
type ForwardURL struct {
	AppID string `json:"appId"`  // account that sends
	To    string `json:"toWxid"` // wxid or group id
	XML   string `json:"xml"`    // content of the message without the group prefix
}

// Endpoint returns the path of the call.
func (m ForwardURL) Endpoint() string { return "/message/forwardUrl" }

// Account returns AppID.
func (m ForwardURL) Account() string { return m.AppID }

// Target returns To.
func (m ForwardURL) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m ForwardURL) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m ForwardURL) class() class { return send }

func (m ForwardURL) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML})
}

// ForwardMiniApp forwards the card of a mini program by its XML.
type ForwardMiniApp struct {
	AppID    string `json:"appId"`       // account that sends
	To       string `json:"toWxid"`      // wxid or group id
	XML      string `json:"xml"`         // content of the message without the group prefix
	CoverURL string `json:"coverImgUrl"` // public URL of a cover; required, although the XML has one
}

// Endpoint returns the path of the call.
func (m ForwardMiniApp) Endpoint() string { return "/message/forwardMiniApp" }

// Account returns AppID.
func (m ForwardMiniApp) Account() string { return m.AppID }

// Target returns To.
func (m ForwardMiniApp) Target() string { return m.To }

// WithAppID returns a copy for another account.
func (m ForwardMiniApp) WithAppID(appID string) Send { m.AppID = appID; return m }

func (m ForwardMiniApp) class() class { return media }

func (m ForwardMiniApp) check() error {
	return required(m.Endpoint(), field{"appId", m.AppID}, field{"toWxid", m.To}, field{"xml", m.XML}, field{"coverImgUrl", m.CoverURL})
}
