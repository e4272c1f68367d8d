package simulator

import (
	"fmt"
	"net/http"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// The actions of an Action.
const (
	DoFriendRequest = world.DoFriendRequest // From asks the account to be its friend, with Text
	DoUnfriend      = world.DoUnfriend      // From deletes the account, which gets no notice
	DoBlock         = world.DoBlock         // From blocks the account, which gets no notice
	DoInvite        = world.DoInvite        // From sends the account an invitation to Group
	DoAddMember     = world.DoAddMember     // From adds Who to Group
	DoJoinByQR      = world.DoJoinByQR      // Who join Group by the QR code that From has shared
	DoApply         = world.DoApply         // From asks to add Who to Group, for the reason Text
	DoLeave         = world.DoLeave         // From leaves Group
	DoRemoveMember  = world.DoRemoveMember  // From removes Who from Group
	DoRename        = world.DoRename        // From renames Group to Text
	DoAnnounce      = world.DoAnnounce      // From announces Text in Group
	DoTransferOwner = world.DoTransferOwner // From becomes the owner of Group
	DoDisband       = world.DoDisband       // the owner dissolves Group
	DoRevoke        = world.DoRevoke        // the sender of the message Seq revokes it
	DoLetter        = world.DoLetter        // From writes Text to the channel of the account, in Channels
	DoComment       = world.DoComment       // From comments Text on the newest video of the account's channel
)

// formerWords maps the former words for actions, which still work in this version, to those of
// today.
func formerWords() map[string]string {
	return map[string]string{
		"ask_friend": DoFriendRequest, "bring_in": DoAddMember, "scan_in": DoJoinByQR, "throw_out": DoRemoveMember,
		"give_away": DoTransferOwner,
	}
}

// Action is what a virtual person does, other than sending a message. It is the body of POST
// /sim/actions.
type Action struct {
	// Do is one of the Do constants.
	Do string `json:"do"`
	// From is the person who does it, by any name. Empty means the owner of the group.
	From string `json:"from"`
	// Who are the people that it concerns: members, or those who become members.
	Who []string `json:"who"`
	// Group is the group, by id or name.
	Group string `json:"group"`
	// AppID is the account that it concerns, if there are several and the group does not determine
	// it.
	AppID string `json:"app_id"`
	// Text is the greeting, the new name, the announcement or the reason.
	Text string `json:"text"`
	// Scene is the origin of a friend request: 3 for the WeChat id, 14 for a group … 0 means 3.
	Scene int `json:"scene"`
	// Seq is the number of a message.
	Seq int64 `json:"seq"`
}

// Act makes a person do something: POST /sim/actions as a method. It returns the message by which
// the account learns of it; its Seq is 0 where there is none.
func (s *Simulator) Act(a Action) (Message, error) {
	m, _, err := s.act(a)
	if err != nil {
		return Message{}, fmt.Errorf("simulator: action: %w", err)
	}
	return m, nil
}

// act does an action, and returns a warning about a former word.
func (s *Simulator) act(a Action) (m Message, warning string, err error) {
	if word, former := formerWords()[a.Do]; former {
		warning = fmt.Sprintf("%q is now called %q; the former word goes with the next version", a.Do, word)
		s.log("an action has a former name", "do", a.Do, "use", word)
		a.Do = word
	}
	done, err := s.world.Perform(world.Action(a))
	return Message(done), warning, err
}

// postActions is POST /sim/actions.
func (s *Simulator) postActions(w http.ResponseWriter, r *http.Request) {
	var a Action
	err := readJSON(w, r, &a)
	var m Message
	var warning string
	if err == nil {
		m, warning, err = s.act(a)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	endpoint.WriteJSON(w, http.StatusOK, struct {
		OK       bool   `json:"ok"`
		Seq      int64  `json:"seq"`
		NewMsgID uint64 `json:"new_msg_id,string"`
		Warning  string `json:"warning,omitempty"`
	}{true, m.Seq, m.NewMsgID, warning})
}
