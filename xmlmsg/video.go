package xmlmsg

import "fmt"

// Video is a video (MsgType 43; 62 from old clients; element msg/videomsg). The raw fields are set
// only if it was sent as original. A video of Channels is a FinderFeed, a link to a video page a
// Link, a video sent as a file a File.
type Video struct {
	DurationS int    `json:"duration_s"` // seconds, from playlength; a Voice has milliseconds
	Length    int64  `json:"length"`     // bytes
	AESKey    string `json:"aes_key"`    // 32 hex digits; a secret
	MD5       string `json:"md5"`
	NewMD5    string `json:"new_md5"`

	CDNVideoURL string `json:"cdn_video_url"` // cdn id, not a URL

	CDNThumbURL string `json:"cdn_thumb_url"` // cdn id of the cover
	ThumbAESKey string `json:"thumb_aes_key"` // a secret
	ThumbLength int64  `json:"thumb_length"`  // bytes
	ThumbWidth  int    `json:"thumb_width"`   // pixels
	ThumbHeight int    `json:"thumb_height"`  // pixels

	CDNRawURL string `json:"cdn_raw_url"` // cdn id of the original
	RawAESKey string `json:"raw_aes_key"` // a secret
	RawMD5    string `json:"raw_md5"`
	RawLength int64  `json:"raw_length"` // bytes

	From              string `json:"from"` // fromusername
	OriginSourceMD5   string `json:"origin_source_md5"`
	IsPlaceholder     bool   `json:"is_placeholder"`
	OverwriteNewMsgID uint64 `json:"overwrite_new_msg_id,string"`

	MediaInfo
}

// Kind returns KindVideo.
func (*Video) Kind() Kind { return KindVideo }

// String leaves keys and cdn ids out.
func (v *Video) String() string { return fmt.Sprintf("video (%d s, %d bytes)", v.DurationS, v.Length) }

func parseVideo(doc element, info MediaInfo) Payload {
	v := doc.path("msg", "videomsg")
	if !v.exists() {
		return nil
	}
	return &Video{
		DurationS: v.attrInt("playlength"), Length: v.attrInt64("length"), AESKey: v.attr("aeskey"), MD5: v.attr("md5"),
		NewMD5: v.attr("newmd5"), CDNVideoURL: v.attr("cdnvideourl"), CDNThumbURL: v.attr("cdnthumburl"),
		ThumbAESKey: v.attr("cdnthumbaeskey"), ThumbLength: v.attrInt64("cdnthumblength"), ThumbWidth: v.attrInt("cdnthumbwidth"),
		ThumbHeight: v.attrInt("cdnthumbheight"), CDNRawURL: v.attr("cdnrawvideourl"), RawAESKey: v.attr("cdnrawvideoaeskey"),
		RawMD5: v.attr("rawmd5"), RawLength: v.attrInt64("rawlength"), From: v.attr("fromusername"),
		OriginSourceMD5: v.attr("originsourcemd5"), IsPlaceholder: v.attrInt("isplaceholder") != 0,
		OverwriteNewMsgID: v.attrUint("overwritenewmsgid"), MediaInfo: info,
	}
}
