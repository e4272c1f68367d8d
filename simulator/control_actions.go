package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// The actions of an Action.
const (
	DoAskFriend = "ask_friend" // From asks the account to be its friend, with Text
	DoUnfriend  = "unfriend"   // From deletes the account, which is told nothing
	DoBlock     = "block"      // From blocks the account
	DoInvite    = "invite"     // From sends the account an invitation to Group
	DoBringIn   = "bring_in"   // From brings Who into Group
	DoScanIn    = "scan_in"    // Who comes into Group by the QR code of From
	DoApply     = "apply"      // From asks those who manage Group to let Who in, with Text as the reason
	DoLeave     = "leave"      // From leaves Group
	DoThrowOut  = "throw_out"  // From throws Who out of Group
	DoRename    = "rename"     // From calls Group Text
	DoAnnounce  = "announce"   // From announces Text in Group
	DoGiveAway  = "give_away"  // Group gets From as its owner
	DoDisband   = "disband"    // the owner dissolves Group
	DoRevoke    = "revoke"     // the message Seq is withdrawn by who has sent it
)

const actionList = "ask_friend, unfriend, block, invite, bring_in, scan_in, apply, leave, throw_out, rename, announce, give_away, disband, revoke"

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
	m, err := s.perform(a)
	if err != nil {
		return Message{}, fmt.Errorf("simulator: action: %w", err)
	}
	return m, nil
}

func (s *Simulator) perform(a Action) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Message{}, errClosed
	}
	before := s.messages.next()
	if err := s.act(a); err != nil {
		return Message{}, err
	}
	s.broadcast()
	if e, ok := s.messages.at(before); ok {
		return e.Message, nil
	}
	return Message{}, nil
}

func (s *Simulator) act(a Action) error {
	switch a.Do {
	case "":
		return fmt.Errorf(`"do" is missing: one of %s`, actionList)
	case DoRevoke:
		return s.revoke(a.Seq)
	case DoAskFriend, DoUnfriend, DoBlock:
		return s.actAsFriend(a)
	case DoInvite, DoBringIn, DoScanIn, DoApply, DoLeave, DoThrowOut, DoRename, DoAnnounce, DoGiveAway, DoDisband:
		return s.actInGroup(a)
	default:
		return fmt.Errorf("there is no action %q: use one of %s", a.Do, actionList)
	}
}

// target is the account that an action is about.
func (s *Simulator) target(a Action) (*account, error) {
	if a.AppID == "" {
		return s.people.accounts[0], nil
	}
	if to := s.people.byApp(a.AppID); to != nil {
		return to, nil
	}
	return nil, fmt.Errorf("there is no account with the app_id %q", a.AppID)
}

func (s *Simulator) actAsFriend(a Action) error {
	to, err := s.target(a)
	if err != nil {
		return err
	}
	from, err := s.people.person(a.From)
	if err != nil {
		return fmt.Errorf(`"from": %w`, err)
	}
	friends := slices.Contains(to.Friends, from)
	switch {
	case from == to.Wxid:
		return errors.New(`"from" is the account itself`)
	case a.Do == DoAskFriend && friends:
		return fmt.Errorf("%s is a friend of the account already", from)
	case a.Do == DoAskFriend:
		c, _ := s.people.profile(from)
		s.wantsToBeFriend(to, c, a.Text, max(a.Scene, 3))
	case !friends:
		return fmt.Errorf("%s is no friend of the account", from)
	default:
		to.lost[from] = map[string]int{DoUnfriend: relationDeleted, DoBlock: relationBlocked}[a.Do]
	}
	return nil
}

func (s *Simulator) actInGroup(a Action) error {
	g, err := s.people.group(a.Group)
	if err != nil {
		return fmt.Errorf(`"group": %w`, err)
	}
	from := g.Owner
	if a.From != "" {
		if from, err = s.people.member(g, a.From); err != nil {
			return fmt.Errorf(`"from": %w`, err)
		}
	}
	var who []string
	for _, name := range a.Who {
		wxid, err := s.people.person(name)
		if err != nil {
			return fmt.Errorf(`"who": %w`, err)
		}
		who = append(who, wxid)
	}
	inside := func(wxid string) bool { return g.has(wxid) }
	needs := slices.Contains([]string{DoBringIn, DoScanIn, DoApply, DoThrowOut}, a.Do)
	switch out := a.Do == DoThrowOut; {
	case needs && len(who) == 0:
		return fmt.Errorf(`%q needs "who"`, a.Do)
	case needs && !out && slices.ContainsFunc(who, inside):
		return errors.New(`"who": one of them is in the group already`)
	case out && !allOf(who, inside):
		return errors.New(`"who": one of them is not in the group`)
	case out && slices.Contains(who, g.Owner), a.Do == DoThrowOut && !g.manages(from):
		return errors.New("only the owner and administrators throw out, and never the owner")
	case a.Text == "" && (a.Do == DoRename || a.Do == DoAnnounce):
		return fmt.Errorf(`%q needs "text"`, a.Do)
	}
	return s.doInGroup(g, a, from, who)
}

func allOf(words []string, fits func(string) bool) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !fits(w) })
}

func (s *Simulator) doInGroup(g *Group, a Action, from string, who []string) error {
	switch a.Do {
	case DoInvite:
		return s.invite(g, a, from)
	case DoBringIn:
		s.bringIn(g, from, who)
	case DoScanIn:
		for _, wxid := range who {
			s.enter(g, from, wxid)
			s.scanned(g, from, wxid)
		}
	case DoApply:
		if s.apply(g, from, who, a.Text) == nil {
			return errors.New("no account manages the group, so nobody is asked")
		}
	case DoLeave:
		s.leave(g, from)
		s.inform(g, func(*account) string { return "" })
	case DoThrowOut:
		s.throwOut(g, from, who)
	case DoRename:
		g.Name = a.Text
		s.renamed(g, from)
	case DoAnnounce:
		s.announce(g, from, a.Text)
	case DoGiveAway:
		s.giveAway(g, from)
	case DoDisband:
		s.disband(g)
	}
	return nil
}

// invite sends an account a card, by which it can come into a group.
func (s *Simulator) invite(g *Group, a Action, from string) error {
	to, err := s.target(a)
	switch {
	case err != nil:
		return err
	case g.has(to.Wxid):
		return errors.New("the account is in the group already")
	case !slices.Contains(to.Friends, from):
		return fmt.Errorf("%s is no friend of the account", from)
	}
	content := inviteXML(from, s.people.nick(from), g, s.inviteURL(g, from, to))
	e := &entry{only: to, Message: Message{
		AppID: to.AppID, Conversation: from, From: from, To: to.Wxid, MsgType: typeApp, Content: content, Time: s.now(),
		NewMsgID: s.ids.newMsgID(), Callback: CallbackNone,
	}}
	e.Kind, e.Text = describe(typeApp, content)
	s.publish(e, nil)
	return nil
}

// revoke withdraws what somebody has said, and tells the accounts that have seen it.
func (s *Simulator) revoke(seq int64) error {
	e, ok := s.messages.at(seq)
	switch {
	case !ok:
		return fmt.Errorf("there is no message %d, or it is forgotten", seq)
	case e.Endpoint != "" || e.only != nil:
		return errors.New("only what people have said can be withdrawn so; the bot has revokeMsg")
	case e.Revoked:
		return errors.New("the message is withdrawn already")
	}
	e.Revoked = true
	for _, seen := range e.seen {
		who := s.people.nick(e.From)
		text := fmt.Sprintf("%q 撤回了一条消息", who)
		if e.From == seen.by.Wxid {
			text = "你撤回了一条消息"
		}
		notice := &entry{only: seen.by, Message: Message{
			AppID: seen.by.AppID, Conversation: e.Conversation, From: e.From, To: e.To, MsgType: typeSystem, Kind: KindRaw, Time: s.now(),
			NewMsgID: s.ids.newMsgID(), Callback: CallbackNone,
			Content: fmt.Sprintf(`<sysmsg type="revokemsg"><revokemsg><session>%s</session><msgid>%d</msgid><newmsgid>%d</newmsgid>`+
				`<replacemsg>%s</replacemsg></revokemsg></sysmsg>`, esc(s.viewOf(seen.by, e)), seen.msgID, e.NewMsgID, cdata(text)),
		}}
		s.publish(notice, nil)
	}
	return nil
}

// postActions is POST /sim/actions.
func (s *Simulator) postActions(w http.ResponseWriter, r *http.Request) {
	var a Action
	err := readJSON(w, r, &a)
	var m Message
	if err == nil {
		m, err = s.perform(a)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		OK       bool   `json:"ok"`
		Seq      int64  `json:"seq"`
		NewMsgID uint64 `json:"new_msg_id,string"`
	}{true, m.Seq, m.NewMsgID})
}
