package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// noticeKey finds the notice that a file belongs to.
type noticeKey struct{ conversation, from, name string }

// notice is what a file takes over from its notice.
type notice struct {
	newMsgID   uint64
	token, md5 string
}

// Post makes somebody say something: POST /sim/messages as a method. It returns when the message is recorded and its callback
// queued, not when the bot has it; see Settle.
func (s *Simulator) Post(d Draft) (Message, error) {
	m, err := s.post(d)
	if err != nil {
		return Message{}, fmt.Errorf("simulator: %w", err)
	}
	return m, nil
}

func (s *Simulator) post(d Draft) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Message{}, errClosed
	}
	e, err := s.address(d)
	if err != nil {
		return Message{}, err
	}
	if err := d.check(isGroup(e.Conversation)); err != nil {
		return Message{}, err
	}
	if e.At, err = s.mentioned(e.Conversation, d.At); err != nil {
		return Message{}, err
	}
	e.Time, e.NewMsgID = s.now(), s.ids.newMsgID()
	s.write(e, d)
	s.publish(e, nil)
	return e.Message, nil
}

// address finds out who speaks to whom.
func (s *Simulator) address(d Draft) (*entry, error) {
	if d.From == "" {
		return nil, errors.New(`"from" is missing: the wxid of who says it`)
	}
	from, err := s.people.person(d.From)
	if err != nil {
		return nil, err
	}
	to := d.To
	if to == "" {
		if to, err = s.defaultRecipient(d.AppID, from); err != nil {
			return nil, err
		}
	}
	if to, err = s.people.conversation(to); err != nil {
		return nil, fmt.Errorf(`"to": %w`, err)
	}
	e := &entry{Message: Message{From: from, To: to, Conversation: to, Callback: CallbackNone}}
	if isGroup(to) {
		return e, s.addressGroup(e, d.AppID)
	}
	return e, s.addressPrivate(e, d.AppID)
}

func (s *Simulator) defaultRecipient(appID, from string) (string, error) {
	switch {
	case s.people.byWxid(from) != nil:
		return "", fmt.Errorf(`"to" is missing: %s is the account itself, so say which friend or group it writes to`, from)
	case appID != "":
		if a := s.people.byApp(appID); a != nil {
			return a.Wxid, nil
		}
		return "", fmt.Errorf(`there is no account with the app_id %q`, appID)
	case len(s.people.accounts) > 1:
		return "", errors.New(`"to" is missing, and there are several accounts: give the wxid of one, or a group`)
	default:
		return s.people.accounts[0].Wxid, nil
	}
}

func (s *Simulator) addressGroup(e *entry, appID string) error {
	g := s.people.groupByID(e.Conversation)
	if !g.has(e.From) {
		return fmt.Errorf("%s is not a member of group %s (%s)", e.From, g.Name, g.ID)
	}
	if appID == "" {
		return nil
	}
	if a := s.people.byApp(appID); a == nil || !g.has(a.Wxid) {
		return fmt.Errorf("no account with the app_id %q is in group %s (%s)", appID, g.Name, g.ID)
	}
	return nil
}

func (s *Simulator) addressPrivate(e *entry, appID string) error {
	sender, receiver := s.people.byWxid(e.From), s.people.byWxid(e.To)
	switch {
	case sender == nil && receiver == nil:
		return fmt.Errorf(`neither %s nor %s is an account: "to" must be the wxid of an account or a group`, e.From, e.To)
	case sender != nil && !s.people.knows(sender, e.To):
		return fmt.Errorf("%s is not a friend of the account %s", e.To, sender.Wxid)
	case sender == nil && !s.people.knows(receiver, e.From):
		return fmt.Errorf("%s is not a friend of the account %s", e.From, receiver.Wxid)
	case sender == nil:
		e.AppID, e.Conversation = receiver.AppID, e.From
	default:
		e.AppID = sender.AppID
		if receiver != nil && receiver != sender {
			e.mirror = sender.Wxid
		}
	}
	if appID != "" && appID != e.AppID {
		return fmt.Errorf("the account of this chat has the app_id %s, not %q", e.AppID, appID)
	}
	return nil
}

// mentioned resolves the people of an at-list.
func (s *Simulator) mentioned(conversation string, names []string) ([]string, error) {
	g := s.people.groupByID(conversation)
	var at []string
	for _, name := range names {
		if name == everybody {
			at = append(at, name)
			continue
		}
		wxid, err := s.people.member(g, name)
		if err != nil {
			return nil, fmt.Errorf(`"at": %w`, err)
		}
		at = append(at, wxid)
	}
	return at, nil
}

// everybody in an at-list means all members.
const everybody = "notify@all"

// check refuses what a kind needs and does not have, and what it has no use for.
func (d *Draft) check(inGroup bool) error {
	if d.Kind == "" {
		return fmt.Errorf(`"kind" is missing: one of %s`, kindList)
	}
	takes, known := draftFields()[d.Kind]
	if !known {
		return fmt.Errorf(`there is no kind %q: use one of %s`, d.Kind, kindList)
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"text", d.Text != ""}, {"at", len(d.At) > 0}, {"file", d.File != nil}, {"link", d.Link != nil},
		{"msg_type", d.MsgType != 0}, {"content", d.Content != ""},
	} {
		needed, allowed := takes[f.name]
		switch {
		case f.given && !allowed:
			return fmt.Errorf(`kind %q has no use for %q`, d.Kind, f.name)
		case needed && !f.given:
			return fmt.Errorf(`kind %q needs %q`, d.Kind, f.name)
		}
	}
	switch {
	case len(d.At) > 0 && !inGroup:
		return errors.New(`"at" is for groups`)
	case d.File != nil:
		return d.File.check()
	case d.Link != nil && (d.Link.Title == "" || d.Link.URL == ""):
		return errors.New(`"link" needs "title" and "url"`)
	case d.MsgType < 0:
		return errors.New(`"msg_type" must be a positive number`)
	}
	return nil
}

const kindList = "text, image, file, file_notice, link, raw"

// draftFields tells for each kind which fields it takes, and which of them it needs.
func draftFields() map[string]map[string]bool {
	return map[string]map[string]bool{
		KindText:       {"text": true, "at": false},
		KindImage:      {},
		KindFile:       {"file": true},
		KindFileNotice: {"file": true},
		KindLink:       {"link": true},
		KindRaw:        {"msg_type": true, "content": true, "at": false},
	}
}

func (f *File) check() error {
	switch {
	case f.Name == "":
		return errors.New(`"file" needs "name"`)
	case f.Size < 0:
		return errors.New(`"file": "size" is less than 0`)
	case f.MD5 != "" && (len(f.MD5) != 32 || strings.Trim(f.MD5, "0123456789abcdef") != ""):
		return errors.New(`"file": "md5" must be 32 hex digits in lower case`)
	}
	return nil
}

// write fills in what the message says.
func (s *Simulator) write(e *entry, d Draft) {
	e.Kind = d.Kind
	switch d.Kind {
	case KindText:
		e.MsgType, e.Text, e.Content = typeText, d.Text, d.Text
	case KindImage:
		e.MsgType = typeImage
		e.Content = imageXML(s.newMedia(e.Time, mediaLength, "jpg", e.NewMsgID))
	case KindFile, KindFileNotice:
		s.writeFile(e, *d.File)
	case KindLink:
		e.MsgType, e.Text = typeApp, d.Link.Title
		e.Content = linkXML(e.From, *d.Link)
	case KindRaw:
		e.MsgType, e.Content = d.MsgType, d.Content
		_, e.Text = describe(d.MsgType, d.Content)
	}
}

// writeFile makes a notice, or a file that replaces the notice before it.
func (s *Simulator) writeFile(e *entry, f File) {
	key := noticeKey{e.Conversation, e.From, f.Name}
	if f.MD5 == "" {
		_, f.MD5 = s.body(f.Size, fileExt(f.ext()), f.Name, f.Size)
	}
	e.MsgType, e.Text = typeApp, f.Name
	if e.Kind == KindFileNotice {
		n := notice{newMsgID: e.NewMsgID, token: s.ids.uploadToken(), md5: f.MD5}
		if len(s.notices) >= s.config.History {
			clear(s.notices) // uploads that were never finished
		}
		s.notices[key] = n
		e.Content = noticeXML(e.From, f, n)
		return
	}
	n, announced := s.notices[key]
	delete(s.notices, key)
	if announced {
		f.MD5 = n.md5
	} else {
		n.token = s.ids.uploadToken()
	}
	e.Content = fileXML(e.From, f, n, s.newMedia(e.Time, f.Size, fileExt(f.ext()), f.Name, f.Size))
}

// publish gives the message its place in the log, and posts it to the accounts that it concerns. by is the account that
// sent it through the API: it is not told. The caller holds the lock.
func (s *Simulator) publish(e *entry, by *account) {
	e.Seq = s.messages.next()
	for _, a := range s.concerned(e) {
		a.msgID += 1 + s.ids.rand.Int64N(3)
		a.seq += 1 + s.ids.rand.Int64N(3)
		if e.MsgID == 0 || a == by {
			e.MsgID = a.msgID
		}
		e.seen = append(e.seen, sighting{a, a.msgID, a.seq})
		if a != by {
			s.tell(e, e.seen[len(e.seen)-1])
		}
	}
	s.messages.add(e)
	s.broadcast()
}

// tell posts a message to an account that concerns it.
func (s *Simulator) tell(e *entry, to sighting) {
	if to.by.Offline || s.callback == "" {
		return
	}
	e.pending++
	s.enqueue(to.by, s.viewOf(to.by, e), &delivery{entry: e, body: s.callbackBody(to, e)})
}

// concerned are the accounts that get to know of a message.
func (s *Simulator) concerned(e *entry) []*account {
	if e.only != nil {
		return []*account{e.only}
	}
	var as []*account
	for _, a := range s.people.accounts {
		g := s.people.groupByID(e.Conversation)
		if g != nil && g.has(a.Wxid) || g == nil && (a.Wxid == e.From || a.Wxid == e.To) {
			as = append(as, a)
		}
	}
	return as
}

// viewOf is the conversation as an account sees it.
func (s *Simulator) viewOf(a *account, e *entry) string {
	if !isGroup(e.Conversation) && e.To == a.Wxid {
		return e.From
	}
	return e.Conversation
}

// Messages are the messages of a conversation after a sequence number, oldest first. The conversation is a group or a friend, by
// id or name; empty means all.
func (s *Simulator) Messages(conversation string, after int64) ([]Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.conversationID(conversation)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	return s.said(id, after), nil
}

func (s *Simulator) conversationID(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	return s.people.conversation(name)
}

// said lists messages. An empty conversation means all. The caller holds the lock.
func (s *Simulator) said(conversation string, after int64) []Message {
	messages := []Message{}
	for _, e := range s.messages.after(after) {
		if conversation == "" || e.in(conversation) {
			m := e.Message
			m.At = slices.Clone(m.At)
			messages = append(messages, m)
		}
	}
	return messages
}
