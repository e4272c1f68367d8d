package endpoint

import (
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// contactsEndpoints are the calls of the module "contacts", except those of friendEndpoints.
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

func fetchContactsList(r *request) (any, error) {
	ids := world.ContactIDs{Friends: []string{}, Chatrooms: append([]string{}, r.account.Groups...), Ghs: []string{}}
	for _, friend := range r.account.Friends {
		if strings.HasPrefix(friend, "gh_") {
			ids.Ghs = append(ids.Ghs, friend)
		} else {
			ids.Friends = append(ids.Friends, friend)
		}
	}
	r.account.Cache, r.account.CachedAt = ids, r.world.Clock.Now()
	return ids, nil
}

// cacheLife is how long the list of fetchContactsListCache is valid.
const cacheLife = 10 * time.Minute

// fetchContactsListCache has no list before fetchContactsList was called; that of GeWe is empty
// then.
func fetchContactsListCache(r *request) (any, error) {
	if r.account.CachedAt.IsZero() || r.world.Clock.Now().Sub(r.account.CachedAt) > cacheLife {
		if r.gewe() {
			return world.ContactIDs{Friends: []string{}, Chatrooms: []string{}, Ghs: []string{}}, nil
		}
		return nil, nil
	}
	return r.account.Cache, nil
}

// contactInfo is a short profile. Most of it is empty or null in the answers of the service as
// well.
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

// getDetailInfo has the background of the moments of people as well.
func getDetailInfo(r *request) (any, error) {
	infos, err := r.infos(maxDetail)
	for i := range infos {
		if !world.IsGroup(infos[i].UserName) {
			background := world.Avatar(infos[i].UserName, "background")
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
		if g := r.world.People.GroupByID(id); g != nil {
			infos = append(infos, contactInfo{
				UserName: g.ID, NickName: g.Name, Remark: r.account.Remarks[g.ID], SmallHeadImgURL: world.Avatar(g.ID, world.AvatarSmall),
			})
			continue
		}
		if c, known := r.world.People.Profile(id); known {
			infos = append(infos, briefOf(r.account, c))
		}
	}
	return infos, nil
}

// briefOf returns the short profile of a person as an account sees it.
func briefOf(a *world.Account, c world.Contact) contactInfo {
	info := contactInfo{
		UserName: c.Wxid, NickName: c.Nickname, Sex: c.Sex, Remark: c.Remark, Alias: c.Alias, Country: c.Country, Province: c.Province,
		City: c.City, BigHeadImgURL: world.Avatar(c.Wxid, world.AvatarLarge), SmallHeadImgURL: world.Avatar(c.Wxid, world.AvatarSmall),
		LabelList: a.LabelList(c.Wxid),
	}
	if c.Signature != "" {
		info.Signature = &c.Signature
	}
	return info
}

// friend returns the friend of the account that a field names.
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
		r.account.ChatOnly[wxid] = r.flag("onlyChat")
	}
	return err
}

func setFriendRemark(r *request) error {
	wxid, err := r.friend("wxid")
	if err != nil {
		return err
	}
	if other := r.world.People.ByWxid(wxid); other != nil {
		other.Card.Remark = r.text("remark")
	}
	for i := range r.world.People.Contacts {
		if c := &r.world.People.Contacts[i]; c.Wxid == wxid {
			c.Remark = r.text("remark")
		}
	}
	r.world.PostModContacts(r.account, wxid)
	return nil
}

// relation is the relation of an account to a person.
type relation struct {
	Wxid     string `json:"wxid"`
	Relation int    `json:"relation"`
}

func checkRelation(r *request) (any, error) {
	relations := []relation{}
	for _, wxid := range r.list("wxids") {
		is, lost := r.account.Lost[wxid]
		if !lost && !slices.Contains(r.account.Friends, wxid) {
			is = world.RelationOther
		}
		relations = append(relations, relation{wxid, is})
	}
	return relations, nil
}

// phoneContact is a person in the phone's address book.
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

// getPhoneAddressList gives the numbers to friends in order, because people of the world have none.
func getPhoneAddressList(r *request) (any, error) {
	phones := r.list("phones")
	if len(phones) == 0 {
		phones = r.account.Phones
	}
	found := []phoneContact{}
	for i, phone := range phones {
		if i >= len(r.account.Friends) {
			break
		}
		c, _ := r.world.People.Profile(r.account.Friends[i])
		found = append(found, phoneContact{
			UserName: c.Wxid, NickName: c.Nickname, Sex: c.Sex, PhoneMD5: r.world.IDs.PlainMD5(phone), Signature: c.Signature,
			Country:       c.Country,
			BigHeadImgURL: world.Avatar(c.Wxid, world.AvatarLarge), SmallHeadImgURL: world.Avatar(c.Wxid, world.AvatarSmall),
			Province: c.Province, City: c.City,
		})
	}
	return found, nil
}

func uploadPhoneAddressList(r *request) error {
	for _, phone := range r.list("phones") {
		r.account.Phones = world.Without(r.account.Phones, phone)
		if r.number("opType") == 1 {
			r.account.Phones = append(r.account.Phones, phone)
		}
	}
	return nil
}

// friendEndpoints are the calls of the module "contacts" that find, make and lose friends.
func friendEndpoints() []endpoint {
	return []endpoint{
		{path: "/contacts/search", handle: locked(searchContacts)},
		{path: "/contacts/addContacts", blank: "content v4", handle: nothing(addContacts)},
		{path: "/contacts/deleteFriend", handle: nothing(deleteFriend)},
	}
}

// foundContact is the result of a search.
type foundContact struct {
	V3              string `json:"v3"`
	V4              string `json:"v4"`
	NickName        string `json:"nickName"`
	Sex             int    `json:"sex"`
	Signature       string `json:"signature"`
	BigHeadImgURL   string `json:"bigHeadImgUrl"`
	SmallHeadImgURL string `json:"smallHeadImgUrl"`
}

// searchContacts has the wxid as v3 for a friend.
func searchContacts(r *request) (any, error) {
	c, ok := r.world.People.Search(r.text("contactsInfo"))
	if !ok {
		return nil, &refusal{code: "-4", msg: "there is no such user (用户不存在)"}
	}
	found := foundContact{
		V3: c.Wxid, V4: r.world.IDs.Ticket("v4", c.Wxid), NickName: c.Nickname, Sex: c.Sex, Signature: c.Signature,
		BigHeadImgURL: world.Avatar(c.Wxid, world.AvatarLarge), SmallHeadImgURL: world.Avatar(c.Wxid, world.AvatarSmall),
	}
	if !slices.Contains(r.account.Friends, c.Wxid) {
		found.V3 = r.world.IDs.Ticket("v3", c.Wxid)
	}
	return found, nil
}

// The options of addContacts.
const (
	optionAdd    = 2
	optionAccept = 3
	optionReject = 4
)

func addContacts(r *request) error {
	option, v3 := r.number("option"), r.text("v3")
	wxid := r.world.WxidOf(v3)
	switch option {
	case optionAdd:
		if wxid == "" && !strings.HasSuffix(v3, "@stranger") {
			return refuse("v3: %q is not a ticket of a search or a friend request", v3)
		}
		r.world.RequestFriend(r.account, wxid)
		return nil
	case optionAccept, optionReject:
		if _, asked := r.account.Requests[wxid]; !asked {
			return refuse("v3: it has no friend request, or it is decided already")
		}
		delete(r.account.Requests, wxid)
		if option == optionAccept {
			r.world.Befriend(r.account, wxid)
			r.world.Notify(r.account, wxid, "你已添加了"+r.world.People.Nick(wxid)+"，现在可以开始聊天了。")
		}
		return nil
	default:
		return refuse("option: it must be 2 (ask), 3 (accept) or 4 (reject)")
	}
}

func deleteFriend(r *request) error {
	wxid, err := r.friend("wxid")
	if err != nil {
		return err
	}
	r.account.Friends = world.Without(r.account.Friends, wxid)
	delete(r.account.Lost, wxid)
	if other := r.world.People.ByWxid(wxid); other != nil {
		other.Lost[r.account.Wxid] = world.RelationDeleted // without a callback
	}
	r.world.PostDelContacts(r.account, wxid)
	return nil
}

// imEndpoints is the module "im": contacts of WeCom, of which there is one.
func imEndpoints() []endpoint {
	return []endpoint{
		{path: "/im/search", title: "搜索企微好友"},
		{path: "/im/add", title: "添加企微好友", handle: noted},
	}
}
