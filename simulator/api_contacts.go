package simulator

import (
	"context"
	"strings"
)

// contactsEndpoints is the module "contacts".
func contactsEndpoints() []endpoint {
	return []endpoint{
		{path: "/contacts/fetchContactsList", title: "获取通讯录", handle: fetchContactsList},
		{path: "/contacts/getBriefInfo", title: "获取简要信息", fields: fieldsOf(aList, []string{"wxids"}), handle: getBriefInfo},
	}
}

// contactIDs is the address book of an account.
type contactIDs struct {
	Friends   []string `json:"friends"`
	Chatrooms []string `json:"chatrooms"`
	Ghs       []string `json:"ghs"`
}

func fetchContactsList(_ context.Context, r *request) (any, error) {
	r.sim.mu.Lock()
	defer r.sim.mu.Unlock()
	ids := contactIDs{Friends: []string{}, Chatrooms: append([]string{}, r.account.Groups...), Ghs: []string{}}
	for _, friend := range r.account.Friends {
		if strings.HasPrefix(friend, "gh_") {
			ids.Ghs = append(ids.Ghs, friend)
		} else {
			ids.Friends = append(ids.Friends, friend)
		}
	}
	return ids, nil
}

// contactInfo is a short profile. Most of it is empty or null in the service's answers, too.
type contactInfo struct {
	UserName        string  `json:"userName"`
	NickName        string  `json:"nickName"`
	PyInitial       string  `json:"pyInitial"`
	QuanPin         string  `json:"quanPin"`
	Sex             int     `json:"sex"`
	Remark          string  `json:"remark"`
	RemarkPyInitial string  `json:"remarkPyInitial"`
	RemarkQuanPin   string  `json:"remarkQuanPin"`
	Signature       *string `json:"signature"`
	Alias           string  `json:"alias"`
	SnsBgImg        *string `json:"snsBgImg"`
	Country         string  `json:"country"`
	BigHeadImgURL   string  `json:"bigHeadImgUrl"`
	SmallHeadImgURL string  `json:"smallHeadImgUrl"`
	Description     *string `json:"description"`
	CardImgURL      *string `json:"cardImgUrl"`
	LabelList       string  `json:"labelList"`
	Province        string  `json:"province"`
	City            string  `json:"city"`
	PhoneNumList    *string `json:"phoneNumList"`
}

// maxBrief is how many ids one getBriefInfo may ask for.
const maxBrief = 100

func getBriefInfo(_ context.Context, r *request) (any, error) {
	ids := r.list("wxids")
	if len(ids) > maxBrief {
		return nil, refuse("wxids: %d ids are more than %d", len(ids), maxBrief)
	}
	r.sim.mu.Lock()
	defer r.sim.mu.Unlock()
	infos := []contactInfo{}
	for _, id := range ids {
		if g := r.sim.people.groupByID(id); g != nil {
			infos = append(infos, contactInfo{UserName: g.ID, NickName: g.Name, SmallHeadImgURL: avatar(g.ID, small)})
			continue
		}
		if c, known := r.sim.people.profile(id); known {
			infos = append(infos, brief(c))
		}
	}
	return infos, nil
}

func brief(c Contact) contactInfo {
	info := contactInfo{
		UserName: c.Wxid, NickName: c.Nickname, Sex: c.Sex, Remark: c.Remark, Alias: c.Alias, Country: c.Country, Province: c.Province,
		City: c.City, BigHeadImgURL: avatar(c.Wxid, big), SmallHeadImgURL: avatar(c.Wxid, small),
	}
	if c.Signature != "" {
		info.Signature = &c.Signature
	}
	return info
}

// The sizes of an avatar, as the service's links have them.
const (
	big   = "0"
	small = "132"
)

// avatar is the link of a picture that does not exist.
func avatar(id, size string) string { return "https://avatar.example.com/" + id + "/" + size }
