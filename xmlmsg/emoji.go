package xmlmsg

import (
	"encoding/hex"
	"strings"
)

// Emoji is a sticker (MsgType 47, element msg/emoji), also one of the dice or rock-paper-scissors.
// MD5 and Length suffice to send it again. It is not for emoji characters in a text, which are part
// of the Text, nor for a sticker that an app sent, which is an AppEmoji.
type Emoji struct {
	MD5          string `json:"md5"`
	Length       int64  `json:"length"`      // bytes
	Type         int    `json:"emoji_type"`  // 1 still, 2 animated
	ProductID    string `json:"product_id"`  // set in the sticker store
	CDNURL       string `json:"cdn_url"`     // plain http, not encrypted
	ThumbURL     string `json:"thumb_url"`   //
	EncryptURL   string `json:"encrypt_url"` // encrypted copy, for AESKey
	AESKey       string `json:"aes_key"`     // a secret
	ExternURL    string `json:"extern_url"`
	ExternMD5    string `json:"extern_md5"`
	Width        int    `json:"width"`  // pixels
	Height       int    `json:"height"` // pixels
	DesignerID   string `json:"designer_id"`
	AttachedText string `json:"attached_text"`
	Desc         string `json:"desc"`

	// GameType is 1 for rock-paper-scissors and 2 for dice, 0 for other stickers. GameContent is
	// then 1 to 3, or 4 to 9 for the faces 1 to 6.
	GameType    int `json:"game_type"`
	GameContent int `json:"game_content"`

	MediaInfo
}

// Kind returns KindEmoji.
func (*Emoji) Kind() Kind { return KindEmoji }

// String leaves the key out.
func (e *Emoji) String() string { return "emoji " + e.MD5 }

func parseEmoji(doc element, info MediaInfo) Payload {
	e := doc.path("msg", "emoji")
	if !e.exists() {
		if e = doc.child("emoji"); !e.exists() {
			return nil
		}
	}
	game := doc.path("msg", "gameext")
	return &Emoji{
		MD5: e.attr("md5"), Length: e.attrInt64("len"), Type: e.attrInt("type"), ProductID: e.attr("productid"),
		CDNURL: e.attrURL("cdnurl"), ThumbURL: e.attrURL("thumburl"), EncryptURL: e.attrURL("encrypturl"), AESKey: e.attr("aeskey"),
		ExternURL: e.attrURL("externurl"), ExternMD5: e.attr("externmd5"), Width: e.attrInt("width"), Height: e.attrInt("height"),
		DesignerID: e.attr("designerid"), AttachedText: e.attr("attachedtext"), Desc: e.attr("desc"),
		GameType: game.attrInt("type"), GameContent: game.attrInt("content"), MediaInfo: info,
	}
}

// parseCompactEmoji reads the form without XML, "wxid:<ms>:0:<md5>::0". It returns nil if none of
// the fields is an md5.
func parseCompactEmoji(content string) Payload {
	for f := range strings.SplitSeq(strings.TrimSpace(content), ":") {
		if isMD5(f) {
			return &Emoji{MD5: f}
		}
	}
	return nil
}

func isMD5(s string) bool {
	if len(s) != 32 {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}
