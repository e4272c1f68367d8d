package xmlmsg

import "strings"

// Card is a contact card (MsgType 42; 66 and 67 for WeCom contacts): of a person, or of an official
// account. Everything is in the attributes of msg. The card of a Channels account is a FinderCard.
type Card struct {
	Username     string `json:"username"` // v3_…@stranger, a wxid, gh_…, …@openim or …@kefu.openim
	Nickname     string `json:"nickname"` // may be a single blank
	Alias        string `json:"alias"`
	Ticket       string `json:"ticket"` // v4_…@stranger, needed to add the person; a secret
	Scene        int    `json:"scene"`
	CertFlag     int    `json:"cert_flag"` // not 0 for verified and official accounts
	CertInfo     string `json:"cert_info"`
	Sex          int    `json:"sex"` // 1 male, 2 female, 0 unknown
	Province     string `json:"province"`
	City         string `json:"city"`
	Sign         string `json:"sign"`
	BigHeadURL   string `json:"big_head_url"`
	SmallHeadURL string `json:"small_head_url"`

	Enterprise  bool   `json:"enterprise"` // a WeCom contact
	OpenIMAppID string `json:"openim_appid"`
	OpenIMDesc  string `json:"openim_desc"` // company
}

// Kind returns KindCard.
func (*Card) Kind() Kind { return KindCard }

// String leaves the ticket out.
func (c *Card) String() string { return "card of " + c.Nickname }

func parseCard(doc element, m Message) Payload {
	c := doc.child("msg")
	if !c.exists() || c.attr("username") == "" && c.attr("nickname") == "" {
		return nil
	}
	card := &Card{
		Username: c.attr("username"), Nickname: c.attr("nickname"), Alias: c.attr("alias"), Ticket: c.attr("antispamticket"),
		Scene: c.attrInt("scene"), CertFlag: c.attrInt("certflag"), CertInfo: c.attr("certinfo"), Sex: c.attrInt("sex"),
		Province: c.attr("province"), City: c.attr("city"), Sign: c.attr("sign"),
		BigHeadURL: c.attrURL("bigheadimgurl"), SmallHeadURL: c.attrURL("smallheadimgurl"),
		OpenIMAppID: c.attr("openimappid"), OpenIMDesc: c.attr("openimdesc"),
	}
	if card.Ticket == "" {
		card.Ticket = c.attr("ticket")
	}
	card.Enterprise = m.Type != typeCard || strings.HasSuffix(card.Username, "openim")
	return card
}
