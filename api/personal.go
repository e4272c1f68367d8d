package api

import (
	"context"
	"strconv"
)

// PersonalService manages the account itself.
type PersonalService struct{ client *Client }

// Profile is the account's own profile.
type Profile struct {
	Wxid            string `json:"wxid"`
	NickName        string `json:"nickName"`
	Alias           string `json:"alias"`  // WeChat id that the person chose; often empty
	UIN             string `json:"uin"`    // numeric id
	Mobile          string `json:"mobile"` // phone number
	Sex             Sex    `json:"sex"`
	Signature       string `json:"signature"`
	Country         string `json:"country"` // code
	Province        string `json:"province"`
	City            string `json:"city"`
	RegCountry      string `json:"regCountry"` // code of the country of registration
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
	SnsBgImg        string `json:"snsBgImg"` // background of the Moments page
	Extra           Extra  `json:",embed"`
}

// GetProfile returns the account's own profile. Success is the best sign that the session is alive.
func (s *PersonalService) GetProfile(ctx context.Context, appID string) (*Profile, error) {
	return ask[Profile](ctx, s.client, "/personal/getProfile", query, params{"appId": appID}, field{"appId", appID})
}

// GetQRCode returns the account's own QR code as base64; see DecodeImage.
func (s *PersonalService) GetQRCode(ctx context.Context, appID string) (string, error) {
	answer, err := ask[struct {
		QRCode string `json:"qrCode"`
	}](ctx, s.client, "/personal/getQrCode", query, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return "", err
	}
	return answer.QRCode, nil
}

// SafetyDevice is a device that was used with the account.
type SafetyDevice struct {
	UUID     string `json:"uuid"`
	Name     string `json:"deviceName"`
	Type     string `json:"deviceType"` // model and system
	LastTime int64  `json:"lastTime"`   // last use, Unix seconds
}

// GetSafetyInfo lists the devices that were used with the account.
func (s *PersonalService) GetSafetyInfo(ctx context.Context, appID string) ([]SafetyDevice, error) {
	answer, err := ask[struct {
		List []SafetyDevice `json:"list"`
	}](ctx, s.client, "/personal/getSafetyInfo", query, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return nil, err
	}
	return answer.List, nil
}

// PrivacyOption is a privacy setting of the account.
type PrivacyOption int

// The settings.
const (
	PrivacyVerifyRequests  PrivacyOption = 4 // friend requests must be accepted
	PrivacyRecommendPhones PrivacyOption = 7 // recommend contacts of the phone
	PrivacyByPhone         PrivacyOption = 8 // others can find the account by phone number
	PrivacyByWeChatID      PrivacyOption = 25
	PrivacyByGroup         PrivacyOption = 38
	PrivacyByQRCode        PrivacyOption = 39
	PrivacyByCard          PrivacyOption = 40
)

// SetPrivacy turns one setting on or off.
func (s *PersonalService) SetPrivacy(ctx context.Context, appID string, option PrivacyOption, open bool) error {
	return s.client.do(ctx, "/personal/privacySettings", send, params{"appId": appID, "option": option, "open": open},
		field{"appId", appID}, number("option", option))
}

// UpdateProfileRequest changes the account's profile. Change one item per call: empty fields are
// not sent. Country, Province and City are one item.
type UpdateProfileRequest struct {
	AppID     string `json:"appId"`
	NickName  string `json:"nickName,omitempty"`
	Sex       Sex    `json:"sex,string,omitzero"` // a string on the wire
	Signature string `json:"signature,omitempty"`
	Country   string `json:"country,omitempty"` // code
	Province  string `json:"province,omitempty"`
	City      string `json:"city,omitempty"`
}

// UpdateProfile changes one item of the account's profile. GeWe requires the whole profile instead:
// nickname, sex, signature, country and province are all sent, and empty ones are cleared. Fill the
// request from GetProfile there; it is refused without NickName.
func (s *PersonalService) UpdateProfile(ctx context.Context, r UpdateProfileRequest) error {
	const endpoint = "/personal/updateProfile"
	if s.client.gewe() {
		whole := params{
			"appId": r.AppID, "nickName": r.NickName, "sex": strconv.Itoa(int(r.Sex)), "signature": r.Signature,
			"country": r.Country, "province": r.Province,
		}
		if r.City != "" {
			whole["city"] = r.City
		}
		return s.client.do(ctx, endpoint, send, whole, field{"appId", r.AppID}, field{"nickName", r.NickName})
	}
	item := r.NickName + r.Signature + r.Country + r.Province + r.City
	if r.Sex != SexUnknown {
		item = "sex"
	}
	return s.client.do(ctx, endpoint, send, r, field{"appId", r.AppID}, field{"nickName, sex, signature or country", item})
}

// UpdateAvatar sets the account's avatar from a public URL. The phone shows it after a restart of
// WeChat.
func (s *PersonalService) UpdateAvatar(ctx context.Context, appID, imageURL string) error {
	return s.client.do(ctx, "/personal/updateHeadImg", media, params{"appId": appID, "headImgUrl": imageURL},
		field{"appId", appID}, field{"headImgUrl", imageURL})
}
