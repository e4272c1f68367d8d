package simulator

import (
	"fmt"
	"net/http"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// The actions of an Action.
const (
	DoAskFriend = world.DoAskFriend // From asks the account to be its friend, with Text
	DoUnfriend  = world.DoUnfriend  // From deletes the account, which is told nothing
	DoBlock     = world.DoBlock     // From blocks the account
	DoInvite    = world.DoInvite    // From sends the account an invitation to Group
	DoBringIn   = world.DoBringIn   // From brings Who into Group
	DoScanIn    = world.DoScanIn    // Who comes into Group by the QR code of From
	DoApply     = world.DoApply     // From asks those who manage Group to let Who in, with Text as the reason
	DoLeave     = world.DoLeave     // From leaves Group
	DoThrowOut  = world.DoThrowOut  // From throws Who out of Group
	DoRename    = world.DoRename    // From calls Group Text
	DoAnnounce  = world.DoAnnounce  // From announces Text in Group
	DoGiveAway  = world.DoGiveAway  // Group gets From as its owner
	DoDisband   = world.DoDisband   // the owner dissolves Group
	DoRevoke    = world.DoRevoke    // the message Seq is withdrawn by who has sent it
)

// Action is something that virtual people do, beside speaking. It is the body of POST /sim/actions.
type Action struct {
	// Do is one of the Do constants.
	Do string `json:"do"`
	// From is who does it, by any name. Empty means the owner of the group.
	From string `json:"from"`
	// Who it is done to: members, or people who become some.
	Who []string `json:"who"`
	// Group is where, by id or name.
	Group string `json:"group"`
	// AppID is the account that it is about, where there are several and the group does not tell.
	AppID string `json:"app_id"`
	// Text is the greeting, the new name, the announcement, the reason.
	Text string `json:"text"`
	// Scene is how a friend request came about: 3 by the WeChat id, 14 from a group … 0 means 3.
	Scene int `json:"scene"`
	// Seq is the number of a message.
	Seq int64 `json:"seq"`
}

// Act makes somebody do something: POST /sim/actions as a method. The message is the one that the account was told it by; its Seq is
// 0 where there is none.
func (s *Simulator) Act(a Action) (Message, error) {
	m, err := s.world.Perform(world.Action(a))
	if err != nil {
		return Message{}, fmt.Errorf("simulator: action: %w", err)
	}
	return Message(m), nil
}

// postActions is POST /sim/actions.
func (s *Simulator) postActions(w http.ResponseWriter, r *http.Request) {
	var a Action
	err := readJSON(w, r, &a)
	var m message.Message
	if err == nil {
		m, err = s.world.Perform(world.Action(a))
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		OK       bool   `json:"ok"`
		Seq      int64  `json:"seq"`
		NewMsgID uint64 `json:"new_msg_id,string"`
	}{true, m.Seq, m.NewMsgID})
}
