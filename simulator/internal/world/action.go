package world

import (
	"errors"
	"fmt"
	"slices"

	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// The actions of an Action.
const (
	DoFriendRequest = "friend_request"
	DoUnfriend      = "unfriend"
	DoBlock         = "block"
	DoInvite        = "invite"
	DoAddMember     = "add_member"
	DoJoinByQR      = "join_by_qr"
	DoApply         = "apply"
	DoLeave         = "leave"
	DoRemoveMember  = "remove_member"
	DoRename        = "rename"
	DoAnnounce      = "announce"
	DoTransferOwner = "transfer_owner"
	DoDisband       = "disband"
	DoRevoke        = "revoke"
	DoLetter        = "letter"
	DoComment       = "comment"
)

const actionList = "friend_request, unfriend, block, invite, add_member, join_by_qr, apply, leave, remove_member, rename, announce, " +
	"transfer_owner, disband, revoke, letter, comment"

// Action is what a person does, other than sending a message; see simulator.Action.
type Action struct {
	Do    string
	From  string
	Who   []string
	Group string
	AppID string
	Text  string
	Scene int
	Seq   int64
}

// Perform does an action. It returns the message by which the account learns of it; its Seq is 0 if
// there is none. It takes the lock.
func (w *World) Perform(a Action) (message.Message, error) {
	w.Lock()
	defer w.Unlock()
	if w.Closed() {
		return message.Message{}, lifetime.ErrClosed
	}
	before := w.Messages.Next()
	if err := w.act(a); err != nil {
		return message.Message{}, err
	}
	w.Broadcast()
	if e, ok := w.Messages.At(before); ok {
		return e.Message, nil
	}
	return message.Message{}, nil
}

func (w *World) act(a Action) error {
	switch a.Do {
	case "":
		return fmt.Errorf(`"do" is missing: one of %s`, actionList)
	case DoRevoke:
		return w.revoke(a.Seq)
	case DoFriendRequest, DoUnfriend, DoBlock:
		return w.actAsFriend(a)
	case DoLetter, DoComment:
		return w.actInChannels(a)
	case DoInvite, DoAddMember, DoJoinByQR, DoApply, DoLeave, DoRemoveMember, DoRename, DoAnnounce, DoTransferOwner, DoDisband:
		return w.actInGroup(a)
	default:
		return fmt.Errorf("there is no action %q: use one of %s", a.Do, actionList)
	}
}

// target returns the account that an action concerns.
func (w *World) target(a Action) (*Account, error) {
	if a.AppID == "" {
		return w.People.Accounts[0], nil
	}
	if to := w.People.ByApp(a.AppID); to != nil {
		return to, nil
	}
	return nil, fmt.Errorf("there is no account with the app_id %q", a.AppID)
}

func (w *World) actAsFriend(a Action) error {
	to, err := w.target(a)
	if err != nil {
		return err
	}
	from, err := w.People.Person(a.From)
	if err != nil {
		return fmt.Errorf(`"from": %w`, err)
	}
	friends := slices.Contains(to.Friends, from)
	switch {
	case from == to.Wxid:
		return errors.New(`"from" is the account itself`)
	case a.Do == DoFriendRequest && friends:
		return fmt.Errorf("%s is a friend of the account already", from)
	case a.Do == DoFriendRequest:
		c, _ := w.People.Profile(from)
		w.receiveFriendRequest(to, c, a.Text, max(a.Scene, 3))
	case !friends:
		return fmt.Errorf("%s is not a friend of the account", from)
	default:
		to.Lost[from] = map[string]int{DoUnfriend: RelationDeleted, DoBlock: RelationBlocked}[a.Do]
	}
	return nil
}

func (w *World) actInGroup(a Action) error {
	g, err := w.People.Group(a.Group)
	if err != nil {
		return fmt.Errorf(`"group": %w`, err)
	}
	from := g.Owner
	if a.From != "" {
		if from, err = w.People.Member(g, a.From); err != nil {
			return fmt.Errorf(`"from": %w`, err)
		}
	}
	var who []string
	for _, name := range a.Who {
		wxid, err := w.People.Person(name)
		if err != nil {
			return fmt.Errorf(`"who": %w`, err)
		}
		who = append(who, wxid)
	}
	inside := func(wxid string) bool { return g.Has(wxid) }
	needs := slices.Contains([]string{DoAddMember, DoJoinByQR, DoApply, DoRemoveMember}, a.Do)
	switch removes := a.Do == DoRemoveMember; {
	case needs && len(who) == 0:
		return fmt.Errorf(`%q needs "who"`, a.Do)
	case needs && !removes && slices.ContainsFunc(who, inside):
		return errors.New(`"who": one of them is in the group already`)
	case removes && !allOf(who, inside):
		return errors.New(`"who": one of them is not in the group`)
	case removes && slices.Contains(who, g.Owner), removes && !g.Manages(from):
		return errors.New("only the owner and administrators remove members, and never the owner")
	case a.Text == "" && (a.Do == DoRename || a.Do == DoAnnounce):
		return fmt.Errorf(`%q needs "text"`, a.Do)
	}
	return w.doInGroup(g, a, from, who)
}

func allOf(words []string, fits func(string) bool) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !fits(w) })
}

func (w *World) doInGroup(g *Group, a Action, from string, who []string) error {
	switch a.Do {
	case DoInvite:
		return w.invite(g, a, from)
	case DoAddMember:
		w.AddMembers(g, from, who)
	case DoJoinByQR:
		for _, wxid := range who {
			w.Join(g, from, wxid)
			w.NotifyJoinedByQR(g, from, wxid)
		}
	case DoApply:
		if w.apply(g, from, who, a.Text) == nil {
			return errors.New("no account manages the group")
		}
	case DoLeave:
		w.Leave(g, from)
		w.Inform(g, func(*Account) string { return "" })
	case DoRemoveMember:
		w.RemoveMembers(g, from, who)
	case DoRename:
		g.Name = a.Text
		w.NotifyRenamed(g, from)
	case DoAnnounce:
		w.Announce(g, from, a.Text)
	case DoTransferOwner:
		w.TransferOwner(g, from)
	case DoDisband:
		w.Disband(g)
	}
	return nil
}

// invite sends an account the card by which it can join a group.
func (w *World) invite(g *Group, a Action, from string) error {
	to, err := w.target(a)
	switch {
	case err != nil:
		return err
	case g.Has(to.Wxid):
		return errors.New("the account is in the group already")
	case !slices.Contains(to.Friends, from):
		return fmt.Errorf("%s is not a friend of the account", from)
	}
	e := w.invitation(g, from, to.Wxid)
	e.only, e.AppID, e.Conversation = to, to.AppID, from
	w.Publish(e, nil)
	return nil
}

// revoke revokes the message of a person, and notifies the accounts that have received it.
func (w *World) revoke(seq int64) error {
	e, ok := w.Messages.At(seq)
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
		who := w.People.Nick(e.From)
		text := fmt.Sprintf("%q 撤回了一条消息", who)
		if e.From == seen.by.Wxid {
			text = "你撤回了一条消息"
		}
		notice := &Entry{only: seen.by, Message: message.Message{
			AppID: seen.by.AppID, Conversation: e.Conversation, From: e.From, To: e.To, MsgType: message.TypeSystem, Kind: message.KindRaw,
			Time:     w.Now(),
			NewMsgID: w.IDs.NewMsgID(), Callback: message.CallbackNone,
			Content: fmt.Sprintf(`<sysmsg type="revokemsg"><revokemsg><session>%s</session><msgid>%d</msgid><newmsgid>%d</newmsgid>`+
				`<replacemsg>%s</replacemsg></revokemsg></sysmsg>`, message.Escape(w.viewOf(seen.by, e)), seen.msgID, e.NewMsgID,
				message.CDATA(text)),
		}}
		w.Publish(notice, nil)
	}
	return nil
}
