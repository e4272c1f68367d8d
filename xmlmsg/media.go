package xmlmsg

import "fmt"

// AppImage is a picture that an app sent (appmsg type 2). A picture that a person sent is an Image.
type AppImage struct {
	AESKey       string `json:"aes_key"`        // 32 hex digits; a secret
	CDNAttachURL string `json:"cdn_attach_url"` // cdn id, not a URL
	Size         int64  `json:"size"`           // bytes
	Ext          string `json:"ext"`            // extension without the dot
	AppName      string `json:"app_name"`
	MD5          string `json:"md5"`
	Title        string `json:"title"`

	AppInfo
}

// Kind returns KindAppImage.
func (*AppImage) Kind() Kind { return KindAppImage }

// String leaves keys and cdn ids out.
func (i *AppImage) String() string { return fmt.Sprintf("image of an app (%d bytes)", i.Size) }

func parseAppImage(app element, info AppInfo) Payload {
	attach := app.child("appattach")
	return &AppImage{
		AESKey: attach.text("aeskey"), CDNAttachURL: attach.text("cdnattachurl"), Size: attach.int64("totallen"),
		Ext:     attach.text("fileext"),
		AppName: info.Name, MD5: fileMD5(app, attach), Title: app.text("title"), AppInfo: info,
	}
}

// AppEmoji is a sticker that an app sent (appmsg type 8). A sticker that a person sent is an Emoji.
type AppEmoji struct {
	MD5          string `json:"md5"`            // appattach/emoticonmd5
	Size         int64  `json:"size"`           // bytes
	AESKey       string `json:"aes_key"`        // a secret
	CDNAttachURL string `json:"cdn_attach_url"` // cdn id, not a URL
	Ext          string `json:"ext"`
	AppName      string `json:"app_name"`

	AppInfo
}

// Kind returns KindAppEmoji.
func (*AppEmoji) Kind() Kind { return KindAppEmoji }

// String leaves keys and cdn ids out.
func (e *AppEmoji) String() string { return "emoji of an app " + e.MD5 }

func parseAppEmoji(app element, info AppInfo) Payload {
	attach := app.child("appattach")
	md5 := attach.text("emoticonmd5")
	if md5 == "" {
		md5 = fileMD5(app, attach)
	}
	return &AppEmoji{
		MD5: md5, Size: attach.int64("totallen"), AESKey: attach.text("aeskey"), CDNAttachURL: attach.text("cdnattachurl"),
		Ext: attach.text("fileext"), AppName: info.Name, AppInfo: info,
	}
}
