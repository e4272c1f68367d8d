package api

import (
	"context"
	"slices"
)

// ContactsService manages friends, groups and official accounts.
type ContactsService struct{ client *Client }

// The number of ids per request that the service accepts. It is undocumented; clients agree on it.
const (
	maxBriefInfo  = 100
	maxDetailInfo = 20
)

// ContactIDs holds the ids in the address book.
type ContactIDs struct {
	Friends   []string `json:"friends"`   // wxids, and built-in accounts such as weixin
	Chatrooms []string `json:"chatrooms"` // groups saved to the address book; others are missing
	Officials []string `json:"ghs"`       // official accounts, gh_…
}

// FetchContactsList lists the address book. It gets slower with the number of friends, and its
// timeout is Config.MediaTimeout. After a timeout, FetchContactsListCache returns the list a little
// later.
func (s *ContactsService) FetchContactsList(ctx context.Context, appID string) (*ContactIDs, error) {
	return ask[ContactIDs](ctx, s.client, "/contacts/fetchContactsList", media, params{"appId": appID}, field{"appId", appID})
}

// FetchContactsListCache returns the last result of FetchContactsList. The service keeps it for 10
// minutes; after that, all lists are empty.
func (s *ContactsService) FetchContactsListCache(ctx context.Context, appID string) (*ContactIDs, error) {
	return ask[ContactIDs](ctx, s.client, "/contacts/fetchContactsListCache", query, params{"appId": appID}, field{"appId", appID})
}

// Sex of a person.
type Sex int

// The sexes. Groups are SexUnknown, too.
const (
	SexUnknown Sex = 0
	SexMale    Sex = 1
	SexFemale  Sex = 2
)

// ContactInfo is the profile of a friend or a group. Any field may be empty; GetBriefInfo leaves
// most of them empty.
type ContactInfo struct {
	UserName        string   `json:"userName"` // wxid or group id
	NickName        string   `json:"nickName"`
	PyInitial       string   `json:"pyInitial"` // pinyin initials of the name
	QuanPin         string   `json:"quanPin"`   // pinyin of the name
	Sex             Sex      `json:"sex"`
	Remark          string   `json:"remark"` // set by the account's owner and visible only to them
	RemarkPyInitial string   `json:"remarkPyInitial"`
	RemarkQuanPin   string   `json:"remarkQuanPin"`
	Signature       string   `json:"signature"`
	Alias           string   `json:"alias"`    // WeChat id that the person chose
	SnsBgImg        string   `json:"snsBgImg"` // background of the Moments page
	Country         string   `json:"country"`  // code
	Province        string   `json:"province"`
	City            string   `json:"city"`
	BigHeadImgURL   string   `json:"bigHeadImgUrl"`
	SmallHeadImgURL string   `json:"smallHeadImgUrl"`
	Description     string   `json:"description"`
	CardImgURL      string   `json:"cardImgUrl"`   // picture in the description
	LabelList       IDList   `json:"labelList"`    // labels of the friend; see LabelService
	PhoneNumList    []string `json:"phoneNumList"` // phone numbers noted by the account's owner
	Extra           Extra    `json:",embed"`
}

// GetBriefInfo returns short profiles of friends and groups. It requests 100 at a time. On an error
// it returns the profiles that it has so far.
func (s *ContactsService) GetBriefInfo(ctx context.Context, appID string, wxids ...string) ([]ContactInfo, error) {
	return s.profiles(ctx, "/contacts/getBriefInfo", maxBriefInfo, appID, wxids)
}

// GetDetailInfo returns full profiles of friends and groups. It requests 20 at a time. On an error
// it returns the profiles that it has so far.
func (s *ContactsService) GetDetailInfo(ctx context.Context, appID string, wxids ...string) ([]ContactInfo, error) {
	return s.profiles(ctx, "/contacts/getDetailInfo", maxDetailInfo, appID, wxids)
}

func (s *ContactsService) profiles(ctx context.Context, endpoint string, most int, appID string, wxids []string) ([]ContactInfo, error) {
	return inBatches[ContactInfo](ctx, s.client, endpoint, most, wxids, list("wxids", wxids), func(batch []string) params {
		return params{"appId": appID, "wxids": batch}
	}, field{"appId", appID})
}

// inBatches requests many ids in batches of a given size. On an error it returns the results that
// it has so far.
func inBatches[T any](
	ctx context.Context, c *Client, endpoint string, most int, ids []string, given field, body func(batch []string) params, fields ...field,
) ([]T, error) {
	if err := required(endpoint, append(fields, given)...); err != nil {
		return nil, err
	}
	var all []T
	for batch := range slices.Chunk(ids, most) {
		some, err := ask[[]T](ctx, c, endpoint, query, body(batch))
		if err != nil {
			return all, err
		}
		all = append(all, *some...)
	}
	return all, nil
}
