package xmlmsg

// The room types of a call.
const (
	RoomAudio = "audio"
	RoomVideo = "video"
)

// VoIP is a call or one of its signals (MsgTypes 50, 52 and 53, and system messages of the types
// ilinkvoip, voipmt and multivoip). A call causes several of them. Group calls of the MsgTypes 56
// and 64 are a Raw.
type VoIP struct {
	RoomType   string `json:"room_type"`  // RoomAudio, RoomVideo, or empty
	Text       string `json:"text"`       // as displayed on the phone, such as the duration
	DurationS  int    `json:"duration_s"` // seconds
	RoomID     string `json:"room_id"`
	Status     int    `json:"status"` // old form: 1 started, 2 ended
	MsgType    int    `json:"voip_msg_type"`
	SysMsgType string `json:"sysmsg_type"` // for a system message
	Action     string `json:"action"`      // for a system message: invite, cancel, dismissapns, banner
}

// Kind returns KindVoIP.
func (*VoIP) Kind() Kind { return KindVoIP }

func parseVoIP(doc element) Payload {
	if b := doc.path("voipmsg", "VoIPBubbleMsg"); b.exists() {
		return parseBubble(b)
	}
	if b := doc.child("VoIPBubbleMsg"); b.exists() {
		return parseBubble(b)
	}
	invite := doc.child("voipinvitemsg") // old form: two or three roots in a row
	local := doc.child("voiplocalinfo")
	if !invite.exists() && !local.exists() {
		return nil
	}
	return &VoIP{
		RoomType: roomType(invite.text("invitetype")), RoomID: invite.text("roomid"), Status: invite.int("status"),
		DurationS: local.int("duration"),
	}
}

func parseBubble(b element) Payload {
	return &VoIP{
		RoomType: roomType(b.text("room_type")), Text: b.text("msg"), DurationS: b.int("duration"), RoomID: b.text("roomid"),
		MsgType: b.int("msg_type"),
	}
}

func roomType(code string) string {
	switch code {
	case "0":
		return RoomVideo
	case "1":
		return RoomAudio
	}
	return ""
}

// parseVoIPSysMsg reads a system message about a call. The name of its innermost element says what
// happened.
func parseVoIPSysMsg(sys element, sysMsgType string) Payload {
	v := &VoIP{SysMsgType: sysMsgType}
	for call := range sys.children {
		v.RoomID = call.text("roomid")
		for action := range call.children {
			v.Action = action.name()
			break
		}
		break
	}
	return v
}
