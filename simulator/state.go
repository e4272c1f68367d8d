package simulator

import (
	"errors"
	"net/http"
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
)

// State is the state of the virtual world.
type State struct {
	Accounts []AccountState `json:"accounts"`
	Contacts []Contact      `json:"contacts"`
	Groups   []GroupState   `json:"groups"`
	// Reports means that the simulator takes reports from bots; see Config.Reports.
	Reports bool `json:"reports"`
}

// AccountState is an account.
type AccountState struct {
	AppID    string `json:"app_id"`
	Wxid     string `json:"wxid"`
	Nickname string `json:"nickname"`
	Online   bool   `json:"online"`
	// CallbackURL is the registered callback URL; empty if there is none. It is the same for all
	// accounts.
	CallbackURL string   `json:"callback_url"`
	Friends     []string `json:"friends"`
	Groups      []string `json:"groups"` // the groups that it is a member of
}

// GroupState is a group.
type GroupState struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Owner   string        `json:"owner"`
	Admins  []string      `json:"admins"`
	Members []MemberState `json:"members"`
	// QRCode is the text in its QR code, by which an account can join.
	QRCode string `json:"qr_code"`
	// Announcement is the current announcement.
	Announcement string `json:"announcement"`
}

// MemberState is a member of a group.
type MemberState struct {
	Wxid        string `json:"wxid"`
	Nickname    string `json:"nickname"`
	DisplayName string `json:"display_name"`
}

// State returns the state of the virtual world: GET /sim/state as a method.
func (s *Simulator) State() State {
	s.life.Lock()
	defer s.life.Unlock()
	state := State{Reports: s.config.Reports, Accounts: []AccountState{}, Contacts: []Contact{}, Groups: []GroupState{}}
	for _, c := range s.world.People.Contacts {
		state.Contacts = append(state.Contacts, Contact(c))
	}
	for _, a := range s.world.People.Accounts {
		account := AccountState{
			AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Online: !a.Offline, CallbackURL: s.out.URL(),
			Friends: slices.Clone(a.Friends), Groups: []string{},
		}
		for _, g := range s.world.People.Groups {
			if g.Has(a.Wxid) {
				account.Groups = append(account.Groups, g.ID)
			}
		}
		state.Accounts = append(state.Accounts, account)
	}
	for _, g := range s.world.People.Groups {
		group := GroupState{
			ID: g.ID, Name: g.Name, Owner: g.Owner, Admins: append([]string{}, g.Admins...), Members: []MemberState{},
			QRCode: s.world.GroupCode(g), Announcement: s.world.People.Details(g).Announcement.Announcement,
		}
		for _, m := range g.Members {
			c, _ := s.world.People.Profile(m.Wxid)
			group.Members = append(group.Members, MemberState{Wxid: m.Wxid, Nickname: c.Nickname, DisplayName: m.DisplayName})
		}
		state.Groups = append(state.Groups, group)
	}
	return state
}

// getState is GET /sim/state.
func (s *Simulator) getState(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("the state takes no parameters"))
		return
	}
	state := s.State()
	for i := range state.Accounts {
		state.Accounts[i].CallbackURL = hideSecret(state.Accounts[i].CallbackURL)
	}
	endpoint.WriteJSON(w, http.StatusOK, state)
}
