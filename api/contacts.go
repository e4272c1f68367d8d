package api

import (
	"context"
	"slices"
)

// ContactsService is about friends, groups and official accounts.
type ContactsService struct{ client *Client }

// maxBriefInfo is how many ids GetBriefInfo asks for at once.
const maxBriefInfo = 100

// ContactIDs are the ids in the address book.
type ContactIDs struct {
	Friends   []string `json:"friends"`   // wxids, and built-in accounts such as weixin
	Chatrooms []string `json:"chatrooms"` // groups that were saved to the address book; others are missing
	Officials []string `json:"ghs"`       // official accounts, gh_…
}

// FetchContactsList lists the address book. It is slow, the more friends the slower.
func (s *ContactsService) FetchContactsList(ctx context.Context, appID string) (*ContactIDs, error) {
	const endpoint = "/contacts/fetchContactsList"
	if err := required(endpoint, field{"appId", appID}); err != nil {
		return nil, err
	}
	var ids ContactIDs
	if err := s.client.call(ctx, endpoint, media, map[string]string{"appId": appID}, &ids); err != nil {
		return nil, err
	}
	return &ids, nil
}

// ContactInfo is the short profile of a friend or a group. The service leaves most of it out of a brief answer.
type ContactInfo struct {
	UserName        string   `json:"userName"` // wxid or group id
	NickName        string   `json:"nickName"`
	PyInitial       string   `json:"pyInitial"` // pinyin initials of the name
	QuanPin         string   `json:"quanPin"`   // pinyin of the name
	Sex             ID       `json:"sex"`       // 1 male, 2 female, 0 unknown
	Remark          string   `json:"remark"`    // written by the account's owner, for his eyes
	RemarkPyInitial string   `json:"remarkPyInitial"`
	RemarkQuanPin   string   `json:"remarkQuanPin"`
	Signature       string   `json:"signature"`
	Alias           string   `json:"alias"` // WeChat id that the person chose
	SnsBgImg        string   `json:"snsBgImg"`
	Country         string   `json:"country"`
	Province        string   `json:"province"`
	City            string   `json:"city"`
	BigHeadImgURL   string   `json:"bigHeadImgUrl"`
	SmallHeadImgURL string   `json:"smallHeadImgUrl"`
	Description     string   `json:"description"`
	CardImgURL      string   `json:"cardImgUrl"`
	LabelList       string   `json:"labelList"` // label ids with commas between them
	PhoneNumList    []string `json:"phoneNumList"`
}

// GetBriefInfo asks for the short profiles of friends and groups, at most 100 a request.
func (s *ContactsService) GetBriefInfo(ctx context.Context, appID string, ids ...string) ([]ContactInfo, error) {
	const endpoint = "/contacts/getBriefInfo"
	if err := required(endpoint, field{"appId", appID}, field{"wxids", first(ids)}); err != nil {
		return nil, err
	}
	var all []ContactInfo
	for batch := range slices.Chunk(ids, maxBriefInfo) {
		var infos []ContactInfo
		err := s.client.call(ctx, endpoint, query, map[string]any{"appId": appID, "wxids": batch}, &infos)
		if err != nil {
			return all, err
		}
		all = append(all, infos...)
	}
	return all, nil
}

func first(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}
