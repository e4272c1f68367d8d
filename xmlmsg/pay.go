package xmlmsg

import (
	"net/url"
	"strconv"
	"strings"
)

// Transfer is one step of a transfer of money: the offer, its receipt, or its return (appmsg type
// 2000). A transfer is several messages with the same TransferID; PaySubType says which step this
// is, and the receipt comes from the receiver. A Transfer that is not taken in time has no message
// of this kind but a System notice (NoticeTransferExpired).
type Transfer struct {
	// PaySubType is 1 for sent and waiting, 3 for received, 4 for returned, 5 for a delayed
	// transfer that was received. 7 to 10 occur.
	PaySubType    int    `json:"pay_sub_type"`
	Fee           string `json:"fee"` // as shown: "￥86.50"
	Memo          string `json:"memo"`
	TransferID    string `json:"transfer_id"`
	TransactionID string `json:"transaction_id"` // from transcationid
	BeginTime     int64  `json:"begin_time"`     // Unix seconds
	InvalidTime   int64  `json:"invalid_time"`   // Unix seconds
	EffectiveDays int    `json:"effective_days"`
	Payer         string `json:"payer"`    // wxid; often empty
	Receiver      string `json:"receiver"` // wxid; often empty

	AppInfo
}

// Kind returns KindTransfer.
func (*Transfer) Kind() Kind { return KindTransfer }

func parseTransfer(app element, info AppInfo) Payload {
	p := app.child("wcpayinfo")
	return &Transfer{
		PaySubType: p.int("paysubtype"), Fee: p.text("feedesc"), Memo: p.text("pay_memo"), TransferID: p.text("transferid"),
		TransactionID: p.firstText("transcationid", "transactionid"), BeginTime: p.int64("begintransfertime"),
		InvalidTime: p.int64("invalidtime"), EffectiveDays: p.int("effectivedate"), Payer: p.text("payer_username"),
		Receiver: p.text("receiver_username"), AppInfo: info,
	}
}

// RedPacket is a red packet (appmsg type 2001). Only the phone can open it; some clients receive a
// System notice (NoticeRedPacketHint) instead. A collection of money has the same type, but is a
// GroupCollect.
type RedPacket struct {
	Title       string `json:"title"`        // the wish, as the receiver sees it
	SenderTitle string `json:"sender_title"` // the wish, as the sender sees it
	SceneText   string `json:"scene_text"`
	SceneID     string `json:"scene_id"`   // "1002"
	NativeURL   string `json:"native_url"` // wxpay://…
	PayMsgID    string `json:"pay_msg_id"`
	TemplateID  string `json:"template_id"`
	TotalNum    int    `json:"total_num"`    // packets, from NativeURL
	InvalidTime int64  `json:"invalid_time"` // Unix seconds

	AppInfo
}

// Kind returns KindRedPacket.
func (*RedPacket) Kind() Kind { return KindRedPacket }

// String leaves the signed URL out.
func (r *RedPacket) String() string { return "red packet " + r.Title }

// GroupCollect is a request for money to the members of a group (appmsg type 2001 with newaa).
// A gift of money to the group has the same type, but is a RedPacket.
type GroupCollect struct {
	BillNo    string  `json:"bill_no"`
	Title     string  `json:"title"`
	SceneID   string  `json:"scene_id"` // "1001"
	NativeURL string  `json:"native_url"`
	Launcher  string  `json:"launcher"` // wxid
	Payers    []Payer `json:"payers"`

	AppInfo
}

// Payer is a member who should pay in a GroupCollect.
type Payer struct {
	Wxid   string `json:"wxid"`
	Fen    int64  `json:"fen"`    // hundredths of a yuan
	Status int    `json:"status"` // 1 if paid
}

// Kind returns KindGroupCollect.
func (*GroupCollect) Kind() Kind { return KindGroupCollect }

// parsePay reads type 2001: a red packet unless it holds a bill.
func parsePay(app element, info AppInfo) Payload {
	p := app.child("wcpayinfo")
	if bill := p.child("newaa"); bill.exists() {
		return &GroupCollect{
			BillNo: bill.text("billno"), Title: firstOf(bill.text("receivertitle"), p.text("receivertitle")), SceneID: p.text("sceneid"),
			NativeURL: p.url("nativeurl"), Launcher: bill.text("launcherusername"), Payers: parsePayers(bill.text("payerlist")),
			AppInfo: info,
		}
	}
	return &RedPacket{
		Title: p.text("receivertitle"), SenderTitle: p.text("sendertitle"), SceneText: p.text("scenetext"), SceneID: p.text("sceneid"),
		NativeURL: p.url("nativeurl"), PayMsgID: p.text("paymsgid"), TemplateID: p.text("templateid"),
		TotalNum:    totalNum(p.url("nativeurl")),
		InvalidTime: p.int64("invalidtime"), AppInfo: info,
	}
}

func parsePayers(list string) []Payer {
	var payers []Payer
	for entry := range strings.SplitSeq(list, "|") {
		parts := strings.Split(entry, ",")
		if parts[0] == "" {
			continue
		}
		parts = append(parts, "", "")
		payers = append(payers, Payer{Wxid: parts[0], Fen: toInt64(parts[1]), Status: toInt(parts[2])})
	}
	return payers
}

// totalNum returns the number of packets in a native URL.
func totalNum(native string) int {
	_, query, _ := strings.Cut(native, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(values.Get("total_num"))
	if err != nil {
		return 0
	}
	return n
}

// firstOf returns the first text that is not empty.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
