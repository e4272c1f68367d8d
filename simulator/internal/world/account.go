package world

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Account is an account of the world.
type Account struct {
	AppID    string
	Wxid     string
	Nickname string
	Offline  bool
	Friends  []string // wxids
	Groups   []string // the ids of those in its address book

	msgID int64 // the last MsgId
	seq   int64 // the last MsgSeq

	Card    Contact // its profile, without the nickname
	Picture string  // the link of the picture that it has set; may be empty
	Mobile  string
	Uin     int64

	Labels    []ContactLabel
	LastLabel int
	Labelled  map[string][]int // wxid → labels

	Remarks      map[string]string // group → the account's name for it
	Muted        map[string]bool   // groups
	Pinned       map[string]bool   // groups
	ChatOnly     map[string]bool   // friends
	Lost         map[string]int    // those who deleted (1) or blocked (2) the account
	Disconnected bool              // offline by a lost connection, which reconnection restores
	Requests     map[string]string // wxid of a pending friend request → its greeting
	Phones       []string          // of the address book that it uploaded

	Cache      ContactIDs // the last answer of fetchContactsList
	CachedAt   time.Time
	Favourites []Favourite
	Channel    *Channel // its channel in Channels; nil if it has none
}

// prepare sets the fields that the caller of New leaves out. i counts the accounts from 0.
func (a *Account) prepare(i int) {
	a.msgID, a.seq = int64(1_100_000_000+i*50_000_000), 700_000_000+int64(i)*1_000_000
	a.Card, a.Mobile, a.Uin = Contact{Wxid: a.Wxid}, "1000000000"+string(rune('0'+i%10)), 3_000_000_001+int64(i)
	a.Labelled, a.Remarks, a.Muted, a.Pinned = map[string][]int{}, map[string]string{}, map[string]bool{}, map[string]bool{}
	a.ChatOnly, a.Lost, a.Requests, a.Favourites = map[string]bool{}, map[string]int{}, map[string]string{}, newFavourites()
}

// Profile returns the contact card of the account.
func (a *Account) Profile() Contact {
	c := a.Card
	c.Wxid, c.Nickname = a.Wxid, a.Nickname
	return c
}

// ContactIDs is the address book of an account.
type ContactIDs struct {
	Friends   []string `json:"friends"`
	Chatrooms []string `json:"chatrooms"`
	Ghs       []string `json:"ghs"`
}

// The sizes of an avatar, as the service's links have them.
const (
	AvatarLarge = "0"
	AvatarSmall = "132"
)

// Avatar returns the link of a picture. There is no such picture.
func Avatar(id, size string) string { return "https://avatar.example.com/" + id + "/" + size }

// The relations that checkRelation answers with.
const (
	RelationFriend  = 0
	RelationDeleted = 1 // by them
	RelationBlocked = 2 // by them
	RelationOther   = 99
)

// ContactLabel is a label of an account's address book.
type ContactLabel struct {
	LabelName string `json:"labelName"`
	LabelID   int    `json:"labelId"`
}

// LabelList returns the ids of a friend's labels, separated by commas.
func (a *Account) LabelList(wxid string) string {
	var ids []string
	for _, id := range a.Labelled[wxid] {
		ids = append(ids, strconv.Itoa(id))
	}
	return strings.Join(ids, ",")
}

// Favourite is a saved item of an account. Deleted ones stay in the list, with flag 1.
type Favourite struct {
	FavID      int   `json:"favId"`
	Type       int   `json:"type"`
	Flag       int   `json:"flag"`
	UpdateTime int64 `json:"updateTime"`
	Change     int   // the number of its last change
}

// favouritesAtFirst is the number of favourites of a new account.
const favouritesAtFirst = 7

func newFavourites() []Favourite {
	var fs []Favourite
	for i := range favouritesAtFirst {
		fs = append(fs, Favourite{FavID: i + 1, Type: 1, UpdateTime: 1_750_000_000 + int64(i), Change: i + 1})
	}
	return fs
}

// HeadImage returns the link of the picture that the account has set, or its avatar.
func (a *Account) HeadImage(size string) string { return cmp.Or(a.Picture, Avatar(a.Wxid, size)) }
