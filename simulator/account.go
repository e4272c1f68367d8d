package simulator

import (
	"slices"
	"strings"
	"time"
)

// account is an account at run time.
type account struct {
	Account
	msgID int64 // the last MsgId
	seq   int64 // the last MsgSeq

	card    Contact // its profile; the names are Account's
	picture string  // the link of its own, once it has set one
	mobile  string
	uin     int64

	labels    []contactLabel
	lastLabel int
	labelled  map[string][]int // wxid → labels

	remarks  map[string]string // group → the account's name for it
	muted    map[string]bool   // groups
	pinned   map[string]bool   // groups
	chatOnly map[string]bool   // friends
	lost     map[string]int    // those who deleted (1) or blocked (2) the account
	lostLine bool              // offline by a fault of the line, which reconnection mends
	requests map[string]string // who wants to be its friend → the greeting
	phones   []string          // of the address book that it uploaded

	cache      contactIDs // what fetchContactsList said last
	cachedAt   time.Time
	favourites []favourite
	channel    *channel // its identity in Channels
}

func newAccount(i int, a Account) *account {
	return &account{
		Account: a, msgID: int64(1_100_000_000 + i*50_000_000), seq: 700_000_000 + int64(i)*1_000_000,
		card: Contact{Wxid: a.Wxid}, mobile: "1000000000" + string(rune('0'+i%10)), uin: 3_000_000_001 + int64(i),
		labelled: map[string][]int{}, remarks: map[string]string{}, muted: map[string]bool{}, pinned: map[string]bool{},
		chatOnly: map[string]bool{}, lost: map[string]int{}, requests: map[string]string{}, favourites: newFavourites(),
	}
}

// profile is the card of the account as others see it.
func (a *account) profile() Contact {
	c := a.card
	c.Wxid, c.Nickname = a.Wxid, a.Nickname
	return c
}

// befriend makes two friends, and tells the account.
func (s *Simulator) befriend(a *account, wxid string) {
	if !slices.Contains(a.Friends, wxid) {
		a.Friends = append(a.Friends, wxid)
	}
	delete(a.requests, wxid)
	delete(a.lost, wxid)
	if other := s.people.byWxid(wxid); other != nil && !slices.Contains(other.Friends, a.Wxid) {
		other.Friends = append(other.Friends, a.Wxid)
		s.modified(other, a.Wxid)
	}
	s.modified(a, wxid)
}

// ticket is what a stranger is called in place of the wxid: v3, or v4 as a proof of where the name is from.
func (g *generator) ticket(version, wxid string) string {
	return version + "_" + g.digest(version, wxid) + g.digest(wxid, version) + "@stranger"
}

// stranger is the person behind a v3; empty if nobody is.
func (s *Simulator) stranger(v3 string) string {
	for _, c := range s.people.everybody() {
		if c.Wxid == v3 || s.ids.ticket("v3", c.Wxid) == v3 {
			return c.Wxid
		}
	}
	return ""
}

// everybody is all people, accounts included.
func (p *people) everybody() []Contact {
	all := slices.Clone(p.contacts)
	for _, a := range p.accounts {
		all = append(all, a.profile())
	}
	return all
}

// search finds a person as WeChat does: by the exact alias, wxid or phone number.
func (p *people) search(info string) (Contact, bool) {
	for _, a := range p.accounts {
		if info == a.mobile {
			return a.profile(), true
		}
	}
	for _, c := range p.everybody() {
		if strings.EqualFold(c.Alias, info) && info != "" || c.Wxid == info {
			return c, true
		}
	}
	return Contact{}, false
}
