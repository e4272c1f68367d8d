package simulator

import (
	"slices"
	"strings"
	"time"
)

// contactsEndpoints is the module "contacts", but for what makes and ends friendships.
func contactsEndpoints() []endpoint {
	return []endpoint{
		{path: "/contacts/fetchContactsList", handle: locked(fetchContactsList)},
		{path: "/contacts/fetchContactsListCache", handle: locked(fetchContactsListCache)},
		{path: "/contacts/getBriefInfo", handle: locked(getBriefInfo)},
		{path: "/contacts/getDetailInfo", handle: locked(getDetailInfo)},
		{path: "/contacts/setFriendPermissions", handle: nothing(setFriendPermissions)},
		{path: "/contacts/setFriendRemark", blank: "remark", handle: nothing(setFriendRemark)},
		{path: "/contacts/checkRelation", handle: locked(checkRelation)},
		{path: "/contacts/getPhoneAddressList", handle: locked(getPhoneAddressList)},
		{path: "/contacts/uploadPhoneAddressList", handle: nothing(uploadPhoneAddressList)},
	}
}

// contactIDs is the address book of an account.
type contactIDs struct {
	Friends   []string `json:"friends"`
	Chatrooms []string `json:"chatrooms"`
	Ghs       []string `json:"ghs"`
}

func fetchContactsList(r *request) (any, error) {
	ids := contactIDs{Friends: []string{}, Chatrooms: append([]string{}, r.account.Groups...), Ghs: []string{}}
	for _, friend := range r.account.Friends {
		if strings.HasPrefix(friend, "gh_") {
			ids.Ghs = append(ids.Ghs, friend)
		} else {
			ids.Friends = append(ids.Friends, friend)
		}
	}
	r.account.cache, r.account.cachedAt = ids, r.sim.config.Clock()
	return ids, nil
}

// cacheLife is how long the list can be read again without its being fetched.
const cacheLife = 10 * time.Minute

// fetchContactsListCache has nothing before the list was fetched; GeWe says then that there is nobody.
func fetchContactsListCache(r *request) (any, error) {
	if r.account.cachedAt.IsZero() || r.sim.config.Clock().Sub(r.account.cachedAt) > cacheLife {
		if r.gewe() {
			return contactIDs{Friends: []string{}, Chatrooms: []string{}, Ghs: []string{}}, nil
		}
		return nil, nil
	}
	return r.account.cache, nil
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

// How many ids one call may ask for.
const (
	maxBrief  = 100
	maxDetail = 20
)

func getBriefInfo(r *request) (any, error) { return r.infos(maxBrief) }

// getDetailInfo has more for people: the background of their moments.
func getDetailInfo(r *request) (any, error) {
	infos, err := r.infos(maxDetail)
	for i := range infos {
		if !isGroup(infos[i].UserName) {
			background := avatar(infos[i].UserName, "background")
			infos[i].SnsBgImg = &background
		}
	}
	return infos, err
}

func (r *request) infos(most int) ([]contactInfo, error) {
	ids := r.list("wxids")
	if len(ids) > most {
		return nil, refuse("wxids: %d ids are more than %d", len(ids), most)
	}
	infos := []contactInfo{}
	for _, id := range ids {
		if g := r.sim.people.groupByID(id); g != nil {
			infos = append(infos, contactInfo{
				UserName: g.ID, NickName: g.Name, Remark: r.account.remarks[g.ID], SmallHeadImgURL: avatar(g.ID, small),
			})
			continue
		}
		if c, known := r.sim.people.profile(id); known {
			infos = append(infos, r.account.brief(c))
		}
	}
	return infos, nil
}

// brief is a person as an account sees it.
func (a *account) brief(c Contact) contactInfo {
	info := contactInfo{
		UserName: c.Wxid, NickName: c.Nickname, Sex: c.Sex, Remark: c.Remark, Alias: c.Alias, Country: c.Country, Province: c.Province,
		City: c.City, BigHeadImgURL: avatar(c.Wxid, big), SmallHeadImgURL: avatar(c.Wxid, small), LabelList: a.labelList(c.Wxid),
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

// friend is a friend of the account that a field names.
func (r *request) friend(name string) (string, error) {
	wxid := r.text(name)
	if !slices.Contains(r.account.Friends, wxid) {
		return "", refuse("%s: %q is not a friend of the account (对方不是好友)", name, wxid)
	}
	return wxid, nil
}

func setFriendPermissions(r *request) error {
	wxid, err := r.friend("wxid")
	if err == nil {
		r.account.chatOnly[wxid] = r.flag("onlyChat")
	}
	return err
}

func setFriendRemark(r *request) error {
	wxid, err := r.friend("wxid")
	if err != nil {
		return err
	}
	if other := r.sim.people.byWxid(wxid); other != nil {
		other.card.Remark = r.text("remark")
	}
	for i := range r.sim.people.contacts {
		if c := &r.sim.people.contacts[i]; c.Wxid == wxid {
			c.Remark = r.text("remark")
		}
	}
	r.sim.modified(r.account, wxid)
	return nil
}

// The answers of checkRelation that the simulator gives.
const (
	relationFriend  = 0
	relationDeleted = 1 // by them
	relationBlocked = 2 // by them
	relationOther   = 99
)

// relation is how an account and somebody stand.
type relation struct {
	Wxid     string `json:"wxid"`
	Relation int    `json:"relation"`
}

func checkRelation(r *request) (any, error) {
	relations := []relation{}
	for _, wxid := range r.list("wxids") {
		is, lost := r.account.lost[wxid]
		if !lost && !slices.Contains(r.account.Friends, wxid) {
			is = relationOther
		}
		relations = append(relations, relation{wxid, is})
	}
	return relations, nil
}

// phoneContact is somebody whose number is in the phone's address book.
type phoneContact struct {
	UserName        string  `json:"userName"`
	NickName        string  `json:"nickName"`
	Sex             int     `json:"sex"`
	PhoneMD5        string  `json:"phoneMd5"`
	Signature       string  `json:"signature"`
	Alias           *string `json:"alias"`
	Country         string  `json:"country"`
	BigHeadImgURL   string  `json:"bigHeadImgUrl"`
	SmallHeadImgURL string  `json:"smallHeadImgUrl"`
	Province        string  `json:"province"`
	City            string  `json:"city"`
	PersonalCard    int     `json:"personalCard"`
	V4              *string `json:"v4"`
}

// getPhoneAddressList gives each number to a friend, in order: people have no numbers here.
func getPhoneAddressList(r *request) (any, error) {
	phones := r.list("phones")
	if len(phones) == 0 {
		phones = r.account.phones
	}
	found := []phoneContact{}
	for i, phone := range phones {
		if i >= len(r.account.Friends) {
			break
		}
		c, _ := r.sim.people.profile(r.account.Friends[i])
		found = append(found, phoneContact{
			UserName: c.Wxid, NickName: c.Nickname, Sex: c.Sex, PhoneMD5: r.sim.ids.plainMD5(phone), Signature: c.Signature, Country: c.Country,
			BigHeadImgURL: avatar(c.Wxid, big), SmallHeadImgURL: avatar(c.Wxid, small), Province: c.Province, City: c.City,
		})
	}
	return found, nil
}

func uploadPhoneAddressList(r *request) error {
	for _, phone := range r.list("phones") {
		r.account.phones = without(r.account.phones, phone)
		if r.number("opType") == 1 {
			r.account.phones = append(r.account.phones, phone)
		}
	}
	return nil
}
