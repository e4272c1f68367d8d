package simulator

import (
	"context"
	"errors"
	"fmt"
)

// Chat is a conversation: a group, or the private chat with a friend. All methods of a Chat that
// does not exist return an error.
type Chat struct {
	sim *Simulator
	id  string
	app string // the account of a private chat
	err error
}

// Friend is a friend of the account: the person, and the private chat with it.
type Friend struct {
	Person
	Chat
}

// Person is a person in a chat, who can send messages there.
type Person struct {
	chat Chat
	wxid string
	err  error
}

// Group returns a group by its id or name.
func (s *Simulator) Group(name string) Chat {
	s.life.Lock()
	defer s.life.Unlock()
	g, err := s.world.People.Group(name)
	if err != nil {
		return Chat{sim: s, err: fmt.Errorf("simulator: %w", err)}
	}
	return Chat{sim: s, id: g.ID}
}

// Friend returns a friend of the account by wxid, wxid without "wxid_", nickname, remark or alias.
// With several accounts, it is the friend of the first that has such a friend.
func (s *Simulator) Friend(name string) Friend {
	s.life.Lock()
	defer s.life.Unlock()
	wxid, err := s.world.People.Person(name)
	chat := Chat{sim: s, id: wxid}
	if err == nil {
		err = fmt.Errorf("%s is a friend of no account", wxid)
		for _, a := range s.world.People.Accounts {
			if a.Wxid != wxid && s.world.People.Knows(a, wxid) {
				chat.app, err = a.AppID, nil
				break
			}
		}
	}
	if err != nil {
		chat.err = fmt.Errorf("simulator: %w", err)
	}
	return Friend{Person: Person{chat: chat, wxid: wxid, err: chat.err}, Chat: chat}
}

// Err returns why there is no such chat, or nil.
func (c Chat) Err() error { return c.err }

// Err returns why there is no such person in the chat, or nil.
func (p Person) Err() error { return p.err }

// Wxid returns the wxid of the person; empty if there is no such person.
func (p Person) Wxid() string { return p.wxid }

// ID returns the group's id, or the friend's wxid; empty if there is no such chat.
func (c Chat) ID() string {
	if c.err != nil {
		return ""
	}
	return c.id
}

// Member returns a member of the group by wxid, wxid without "wxid_", nickname, remark, alias or
// name in the group.
func (c Chat) Member(name string) Person {
	p := Person{chat: c, err: c.err}
	if c.err != nil {
		return p
	}
	c.sim.life.Lock()
	defer c.sim.life.Unlock()
	g := c.sim.world.People.GroupByID(c.id)
	if g == nil {
		p.err = errors.New("simulator: a private chat has no members")
		return p
	}
	var err error
	if p.wxid, err = c.sim.world.People.Member(g, name); err != nil {
		p.err = fmt.Errorf("simulator: %w", err)
	}
	return p
}

// Phone returns the account itself, as its owner types on the phone: the bot receives that as a
// message of its own. In a group with several accounts it is the first of them.
func (c Chat) Phone() Person {
	p := Person{chat: c, err: c.err}
	if c.err != nil {
		return p
	}
	if p.wxid = c.Account().Wxid; p.wxid == "" {
		p.err = errors.New("simulator: no account is in this group")
	}
	return p
}

// Account returns the account of a private chat, or the first that is in the group. It is zero if
// there is none.
func (c Chat) Account() Account {
	if c.err != nil {
		return Account{}
	}
	c.sim.life.Lock()
	defer c.sim.life.Unlock()
	g := c.sim.world.People.GroupByID(c.id)
	for _, a := range c.sim.world.People.Accounts {
		if g != nil && g.Has(a.Wxid) || a.AppID == c.app {
			return Account{AppID: a.AppID, Wxid: a.Wxid, Nickname: a.Nickname, Offline: a.Offline}
		}
	}
	return Account{}
}

// Title returns the name of the chat with its id, for people.
func (c Chat) Title() string {
	if c.err != nil {
		return c.err.Error()
	}
	c.sim.life.Lock()
	defer c.sim.life.Unlock()
	if g := c.sim.world.People.GroupByID(c.id); g != nil {
		return fmt.Sprintf("group %s (%s)", g.Name, c.id)
	}
	return fmt.Sprintf("%s (%s)", c.sim.world.People.Nick(c.id), c.id)
}

// BotSaid reports whether a message of the chat is one that the bot has sent there; with several
// accounts, the one of a private chat.
func (c Chat) BotSaid(m Message) bool { return m.ByBot() && (c.app == "" || m.AppID == c.app) }

// Messages returns all messages in the chat, oldest first.
func (c Chat) Messages() ([]Message, error) {
	if c.err != nil {
		return nil, c.err
	}
	return c.sim.Messages(c.id, 0)
}

// Await waits for a message of the bot in this chat that match accepts. It begins after the message
// that the last Await here returned, and skips messages that do not match.
func (c Chat) Await(ctx context.Context, match func(Message) bool) (Message, error) {
	if c.err != nil {
		return Message{}, c.err
	}
	var found Message
	err := c.sim.life.Wait(ctx, func() bool {
		for _, m := range c.botSaid() {
			if match(m) {
				found = m
				c.sim.cursors[c.key()] = m.Seq
				return true
			}
		}
		return false
	})
	if err != nil {
		return Message{}, fmt.Errorf("simulator: the bot has sent no such message to %s: %w", c.id, err)
	}
	return found, nil
}

// AwaitText waits for a text of the bot that equals text.
func (c Chat) AwaitText(ctx context.Context, text string) (Message, error) {
	return c.Await(ctx, func(m Message) bool { return m.Kind == KindText && m.Text == text })
}

// AwaitFile waits for a file of the bot by its name.
func (c Chat) AwaitFile(ctx context.Context, name string) (Message, error) {
	return c.Await(ctx, func(m Message) bool { return m.Kind == KindFile && m.Text == name })
}

// botSaid returns what the bot has sent here since the last Await. The caller holds the lock.
func (c Chat) botSaid() []Message {
	var messages []Message
	for _, m := range c.sim.said(c.id, c.sim.cursors[c.key()]) {
		if c.BotSaid(m) {
			messages = append(messages, m)
		}
	}
	return messages
}

func (c Chat) key() string { return c.app + ":" + c.id }

// Say sends a text. In a group, at are the members that it mentions; the text does not change.
func (p Person) Say(text string, at ...string) (Message, error) {
	return p.Send(Draft{Kind: KindText, Text: text, At: at})
}

// Drop sends a complete file, which a bot can forward. It ends the upload that Announce of a file
// of that name has begun; without one, it is a file without a notice, as small ones are.
func (p Person) Drop(f File) (Message, error) { return p.Send(Draft{Kind: KindFile, File: &f}) }

// Announce sends the notice of an upload. There is no file to forward yet.
func (p Person) Announce(f File) (Message, error) {
	return p.Send(Draft{Kind: KindFileNotice, File: &f})
}

// Share sends a link.
func (p Person) Share(l Link) (Message, error) { return p.Send(Draft{Kind: KindLink, Link: &l}) }

// Show sends a picture.
func (p Person) Show() (Message, error) { return p.Send(Draft{Kind: KindImage}) }

// Send sends a message of any kind. It sets From, To and AppID of the draft.
func (p Person) Send(d Draft) (Message, error) {
	if p.err != nil {
		return Message{}, p.err
	}
	s := p.chat.sim
	d.From, d.To, d.AppID = p.wxid, p.chat.id, p.chat.app
	if p.chat.app != "" && p.wxid == p.chat.id {
		s.life.Lock()
		d.To = s.world.People.ByApp(p.chat.app).Wxid
		s.life.Unlock()
	}
	return s.Post(d)
}
