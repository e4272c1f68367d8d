package simulator

import (
	"encoding/json"
	"slices"
)

// finderEndpoints are the calls of the module "finder" about channels and their letters. What is not here answers with the
// catalogue's example.
func finderEndpoints() []endpoint {
	return []endpoint{
		{path: "/finder/createFinder", handle: locked(createFinder)},
		{path: "/finder/getProfile", edit: editFinderProfile},
		{path: "/finder/getFinderInfo", handle: locked(getFinderInfo)},
		{path: "/finder/updateProfile", handle: nothing(updateFinder)},
		{path: "/finder/follow", edit: editFollow},
		{path: "/finder/scanFollow", blank: "objectId objectNonceId", digits: "objectId", edit: editFollow},
		{path: "/finder/searchFollow", title: "搜索并关注", handle: nothing(follow)},
		{path: "/finder/followList", edit: editFollowList},
		{path: "/finder/userPage", edit: editUserPage},
		{path: "/finder/postPrivateLetter", handle: locked(postLetter)},
		{path: "/finder/postPrivateLetterImg", handle: locked(postLetter)},
		{path: "/finder/getQrCode", edit: editFinderCode},
	}
}

// nameTaken is how the service says that a channel of that name exists.
func (r *request) nameTaken(name string) error {
	for _, a := range r.sim.people.accounts {
		if a != r.account && a.channel != nil && a.channel.nickname == name {
			return &refusal{code: "-4002", msg: "the name is taken (名称已被使用)"}
		}
	}
	return nil
}

func createFinder(r *request) (any, error) {
	if r.account.channel != nil {
		return nil, refuse("the account has a channel already")
	}
	if err := r.nameTaken(r.text("nickName")); err != nil {
		return nil, err
	}
	c := r.channel()
	c.nickname, c.picture, c.signature = r.text("nickName"), r.text("headImg"), r.text("signature")
	return struct {
		Username   string `json:"username"`
		Nickname   string `json:"nickname"`
		HeadURL    string `json:"headUrl"`
		Signature  string `json:"signature"`
		FollowFlag int    `json:"followFlag"`
	}{c.username, c.nickname, c.picture, c.signature, 0}, nil
}

func editFinderProfile(r *request, data map[string]any) {
	alias := like(first(data["aliasInfo"]))
	if c := r.account.channel; c == nil {
		data["mainFinderUsername"], data["aliasInfo"], data["userNoFinder"] = "", []any{}, json.Number("1")
	} else {
		alias["nickname"], alias["headImgUrl"] = c.nickname, c.picture
		data["mainFinderUsername"], data["aliasInfo"] = c.username, []any{alias}
	}
}

// finderIdentity is a channel that an account runs.
type finderIdentity struct {
	FinderUsername string `json:"finderUsername"`
	Nickname       string `json:"nickname"`
	HeadImgURL     string `json:"headImgUrl"`
	AcctType       int    `json:"acctType"`
	OwnerWxUin     int64  `json:"ownerWxUin"`
}

func getFinderInfo(r *request) (any, error) {
	identities := []finderIdentity{}
	if c := r.account.channel; c != nil {
		identities = append(identities, finderIdentity{c.username, c.nickname, c.picture, 1, r.account.uin})
	}
	return identities, nil
}

func updateFinder(r *request) error {
	if err := r.nameTaken(r.text("nickName")); err != nil {
		return err
	}
	c := r.channel()
	c.nickname, c.picture, c.signature = or(r.text("nickName"), c.nickname), or(r.text("headImg"), c.picture), or(r.text("signature"), c.signature)
	return nil
}

// follow follows, and unfollows if opType is 2.
func follow(r *request) error {
	c, to := r.channel(), r.text("toUserName")
	if to == "" {
		to = "v2_" + r.sim.ids.digest("code", r.text("qrContent")) + "@finder"
	}
	c.follows = without(c.follows, to)
	if r.number("opType") != 2 {
		c.follows = append(c.follows, to)
	}
	return nil
}

func editFollow(r *request, data map[string]any) {
	_ = follow(r) // it cannot fail
	c := r.channel()
	if to := r.text("toUserName"); to != "" {
		data["username"] = to
		data["followFlag"] = numberOf(map[bool]int{true: 1}[slices.Contains(c.follows, to)])
		if other := r.sim.channelOf(to); other != nil {
			data["nickname"], data["headUrl"], data["signature"] = other.nickname, other.picture, other.signature
		}
	}
}

func editFollowList(r *request, data map[string]any) {
	example, list := first(data["contactList"]), []any{}
	for _, username := range r.channel().follows {
		o := like(example)
		o["username"], o["followFlag"] = username, json.Number("1")
		if other := r.sim.channelOf(username); other != nil {
			o = other.contact(o)
		}
		list = append(list, o)
	}
	data["contactList"], data["followCount"], data["continueFlag"] = list, numberOf(len(list)), json.Number("0")
}

// editUserPage has what was published here; a channel from elsewhere has the one video of the example.
func editUserPage(r *request, data map[string]any) {
	username := r.text("toUserName")
	example := first(data["object"])
	contact := like(data["contact"])
	contact["username"], data["contact"] = username, contact
	data["continueFlag"] = json.Number("0")
	if c := r.account.channel; c != nil {
		contact["followFlag"] = numberOf(map[bool]int{true: 1}[slices.Contains(c.follows, username)])
	}
	if c := r.sim.channelOf(username); c != nil {
		list := []any{}
		for _, v := range r.sim.by(func(v *video) bool { return v.author == username }) {
			list = append(list, r.sim.object(v, example))
		}
		data["contact"], data["object"], data["feedsCount"] = c.contact(contact), list, numberOf(len(list))
		return
	}
	object := like(example)
	object["username"] = username
	data["object"] = []any{r.sim.object(r.sim.video(exampleVideo), object)}
}

// exampleVideo is the id in the examples of the catalogue.
const exampleVideo uint64 = 14_000_000_000_000_000_002

func postLetter(r *request) (any, error) {
	return struct {
		NewMsgID uint64 `json:"newMsgId"`
	}{r.sim.ids.newMsgID()}, nil
}

func editFinderCode(r *request, data map[string]any) {
	url := "https://weixin.qq.com/sph/" + r.sim.ids.digest("channel code", r.text("myUserName"))[:16]
	data["qrcode"], data["qrcodeUrl"] = qrBase64(url), url
}
