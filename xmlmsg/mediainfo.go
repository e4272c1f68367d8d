package xmlmsg

// MediaInfo holds what media of any kind can carry besides the media itself (element
// extcommoninfo).
type MediaInfo struct {
	// ExpireAt is the time until which the media can be downloaded, in Unix seconds; 0 if absent.
	ExpireAt int64 `json:"media_expire_at,omitzero"`
	// Refer is the message that the media answers, such as the text that a voice message answers;
	// nil if it answers none. Usually only NewMsgID and CreateTime are set.
	Refer *Refer `json:"refer,omitzero"`
}

func (p Parser) mediaInfo(doc element, depth int) MediaInfo {
	info := doc.path("msg", "extcommoninfo")
	m := MediaInfo{ExpireAt: info.int64("media_expire_at")}
	if r := info.child("refermsg"); r.hasChildren() {
		refer := p.parseRefer(r, depth)
		m.Refer = &refer
	}
	return m
}
