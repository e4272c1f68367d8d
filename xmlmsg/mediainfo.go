package xmlmsg

// MediaInfo is what media of any kind may tell beside the media itself (element extcommoninfo).
type MediaInfo struct {
	// ExpireAt is until when the media can be downloaded, in Unix seconds; 0 if absent.
	ExpireAt int64 `json:"media_expire_at,omitzero"`
	// Refer is the message that the media answers, such as a voice that answers a text; nil if it answers none. Mostly it tells no more of it
	// than NewMsgID and CreateTime.
	Refer *Refer `json:"refer,omitzero"`
}

// mediaInfo reads the extcommoninfo of a message.
func (p Parser) mediaInfo(doc element, depth int) MediaInfo {
	info := doc.path("msg", "extcommoninfo")
	m := MediaInfo{ExpireAt: info.int64("media_expire_at")}
	if r := info.child("refermsg"); r.hasChildren() {
		refer := p.parseRefer(r, depth)
		m.Refer = &refer
	}
	return m
}
