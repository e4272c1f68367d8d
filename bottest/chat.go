package bottest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hongyan-go/hongyan/simulator"
)

// Chat is a conversation with the bot in it: a group, or the private chat with a friend.
type Chat struct {
	sim *Sim
	in  simulator.Chat
	by  string // who acts in a group; empty means its owner
}

// Person is a person in a chat.
type Person struct {
	Chat
	who simulator.Person
}

// Group returns a group by its name or id.
func (s *Sim) Group(name string) Chat {
	s.tb.Helper()
	c := s.sim.Group(name)
	s.must(c.Err())
	return Chat{sim: s, in: c}
}

// Person returns a friend of the bot, in the private chat with it. With several accounts, it is the
// chat with the first of which it is a friend.
func (s *Sim) Person(name string) Person {
	s.tb.Helper()
	f := s.sim.Friend(name)
	s.must(f.Chat.Err())
	return Person{Chat: Chat{sim: s, in: f.Chat}, who: f.Person}
}

// ID returns the id of the group, or the wxid of the friend.
func (c Chat) ID() string { return c.in.ID() }

// As returns a member of the group, who speaks and acts there.
func (c Chat) As(name string) Person {
	c.sim.tb.Helper()
	who := c.in.Member(name)
	c.sim.must(who.Err())
	c.by = who.Wxid()
	return Person{Chat: c, who: who}
}

// Phone returns the account of the bot itself, as its owner types on the phone. In a group with
// several accounts, it is the first.
func (c Chat) Phone() Person {
	c.sim.tb.Helper()
	who := c.in.Phone()
	c.sim.must(who.Err())
	c.by = who.Wxid()
	return Person{Chat: c, who: who}
}

// Add adds people to the group, as an invitation does. Without As, the owner of the group adds
// them. The same holds for the other actions.
func (c Chat) Add(names ...string) {
	c.sim.tb.Helper()
	c.act(simulator.Action{Do: simulator.DoAddMember, Who: c.sim.newcomers(names)})
}

// JoinByQR lets people join the group by the QR code of a member.
func (c Chat) JoinByQR(names ...string) {
	c.sim.tb.Helper()
	c.act(simulator.Action{Do: simulator.DoJoinByQR, Who: c.sim.newcomers(names)})
}

// Remove removes members from the group.
func (c Chat) Remove(names ...string) {
	c.sim.tb.Helper()
	c.act(simulator.Action{Do: simulator.DoRemoveMember, Who: names})
}

// Leave lets members leave the group. The service posts no notice of that, only that the group has
// changed.
func (c Chat) Leave(names ...string) {
	c.sim.tb.Helper()
	for _, name := range names {
		c.by = name
		c.act(simulator.Action{Do: simulator.DoLeave})
	}
}

// Rename renames the group.
func (c Chat) Rename(name string) {
	c.sim.tb.Helper()
	c.act(simulator.Action{Do: simulator.DoRename, Text: name})
}

// Announce changes the announcement of the group.
func (c Chat) Announce(text string) {
	c.sim.tb.Helper()
	c.act(simulator.Action{Do: simulator.DoAnnounce, Text: text})
}

func (c Chat) act(a simulator.Action) {
	c.sim.tb.Helper()
	a.Group, a.From = c.in.ID(), c.by
	_, err := c.sim.sim.Act(a)
	c.sim.must(err)
}

// FriendRequest lets a stranger ask the bot to be its friend, with these words.
func (s *Sim) FriendRequest(name, words string) {
	s.tb.Helper()
	_, err := s.sim.Act(simulator.Action{Do: simulator.DoFriendRequest, From: s.newcomers([]string{name})[0], Text: words})
	s.must(err)
}

// person returns the wxid of a person of the world.
func (s *Sim) person(name string) string {
	s.tb.Helper()
	wxid, err := s.sim.Find(name)
	s.must(err)
	return wxid
}

// newcomers returns the wxids of people, and makes up those whom the world does not know.
func (s *Sim) newcomers(names []string) []string {
	s.tb.Helper()
	var wxids []string
	for _, name := range names {
		wxid, err := s.sim.Find(name)
		if err != nil {
			wxid = "wxid_" + strings.ReplaceAll(strings.TrimPrefix(strings.ToLower(name), "wxid_"), " ", "_")
			err = s.sim.AddContact(simulator.Contact{Wxid: wxid, Nickname: capitalised(name)})
		}
		s.must(err)
		wxids = append(wxids, wxid)
	}
	return wxids
}

// capitalised begins each word with a capital letter.
func capitalised(name string) string {
	words := strings.Fields(name)
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(first)) + w[size:]
	}
	return strings.Join(words, " ")
}
