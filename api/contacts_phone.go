package api

import "context"

// PhoneContact is a WeChat account whose phone number is in the uploaded address book.
type PhoneContact struct {
	UserName        string `json:"userName"` // wxid, or a ticket if the person is not a friend
	V4              string `json:"v4"`       // ticket for AddContact; often empty
	NickName        string `json:"nickName"`
	Sex             Sex    `json:"sex"`
	PhoneMD5        string `json:"phoneMd5"` // md5 of the phone number; the number itself is not included
	Signature       string `json:"signature"`
	Alias           string `json:"alias"` // WeChat id that the person chose
	Country         string `json:"country"`
	Province        string `json:"province"`
	City            string `json:"city"`
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
	PersonalCard    int    `json:"personalCard"` // undocumented
	Extra           Extra  `json:",embed"`
}

// GetPhoneAddressList returns the accounts of phone numbers that were uploaded before; all of them
// if no phones are given.
func (s *ContactsService) GetPhoneAddressList(ctx context.Context, appID string, phones ...string) ([]PhoneContact, error) {
	body := params{"appId": appID}
	if len(phones) > 0 {
		body["phones"] = phones
	}
	contacts, err := ask[[]PhoneContact](ctx, s.client, "/contacts/getPhoneAddressList", query, body, field{"appId", appID})
	if err != nil {
		return nil, err
	}
	return *contacts, nil
}

// PhoneOp selects what UploadPhoneAddressList does.
type PhoneOp int

// The operations.
const (
	PhoneUpload PhoneOp = 1
	PhoneDelete PhoneOp = 2
)

// UploadPhoneAddressList adds phone numbers to the account's uploaded address book, or deletes them
// from it. The numbers go to the service and to WeChat, so ask their owners first.
func (s *ContactsService) UploadPhoneAddressList(ctx context.Context, appID string, op PhoneOp, phones ...string) error {
	return s.client.do(ctx, "/contacts/uploadPhoneAddressList", send, params{"appId": appID, "phones": phones, "opType": op},
		field{"appId", appID}, list("phones", phones), number("opType", op))
}
