package xmlmsg

// MiniProgram is the card of a mini program (appmsg types 33 and 36). The card of a native app is
// an App.
type MiniProgram struct {
	Title       string `json:"title"`
	DisplayName string `json:"display_name"` // name of the program
	AppID       string `json:"appid"`        // "wx" and 16 hex digits
	Username    string `json:"username"`     // gh_…@app
	PagePath    string `json:"page_path"`    // may be empty
	IconURL     string `json:"icon_url"`
	Version     string `json:"version"`
	CDNThumbURL string `json:"cdn_thumb_url"` // cdn id of the cover
	ThumbAESKey string `json:"thumb_aes_key"` // a secret
	URL         string `json:"url"`           // page for clients that cannot open the program
	ShareID     string `json:"share_id"`

	AppInfo
}

// Kind returns KindMiniProgram.
func (*MiniProgram) Kind() Kind { return KindMiniProgram }

// String leaves keys and cdn ids out.
func (m *MiniProgram) String() string { return "mini program " + m.DisplayName }

func parseMiniProgram(app element, info AppInfo) Payload {
	w, attach := app.child("weappinfo"), app.child("appattach")
	return &MiniProgram{
		Title: app.text("title"), DisplayName: app.text("sourcedisplayname"), AppID: w.text("appid"), Username: w.text("username"),
		PagePath: w.url("pagepath"), IconURL: w.url("weappiconurl"), Version: w.text("version"), ShareID: w.text("shareId"),
		CDNThumbURL: attach.text("cdnthumburl"), ThumbAESKey: attach.text("cdnthumbaeskey"), URL: app.url("url"), AppInfo: info,
	}
}
