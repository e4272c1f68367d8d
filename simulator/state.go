package simulator

import "slices"

// State is who exists, and what the simulator knows of them now.
type State struct {
	Accounts []AccountState `json:"accounts"`
	Contacts []Contact      `json:"contacts"`
	Groups   []GroupState   `json:"groups"`
}

// AccountState is an account.
type AccountState struct {
	AppID    string `json:"app_id"`
	Wxid     string `json:"wxid"`
	Nickname string `json:"nickname"`
	Online   bool   `json:"online"`
	// CallbackURL is where its callbacks go; empty until a bot has registered one. It is the same for all accounts.
	CallbackURL string   `json:"callback_url"`
	Friends     []string `json:"friends"`
	Groups      []string `json:"groups"` // that it is a member of
}

// GroupState is a group.
type GroupState struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Owner   string        `json:"owner"`
	Admins  []string      `json:"admins"`
	Members []MemberState `json:"members"`
	// QRCode is the text in its QR code, with which an account can come in.
	QRCode string `json:"qr_code"`
	// Announcement is what was announced last.
	Announcement string `json:"announcement"`
}

// MemberState is a member of a group.
type MemberState struct {
	Wxid        string `json:"wxid"`
	Nickname    string `json:"nickname"`
	DisplayName string `json:"display_name"`
}

// State is who exists: GET /sim/state as a method.
func (s *Simulator) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Accounts: []AccountState{}, Contacts: append([]Contact{}, s.people.contacts...), Groups: []GroupState{}}
	for _, a := range s.people.accounts {
		account := AccountState{
			AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Online: !a.Offline, CallbackURL: s.callback,
			Friends: slices.Clone(a.Friends), Groups: []string{},
		}
		for _, g := range s.people.groups {
			if g.has(a.Wxid) {
				account.Groups = append(account.Groups, g.ID)
			}
		}
		state.Accounts = append(state.Accounts, account)
	}
	for _, g := range s.people.groups {
		group := GroupState{
			ID: g.ID, Name: g.Name, Owner: g.Owner, Admins: append([]string{}, g.Admins...), Members: []MemberState{},
			QRCode: s.groupCode(g), Announcement: s.people.room(g).announcement.Announcement,
		}
		for _, m := range g.Members {
			c, _ := s.people.profile(m.Wxid)
			group.Members = append(group.Members, MemberState{Wxid: m.Wxid, Nickname: c.Nickname, DisplayName: m.DisplayName})
		}
		state.Groups = append(state.Groups, group)
	}
	return state
}
