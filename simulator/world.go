package simulator

import (
	"cmp"
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// World is the virtual world that a simulator begins with: the accounts that a bot drives, and the
// people and groups around them. The zero value is not valid; see [DefaultWorld] and [LoadWorld].
type World struct {
	Accounts []Account
	Contacts []Contact
	Groups   []Group
}

// Account is an account that a bot drives.
type Account struct {
	// AppID is the device id of the account in API calls.
	AppID string
	// Wxid is its id in WeChat.
	Wxid     string
	Nickname string
	// Offline means that the account is not logged in: calls are refused, and no callbacks are
	// posted for it.
	Offline bool
	// Friends are the wxids of its friends. nil means all contacts; an empty list means none.
	Friends []string
	// Groups are the ids of the groups in its address book. nil means all that it is a member of.
	Groups []string
}

// Contact is a person, or an official account (gh_…).
type Contact struct {
	Wxid     string `json:"wxid"`
	Nickname string `json:"nickname"`
	// Remark is the accounts' own name for the contact.
	Remark    string `json:"remark"`
	Alias     string `json:"alias"`
	Sex       int    `json:"sex"` // 0 unknown, 1 male, 2 female
	Signature string `json:"signature"`
	Country   string `json:"country"`
	Province  string `json:"province"`
	City      string `json:"city"`
}

// Group is a group chat.
type Group struct {
	// ID ends in @chatroom.
	ID   string
	Name string
	// Owner is the wxid of a member. Empty means the first one.
	Owner string
	// Admins are wxids of members.
	Admins  []string
	Members []Member
}

// Member is a member of a group: a person or an account.
type Member struct {
	Wxid string
	// DisplayName is the member's name in this group. Empty means the nickname.
	DisplayName string
}

// The account of the default world.
const (
	DefaultAppID = "wx_demo0000000000000001"
	DefaultWxid  = "wxid_hongyan_bot"
)

// DefaultWorld returns the world of a simulator without Config.World: one account, ten friends, and
// the groups "A", "B" and "C" with all of them. The account is an administrator of B and owns C.
// Three strangers are neither friends nor in a group: they can become friends, be added to a group,
// or join by its QR code.
func DefaultWorld() *World {
	contacts := []Contact{
		{Wxid: "wxid_alice", Nickname: "Alice", Alias: "alice_demo", Sex: 2, Country: "CN", Province: "Shanghai", City: "Pudong"},
		{Wxid: "wxid_bob", Nickname: "Bob", Sex: 1, Signature: "building things"},
		{Wxid: "wxid_carol", Nickname: "Carol", Sex: 2},
		{Wxid: "wxid_dave", Nickname: "Dave", Sex: 1},
		{Wxid: "wxid_erin", Nickname: "Erin", Sex: 2},
		{Wxid: "wxid_frank", Nickname: "Frank", Sex: 1},
		{Wxid: "wxid_chenjing", Nickname: "陈静", Sex: 2, Province: "Zhejiang", City: "Hangzhou"},
		{Wxid: "wxid_liwei", Nickname: "李伟", Remark: "李经理", Sex: 1},
		{Wxid: "wxid_wangfang", Nickname: "王芳", Sex: 2, Signature: "慢慢来"},
		{Wxid: "wxid_zhaomin", Nickname: "赵敏", Remark: "财务赵敏", Sex: 2},
	}
	everybody, friends := []Member{{Wxid: DefaultWxid}}, []string{}
	for _, c := range contacts {
		everybody, friends = append(everybody, Member{Wxid: c.Wxid}), append(friends, c.Wxid)
	}
	contacts = append(contacts,
		Contact{Wxid: "wxid_grace", Nickname: "Grace", Alias: "grace_demo", Sex: 2},
		Contact{Wxid: "wxid_henry", Nickname: "Henry", Sex: 1},
		Contact{Wxid: "wxid_sunyu", Nickname: "孙宇", Alias: "sunyu_88", Sex: 1, Province: "Jiangsu", City: "Nanjing"},
	)
	withNames := slices.Clone(everybody)
	for i := range withNames {
		if withNames[i].Wxid == "wxid_wangfang" {
			withNames[i].DisplayName = "前台-王芳"
		}
	}
	return &World{
		Accounts: []Account{{AppID: DefaultAppID, Wxid: DefaultWxid, Nickname: "鸿雁", Friends: friends}},
		Contacts: contacts,
		Groups: []Group{
			{ID: "10000000001@chatroom", Name: "A", Owner: "wxid_alice", Members: withNames},
			{ID: "20000000002@chatroom", Name: "B", Owner: "wxid_bob", Admins: []string{DefaultWxid}, Members: slices.Clone(everybody)},
			{ID: "30000000003@chatroom", Name: "C", Owner: DefaultWxid, Members: slices.Clone(everybody)},
		},
	}
}

// begin returns c with the accounts, contacts and groups of a valid world: deep copies, with their
// defaults.
func (w *World) begin(c world.Config) world.Config {
	for _, contact := range w.Contacts {
		contact.Nickname = cmp.Or(contact.Nickname, contact.Wxid)
		c.Contacts = append(c.Contacts, world.Contact(contact))
	}
	for _, g := range w.Groups {
		group := &world.Group{ID: g.ID, Name: g.Name, Owner: g.Owner, Admins: slices.Clone(g.Admins)}
		for _, m := range g.Members {
			group.Members = append(group.Members, world.Member(m))
		}
		if g.Owner == "" && len(g.Members) > 0 {
			group.Owner = g.Members[0].Wxid
		}
		c.Groups = append(c.Groups, group)
	}
	for _, a := range w.Accounts {
		c.Accounts = append(c.Accounts, &world.Account{
			AppID: a.AppID, Wxid: a.Wxid, Nickname: cmp.Or(a.Nickname, a.Wxid), Offline: a.Offline, Friends: w.friends(&a),
			Groups: w.saved(&a),
		})
	}
	return c
}

func (w *World) friends(a *Account) []string {
	if a.Friends != nil {
		return slices.Clone(a.Friends)
	}
	ids := []string{}
	for _, c := range w.Contacts {
		ids = append(ids, c.Wxid)
	}
	return ids
}

func (w *World) saved(a *Account) []string {
	if a.Groups != nil {
		return slices.Clone(a.Groups)
	}
	ids := []string{}
	for i := range w.Groups {
		if w.Groups[i].has(a.Wxid) {
			ids = append(ids, w.Groups[i].ID)
		}
	}
	return ids
}

func (g *Group) has(wxid string) bool {
	return slices.ContainsFunc(g.Members, func(m Member) bool { return m.Wxid == wxid })
}
