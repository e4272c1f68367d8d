package xmlmsg

// FriendRequest is a request to become a friend of the account (MsgType 37; 65 for WeCom contacts).
// Everything is in the attributes of msg; the envelope names a service account as the sender. It
// does not occur when the account asks somebody else, and an accepted request arrives as a System
// notice (NoticeFriendAdded) and as a contact change.
type FriendRequest struct {
	EncryptUsername string `json:"encrypt_username"` // "v3_…@stranger", needed to accept; empty for WeCom contacts
	Ticket          string `json:"ticket"`           // "v4_…@stranger", needed to accept; a secret
	FromUsername    string `json:"from_username"`    // wxid of the applicant
	FromNickname    string `json:"from_nickname"`
	Content         string `json:"content"` // greeting
	// Scene says how the applicant found the account: 3 WeChat id, 4 QQ, 8 or 14 group, 15 phone
	// number, 17 card, 30 QR code. Accepting takes it unchanged.
	Scene             int    `json:"scene"`
	Alias             string `json:"alias"`
	Sex               int    `json:"sex"` // 1 male, 2 female, 0 unknown
	Country           string `json:"country"`
	Province          string `json:"province"`
	City              string `json:"city"`
	Sign              string `json:"sign"`
	Room              string `json:"room"`                // the group, if the applicant found the account in one
	SourceUsername    string `json:"source_username"`     // who recommended the account
	SourceNickname    string `json:"source_nickname"`     //
	ShareCardUsername string `json:"share_card_username"` // who shared the card
	ShareCardNickname string `json:"share_card_nickname"` //
	BigHeadURL        string `json:"big_head_url"`
	SmallHeadURL      string `json:"small_head_url"`
	OpCode            int    `json:"op_code"`
	SnsBgObjectID     uint64 `json:"sns_bg_object_id,string"` // exceeds int64
}

// Kind returns KindFriendRequest.
func (*FriendRequest) Kind() Kind { return KindFriendRequest }

// String leaves the ticket out.
func (r *FriendRequest) String() string { return "friend request of " + r.FromUsername }

func parseFriendRequest(doc element) Payload {
	m := doc.child("msg")
	if !m.exists() || m.attr("fromusername") == "" && m.attr("encryptusername") == "" {
		return nil
	}
	return &FriendRequest{
		EncryptUsername: m.attr("encryptusername"), Ticket: m.attr("ticket"),
		FromUsername: m.attr("fromusername"), FromNickname: m.attr("fromnickname"), Content: m.attr("content"), Scene: m.attrInt("scene"),
		Alias: m.attr("alias"), Sex: m.attrInt("sex"), Country: m.attr("country"), Province: m.attr("province"), City: m.attr("city"),
		Sign: m.attr("sign"), Room: m.attr("chatroomusername"),
		SourceUsername: m.attr("sourceusername"), SourceNickname: m.attr("sourcenickname"),
		ShareCardUsername: m.attr("sharecardusername"), ShareCardNickname: m.attr("sharecardnickname"),
		BigHeadURL: m.attrURL("bigheadimgurl"), SmallHeadURL: m.attrURL("smallheadimgurl"),
		OpCode: m.attrInt("opcode"), SnsBgObjectID: m.attrUint("snsbgobjectid"),
	}
}
