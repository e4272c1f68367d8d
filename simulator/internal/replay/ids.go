package replay

import (
	"regexp"
	"strconv"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// ids says who of a recording is who in the world. Accounts of the recording are accounts of the
// world; other people and groups keep their ids, so that a bot whose rules name them finds them,
// except those that would be mistaken for an account, or that are no ids.
type ids struct {
	w        *world.World
	into     string                    // the one chat that everything goes to; empty for none
	accounts map[string]*world.Account // by the app id of the recording
	changed  map[string]string         // what is called differently here, in messages as well
}

// newIDs finds the accounts of a recording: those with the same app id, else the fallback. The
// caller holds the lock.
func newIDs(w *world.World, r *Recording, into string, fallback *world.Account) *ids {
	m := &ids{w: w, into: into, accounts: map[string]*world.Account{}, changed: map[string]string{}}
	for _, s := range r.said {
		if m.accounts[s.app] != nil {
			continue
		}
		a := w.People.ByApp(s.app)
		if a == nil || into != "" {
			a = fallback
		}
		m.accounts[s.app] = a
		if wxid := r.wxids[s.app]; wxid != "" {
			m.changed[wxid] = a.Wxid
		}
		m.changed[s.app] = a.AppID
	}
	return m
}

// sound is what an id looks like.
var sound = regexp.MustCompile(`^[A-Za-z0-9_@.-]{1,80}$`)

// person returns the wxid of a person here.
func (m *ids) person(wxid string) string {
	switch known, is := m.changed[wxid]; {
	case is:
		return known
	case wxid == "" || wxid == world.Everybody:
		return wxid
	case !sound.MatchString(wxid) || world.IsGroup(wxid) || m.w.People.ByWxid(wxid) != nil:
		m.changed[wxid] = "wxid_" + m.w.IDs.Digest("person of a recording", wxid)[:16]
		return m.changed[wxid]
	default:
		return wxid
	}
}

// chat returns the id of a chat here.
func (m *ids) chat(s said) string {
	switch {
	case m.into != "":
		m.changed[s.chat] = m.into
		return m.into
	case !s.group:
		return m.person(s.chat)
	case !sound.MatchString(s.chat) || !world.IsGroup(s.chat):
		m.changed[s.chat] = m.w.IDs.Digest("group of a recording", s.chat)[:16] + "@chatroom"
		return m.changed[s.chat]
	default:
		return s.chat
	}
}

// message notes the ids of a message that was played.
func (m *ids) message(s said, e *world.Entry) {
	if s.id != 0 {
		m.changed[strconv.FormatUint(s.id, 10)] = strconv.FormatUint(e.NewMsgID, 10)
	}
	if s.short > shortIDs {
		m.changed[strconv.FormatUint(s.short, 10)] = strconv.FormatInt(e.MsgID, 10)
	}
}

// shortIDs is what the short ids of messages are above: a smaller number in a message is a size or
// a time.
const shortIDs = 1_000_000

// words are what ids are made of.
var words = regexp.MustCompile(`[A-Za-z0-9_@-]{5,}`)

// content returns the content of a message with the ids of this world: what a message quotes,
// recalls or replaces is the message that was played.
func (m *ids) content(s said) string {
	if s.msgType == message.TypeText || s.msgType == message.TypeNotice {
		return s.content
	}
	return words.ReplaceAllStringFunc(s.content, func(word string) string {
		if other, is := m.changed[word]; is {
			return other
		}
		return word
	})
}
