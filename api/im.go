package api

import "context"

// IMService is about WeCom users, who have ids that end in @openim.
type IMService struct{ client *Client }

// OpenIMContact is a WeCom user.
type OpenIMContact struct {
	UserName        string `json:"userName"` // …@openim
	NickName        string `json:"nickName"`
	Remark          string `json:"remark"` // written by the account's owner, for his eyes
	BigHeadImgURL   string `json:"bigHeadImg"`
	SmallHeadImgURL string `json:"smallHeadImg"`
	OpenIMAppID     string `json:"appId"`         // application of WeCom; not the appId of the account
	CompanyID       string `json:"descWordingId"` // see GetDetail for its name
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

// OpenIMContactDetail is a WeCom user with the company.
type OpenIMContactDetail struct {
	OpenIMContact
	Company        string `json:"wording"`
	CompanyPinyin  string `json:"wordingPinyin"`
	CompanyQuanPin string `json:"wordingQuanpin"`
}

// GetDetail asks for a WeCom user.
func (s *IMService) GetDetail(ctx context.Context, appID, userName string) (*OpenIMContactDetail, error) {
	return ask[OpenIMContactDetail](ctx, s.client, "/im/detail", query, params{"appId": appID, "toUserName": userName},
		field{"appId", appID}, field{"toUserName", userName})
}

// Search looks for a WeCom user. It applies to gewe, which does not document the values of scene. What it found is empty where the service
// answers without data.
func (s *IMService) Search(ctx context.Context, appID string, scene int, content string) (*FoundUser, error) {
	return ask[FoundUser](ctx, s.client, "/im/search", query, params{"appId": appID, "scene": scene, "content": content},
		field{"appId", appID}, number("scene", scene), field{"content", content})
}

// Add sends a friend request to a WeCom user, with the tickets of Search. It applies to gewe (confidence low, one client).
func (s *IMService) Add(ctx context.Context, appID, v3, v4 string) error {
	return s.client.do(ctx, "/im/add", send, params{"appId": appID, "v3": v3, "v4": v4},
		field{"appId", appID}, field{"v3", v3}, field{"v4", v4})
}
