package api

import "context"

// IMService manages WeCom users, whose ids end in @openim.
type IMService struct{ client *Client }

// OpenIMContact is a WeCom user.
type OpenIMContact struct {
	UserName        string `json:"userName"` // …@openim
	NickName        string `json:"nickName"`
	Remark          string `json:"remark"` // set by the account's owner and visible only to them
	BigHeadImgURL   string `json:"bigHeadImg"`
	SmallHeadImgURL string `json:"smallHeadImg"`
	OpenIMAppID     string `json:"appId"`         // WeCom application; not the appId of the account
	CompanyID       string `json:"descWordingId"` // its name is in the answer of GetDetail
	Extra           Extra  `json:",embed"`
}

// Sync lists the WeCom users among the account's contacts.
func (s *IMService) Sync(ctx context.Context, appID string) ([]OpenIMContact, error) {
	contacts, err := ask[[]OpenIMContact](ctx, s.client, "/im/sync", query, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return nil, err
	}
	return *contacts, nil
}

// OpenIMContactDetail is a WeCom user with the name of the company.
type OpenIMContactDetail struct {
	OpenIMContact
	Company        string `json:"wording"`
	CompanyPinyin  string `json:"wordingPinyin"`
	CompanyQuanPin string `json:"wordingQuanpin"`
}

// GetDetail returns a WeCom user.
func (s *IMService) GetDetail(ctx context.Context, appID, userName string) (*OpenIMContactDetail, error) {
	return ask[OpenIMContactDetail](ctx, s.client, "/im/detail", query, params{"appId": appID, "toUserName": userName},
		field{"appId", appID}, field{"toUserName", userName})
}

// Search finds a WeCom user. It applies to gewe, which does not document the values of scene. The
// result is empty if the service answers without data.
func (s *IMService) Search(ctx context.Context, appID string, scene int, content string) (*FoundUser, error) {
	return ask[FoundUser](ctx, s.client, "/im/search", query, params{"appId": appID, "scene": scene, "content": content},
		field{"appId", appID}, number("scene", scene), field{"content", content})
}

// Add sends a friend request to a WeCom user, with the tickets from Search. It applies to gewe
// (confidence low, one client).
func (s *IMService) Add(ctx context.Context, appID, v3, v4 string) error {
	return s.client.do(ctx, "/im/add", send, params{"appId": appID, "v3": v3, "v4": v4},
		field{"appId", appID}, field{"v3", v3}, field{"v4", v4})
}
