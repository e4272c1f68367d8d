package xmlmsg

import "fmt"

// Image is a picture that a person sent (MsgType 3, element msg/img), also a live photo. The
// picture itself is on the WeChat cdn: forward it by its XML, or download it through the service.
// The ids below are cdn ids, not URLs. A sticker is an Emoji; a picture that an app sent is an
// AppImage.
type Image struct {
	AESKey   string `json:"aes_key"` // 32 hex digits; a secret
	EncryVer int    `json:"encry_ver"`

	CDNThumbURL    string `json:"cdn_thumb_url"` // cdn id of the thumbnail
	CDNThumbAESKey string `json:"thumb_aes_key"` // usually the same key as AESKey; a secret
	ThumbLength    int64  `json:"thumb_length"`  // bytes
	ThumbWidth     int    `json:"thumb_width"`   // pixels
	ThumbHeight    int    `json:"thumb_height"`  // pixels

	CDNMidURL string `json:"cdn_mid_url"` // cdn id of the normal size; may be empty
	Length    int64  `json:"length"`      // bytes of the normal size

	CDNBigURL string `json:"cdn_big_url"` // cdn id of the original; only if it was sent as original
	HDLength  int64  `json:"hd_length"`   // bytes of the original

	MD5             string `json:"md5"` // of the normal size; may be empty
	OriginSourceMD5 string `json:"origin_source_md5"`
	HEVCMidSize     int64  `json:"hevc_mid_size"` // bytes

	// Thumb is the JPEG thumbnail from the envelope, decoded; nil if there is none.
	Thumb []byte `json:"-"`
	// Live is set for a live photo.
	Live *LivePhoto `json:"live,omitzero"`

	MediaInfo
}

// LivePhoto is the moving part of a live photo (element msg/img/live).
type LivePhoto struct {
	Duration int    `json:"duration"` // as the client writes it; the unit is undocumented
	Size     int64  `json:"size"`     // bytes
	MD5      string `json:"md5"`
	FileID   string `json:"file_id"` // cdn id
	HDSize   int64  `json:"hd_size"` // bytes
	HDMD5    string `json:"hd_md5"`
	HDFileID string `json:"hd_file_id"` // cdn id
}

// Kind returns KindImage.
func (*Image) Kind() Kind { return KindImage }

// BestURL returns the cdn id of the best available size: the original, else the normal size, else
// the thumbnail.
func (i *Image) BestURL() string {
	switch {
	case i.CDNBigURL != "":
		return i.CDNBigURL
	case i.CDNMidURL != "":
		return i.CDNMidURL
	}
	return i.CDNThumbURL
}

// String leaves keys and cdn ids out.
func (i *Image) String() string { return fmt.Sprintf("image (%d bytes)", max(i.Length, i.HDLength)) }

func parseImage(doc element, m Message, info MediaInfo) Payload {
	img := doc.path("msg", "img")
	if !img.exists() {
		return nil
	}
	i := &Image{
		AESKey: img.attr("aeskey"), EncryVer: img.attrInt("encryver"),
		CDNThumbURL: img.attr("cdnthumburl"), CDNThumbAESKey: img.attr("cdnthumbaeskey"),
		ThumbLength: img.attrInt64("cdnthumblength"), ThumbWidth: img.attrInt("cdnthumbwidth"), ThumbHeight: img.attrInt("cdnthumbheight"),
		CDNMidURL: img.attr("cdnmidimgurl"), Length: img.attrInt64("length"),
		CDNBigURL: img.attr("cdnbigimgurl"), HDLength: img.attrInt64("hdlength"),
		MD5: img.attr("md5"), OriginSourceMD5: img.attr("originsourcemd5"), HEVCMidSize: img.attrInt64("hevc_mid_size"),
		Thumb: m.Buffer, MediaInfo: info,
	}
	if live := img.child("live"); live.exists() {
		i.Live = &LivePhoto{
			Duration: live.int("duration"), Size: live.int64("size"), MD5: live.text("md5"), FileID: live.text("fileid"),
			HDSize: live.int64("hdsize"), HDMD5: live.text("hdmd5"), HDFileID: live.text("hdfileid"),
		}
	}
	return i
}
