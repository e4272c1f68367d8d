package endpoint

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// finderEndpoints are the calls of the module "finder" about channels and private letters. Others
// answer with the catalogue's example.
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
		{path: "/finder/mentionList", edit: editMentionList},
		{path: "/finder/contactList", handle: locked(findChannelContact)},
	}
}

// nameTaken returns an error if a channel of that name exists.
func (r *request) nameTaken(name string) error {
	for _, a := range r.world.People.Accounts {
		if a != r.account && a.Channel != nil && a.Channel.Nickname == name {
			return &refusal{code: "-4002", msg: "the name is taken (名称已被使用)"}
		}
	}
	return nil
}

func createFinder(r *request) (any, error) {
	if r.account.Channel != nil {
		return nil, refuse("the account has a channel already")
	}
	if err := r.nameTaken(r.text("nickName")); err != nil {
		return nil, err
	}
	c := r.channel()
	c.Nickname, c.Picture, c.Signature = r.text("nickName"), r.text("headImg"), r.text("signature")
	return struct {
		Username   string `json:"username"`
		Nickname   string `json:"nickname"`
		HeadURL    string `json:"headUrl"`
		Signature  string `json:"signature"`
		FollowFlag int    `json:"followFlag"`
	}{c.Username, c.Nickname, c.Picture, c.Signature, 0}, nil
}

func editFinderProfile(r *request, data map[string]any) {
	alias := like(first(data["aliasInfo"]))
	if c := r.account.Channel; c == nil {
		data["mainFinderUsername"], data["aliasInfo"], data["userNoFinder"] = "", []any{}, json.Number("1")
	} else {
		alias["nickname"], alias["headImgUrl"] = c.Nickname, c.Picture
		data["mainFinderUsername"], data["aliasInfo"] = c.Username, []any{alias}
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
	if c := r.account.Channel; c != nil {
		identities = append(identities, finderIdentity{c.Username, c.Nickname, c.Picture, 1, r.account.Uin})
	}
	return identities, nil
}

func updateFinder(r *request) error {
	if err := r.nameTaken(r.text("nickName")); err != nil {
		return err
	}
	c := r.channel()
	c.Nickname, c.Picture, c.Signature = cmp.Or(r.text("nickName"), c.Nickname), cmp.Or(r.text("headImg"), c.Picture),
		cmp.Or(r.text("signature"), c.Signature)
	return nil
}

// follow follows a channel, or unfollows it if opType is 2.
func follow(r *request) error {
	c, to := r.channel(), r.text("toUserName")
	if to == "" {
		to = "v2_" + r.world.IDs.Digest("code", r.text("qrContent")) + "@finder"
	}
	c.Follows = world.Without(c.Follows, to)
	if r.number("opType") != 2 {
		c.Follows = append(c.Follows, to)
	}
	return nil
}

func editFollow(r *request, data map[string]any) {
	_ = follow(r) // it cannot fail
	c := r.channel()
	if to := r.text("toUserName"); to != "" {
		data["username"] = to
		data["followFlag"] = numberOf(map[bool]int{true: 1}[slices.Contains(c.Follows, to)])
		if other := r.world.ChannelOf(to); other != nil {
			data["nickname"], data["headUrl"], data["signature"] = other.Nickname, other.Picture, other.Signature
		}
	}
}

func editFollowList(r *request, data map[string]any) {
	example, list := first(data["contactList"]), []any{}
	for _, username := range r.channel().Follows {
		o := like(example)
		o["username"], o["followFlag"] = username, json.Number("1")
		if other := r.world.ChannelOf(username); other != nil {
			o = contactOf(other, o)
		}
		list = append(list, o)
	}
	data["contactList"], data["followCount"], data["continueFlag"] = list, numberOf(len(list)), json.Number("0")
}

// editUserPage lists the videos that were published here. A channel from outside of this world has
// the video of the example.
func editUserPage(r *request, data map[string]any) {
	username := r.text("toUserName")
	example := first(data["object"])
	contact := like(data["contact"])
	contact["username"], data["contact"] = username, contact
	data["continueFlag"] = json.Number("0")
	if c := r.account.Channel; c != nil {
		contact["followFlag"] = numberOf(map[bool]int{true: 1}[slices.Contains(c.Follows, username)])
	}
	if c := r.world.ChannelOf(username); c != nil {
		list := []any{}
		for _, v := range r.world.VideosThat(func(v *world.Video) bool { return v.Author == username }) {
			list = append(list, r.object(v, example))
		}
		data["contact"], data["object"], data["feedsCount"] = contactOf(c, contact), list, numberOf(len(list))
		return
	}
	object := like(example)
	object["username"] = username
	data["object"] = []any{r.object(r.world.Video(exampleVideo), object)}
}

// exampleVideo is the id of the video in the catalogue's examples.
const exampleVideo uint64 = 14_000_000_000_000_000_002

func postLetter(r *request) (any, error) {
	return struct {
		NewMsgID uint64 `json:"newMsgId"`
	}{r.world.IDs.NewMsgID()}, nil
}

func editFinderCode(r *request, data map[string]any) {
	url := "https://weixin.qq.com/sph/" + r.world.IDs.Digest("channel code", r.text("myUserName"))[:16]
	data["qrcode"], data["qrcodeUrl"] = qrBase64(url), url
}

// channel returns the channel of the account. It creates one if the account has none, because a
// call may act for a channel from outside of this world.
func (r *request) channel() *world.Channel {
	if c := r.account.Channel; c != nil {
		return c
	}
	return r.world.NewChannel(r.account, r.text("myUserName"))
}

// like returns a deep copy of an object of the catalogue's example.
func like(example any) map[string]any {
	source, _ := example.(map[string]any)
	object := maps.Clone(source)
	for key, value := range object {
		if inner, ok := value.(map[string]any); ok {
			object[key] = like(inner)
		}
	}
	return object
}

// first returns the first object of a list.
func first(list any) any {
	if items, ok := list.([]any); ok && len(items) > 0 {
		return items[0]
	}
	return nil
}

func number64(n uint64) json.Number { return json.Number(strconv.FormatUint(n, 10)) }

func numberOf(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// object returns a video as answers have it, made from the object of an example.
func (r *request) object(v *world.Video, example any) map[string]any {
	o := like(example)
	o["id"], o["displayid"], o["createtime"] = number64(v.ID), number64(v.ID), json.Number(strconv.FormatInt(v.Created, 10))
	o["likeCount"], o["favCount"], o["commentCount"] = numberOf(len(v.Hearts)), numberOf(len(v.Thumbs)), numberOf(len(v.Comments))
	if v.Description != "" {
		if desc, ok := o["objectDesc"].(map[string]any); ok {
			desc["description"] = v.Description
		}
	}
	if c := r.world.ChannelOf(v.Author); c != nil {
		o["username"], o["nickname"], o["contact"] = c.Username, c.Nickname, contactOf(c, o["contact"])
	}
	return o
}

// contactOf returns a channel as answers have it, made from the object of an example.
func contactOf(c *world.Channel, example any) map[string]any {
	o := like(example)
	o["username"], o["nickname"], o["headUrl"], o["signature"] = c.Username, c.Nickname, c.Picture, c.Signature
	return o
}
