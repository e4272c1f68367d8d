package xmlmsg

import "fmt"

// Voice is a recorded voice message (MsgType 34, element msg/voicemsg), in the SILK format. A call
// is a VoIP; a shared song is a Music.
type Voice struct {
	DurationMS  int    `json:"duration_ms"` // milliseconds, from voicelength
	Length      int64  `json:"length"`      // bytes
	Format      int    `json:"format"`      // 4 is SILK
	AESKey      string `json:"aes_key"`     // 32 hex digits; a secret
	VoiceURL    string `json:"voice_url"`   // cdn id, not a URL
	ClientMsgID string `json:"client_msg_id"`
	BufID       string `json:"buf_id"`    // "0", or a number that the download takes
	MD5         string `json:"voice_md5"` // often empty
	From        string `json:"from"`      // fromusername
	Canceled    bool   `json:"canceled"`
	Forwarded   bool   `json:"forwarded"`

	// Data is the sound from the envelope; nil unless the message is short.
	Data []byte `json:"-"`

	MediaInfo
}

// Kind returns KindVoice.
func (*Voice) Kind() Kind { return KindVoice }

// String leaves keys and cdn ids out.
func (v *Voice) String() string { return fmt.Sprintf("voice (%d ms)", v.DurationMS) }

func parseVoice(doc element, m Message, info MediaInfo) Payload {
	v := doc.path("msg", "voicemsg")
	if !v.exists() {
		return nil
	}
	return &Voice{
		DurationMS: v.attrInt("voicelength"), Length: v.attrInt64("length"), Format: v.attrInt("voiceformat"),
		AESKey: v.attr("aeskey"), VoiceURL: v.attr("voiceurl"), ClientMsgID: v.attr("clientmsgid"), BufID: v.attr("bufid"),
		MD5: v.attr("voicemd5"), From: v.attr("fromusername"), Canceled: v.attrInt("cancelflag") != 0,
		Forwarded: v.attrInt("forwardflag") != 0, Data: m.Buffer,
		MediaInfo: info,
	}
}
