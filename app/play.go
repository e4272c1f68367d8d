package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/simulator"
)

// phone is who types on the account's own phone, in the key as of a step.
const phone = "phone"

// play does what a step says, and lets the bot react. It returns what is not as a request expects.
func (t *trial) play(ctx context.Context, s *step) (lines []phrase.Text, err error) {
	wait := s.After
	if s.At.set {
		wait += untilClock(t.sim.Clock().Now().Add(wait), s.At.at)
	}
	if err := t.pass(ctx, wait); err != nil {
		return nil, err
	}
	t.stage.answer(s.Web)
	if s.Restart || s.Down > 0 {
		if err := t.restart(ctx, s.Down); err != nil {
			return nil, err
		}
	}
	if len(s.Refuse) > 0 {
		if err := t.refuse(s.Refuse); err != nil {
			return nil, err
		}
		defer t.sim.ClearFaults()
	}
	if err := t.act(s); err != nil {
		return nil, err
	}
	if s.Request != nil {
		if lines, err = t.stage.request(ctx, s.Request); err != nil {
			return nil, err
		}
	}
	if err := t.idle(ctx); err != nil {
		return nil, err
	}
	return lines, t.pass(ctx, s.Wait)
}

// untilClock is the time from now until the next time of the day in China.
func untilClock(now time.Time, at time.Duration) time.Duration {
	zone := time.FixedZone("CST", 8*60*60)
	local := now.In(zone)
	next := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone).Add(at)
	if !next.After(local) {
		next = next.Add(24 * time.Hour)
	}
	return next.Sub(local)
}

// refuse makes the service refuse what is sent to chats.
func (t *trial) refuse(chats []string) error {
	for _, name := range chats {
		id, err := t.chatID(name)
		if err != nil {
			return err
		}
		if _, err := t.sim.AddFaults(simulator.Fault{Endpoint: "*", Kind: simulator.FaultRefuse, Target: id, Count: 1000}); err != nil {
			return err
		}
	}
	return nil
}

// act does what a step says.
func (t *trial) act(s *step) error {
	messages, err := t.drafts(s)
	if err != nil {
		return err
	}
	for _, message := range messages {
		who, err := t.person(s)
		if err != nil {
			return err
		}
		if _, err := who.Send(message); err != nil {
			return err
		}
	}
	as := cmp.Or(s.As, "alice")
	for _, action := range []struct {
		wanted bool
		simulator.Action
	}{
		{len(s.Join) > 0, simulator.Action{Do: simulator.DoAddMember, Who: s.Join}},
		{len(s.Scan) > 0, simulator.Action{Do: simulator.DoJoinByQR, Who: s.Scan}},
		{s.Leave, simulator.Action{Do: simulator.DoLeave}},
		{len(s.Remove) > 0, simulator.Action{Do: simulator.DoRemoveMember, Who: s.Remove}},
		{s.Rename != "", simulator.Action{Do: simulator.DoRename, Text: s.Rename}},
		{s.FriendRequest != "", simulator.Action{Do: simulator.DoFriendRequest, Text: s.FriendRequest}},
	} {
		if !action.wanted {
			continue
		}
		action.From, action.Group, action.AppID = as, s.In, s.Account
		if action.Do == simulator.DoRemoveMember {
			action.From = "" // the owner of the group
		}
		if _, err := t.sim.Act(action.Action); err != nil {
			return err
		}
	}
	if s.Revoke {
		return t.revoke(as)
	}
	return nil
}

// drafts are the messages of a step.
func (t *trial) drafts(s *step) (all []simulator.Draft, err error) {
	if s.Say != "" {
		d := simulator.Draft{Kind: simulator.KindText, Text: s.Say}
		for _, name := range s.Mention {
			if name == "bot" {
				name = t.sim.State().Accounts[0].Wxid
			}
			d.At = append(d.At, name)
			if !strings.Contains(d.Text, "@") {
				d.Text = "@" + t.nameOf(name) + "\u2005" + d.Text
			}
		}
		if s.Quote != "" {
			d.Kind = simulator.KindQuote
			if d.Quote, err = t.quoted(s); err != nil {
				return nil, err
			}
		}
		all = append(all, d)
	}
	if s.File != nil {
		all = append(all, simulator.Draft{Kind: simulator.KindFile,
			File: &simulator.File{Name: s.File.Name, Size: cmp.Or(s.File.Size, 12<<10), MD5: s.File.MD5}})
	}
	if s.Image {
		all = append(all, simulator.Draft{Kind: simulator.KindImage})
	}
	if s.Link != nil {
		all = append(all, simulator.Draft{Kind: simulator.KindLink,
			Link: &simulator.Link{Title: s.Link.Title, URL: cmp.Or(s.Link.URL, "https://example.com/"), Desc: s.Link.Desc}})
	}
	if s.Voice > 0 {
		all = append(all, simulator.Draft{Kind: simulator.KindVoice, Seconds: int64(max(s.Voice, time.Second) / time.Second)})
	}
	if s.Card != "" {
		all = append(all, simulator.Draft{Kind: simulator.KindCard, Card: s.Card})
	}
	if s.Raw != nil {
		all = append(all, simulator.Raw(s.Raw.Type, s.Raw.Content))
	}
	return all, nil
}

// quoted is the latest message in the chat of a step with the words that the step quotes.
func (t *trial) quoted(s *step) (int64, error) {
	chat, err := t.chatID(cmp.Or(s.In, s.As, "alice"))
	if err != nil {
		return 0, err
	}
	messages, err := t.sim.Messages(chat, 0)
	if err != nil {
		return 0, err
	}
	for i := len(messages) - 1; i >= 0; i-- {
		if strings.Contains(messages[i].Text, s.Quote) {
			return messages[i].Seq, nil
		}
	}
	return 0, phrase.Errorf("no message in %s has the words %q", t.nameOf(chat), s.Quote)
}

// person is who does a step, in its chat.
func (t *trial) person(s *step) (simulator.Person, error) {
	as := cmp.Or(s.As, "alice")
	switch {
	case s.In != "" && as == phone:
		if t.sim.Group(s.In).ID() == "" {
			return t.sim.Friend(s.In).Phone(), nil
		}
		return t.sim.Group(s.In).Phone(), nil
	case s.In != "":
		return t.sim.Group(s.In).Member(as), nil
	case as == phone:
		return simulator.Person{}, errors.New("phone needs the key in: in which chat does the owner of the account type?")
	}
	return t.sim.Friend(as).Person, nil
}

// revoke makes a person revoke the last message.
func (t *trial) revoke(as string) error {
	messages, err := t.sim.Messages("", 0)
	if err != nil {
		return err
	}
	wxid := t.sim.Friend(as).ID()
	for i := len(messages) - 1; i >= 0; i-- {
		if m := messages[i]; m.From == wxid && !m.Revoked && !m.ByBot() {
			_, err := t.sim.Act(simulator.Action{Do: simulator.DoRevoke, Seq: m.Seq})
			return err
		}
	}
	return phrase.Errorf("%s has said nothing that could be revoked", as)
}

// chatID is the id of a group or a person, by any name.
func (t *trial) chatID(name string) (string, error) {
	if id := t.sim.Group(name).ID(); id != "" {
		return id, nil
	}
	if id := t.sim.Friend(name).ID(); id != "" {
		return id, nil
	}
	for _, c := range t.sim.State().Contacts { // strangers, too
		if called(&c, name) {
			return c.Wxid, nil
		}
	}
	return "", phrase.Errorf("nobody and no group is called %q", name)
}

// nameOf is how a chat or a person is called.
func (t *trial) nameOf(id string) string {
	state := t.sim.State()
	for _, g := range state.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	for _, a := range state.Accounts {
		if a.Wxid == id {
			return a.Nickname
		}
	}
	for _, c := range state.Contacts {
		if c.Wxid == id {
			return c.Nickname
		}
	}
	return id
}
