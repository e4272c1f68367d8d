package xmlmsg

import "strings"

// Notice says what a System notice announces.
type Notice string

// The known notices. They are recognized by the placeholders of a template, or by their Chinese or
// English text. In another language, or in new words, a notice is a NoticeUnknown.
const (
	// NoticeSelfRemoved: the account was removed from the group. It does not occur if the account
	// left by itself, which callback.GroupLeft reports.
	NoticeSelfRemoved Notice = "self_removed"
	// NoticeSelfInvited: a member brought the account into the group. An invitation that the
	// account must accept first is a GroupInvite.
	NoticeSelfInvited Notice = "self_invited"
	// NoticeMemberInvited: a member brought other people into the group. Those who wait for the
	// owner's consent are in a JoinRequest.
	NoticeMemberInvited Notice = "member_invited"
	// NoticeMemberJoinedQR: a person joined by a QR code. People whom a member brought are in a
	// NoticeMemberInvited.
	NoticeMemberJoinedQR Notice = "member_joined_qr"
	// NoticeMemberRemoved: another member was removed from the group. Nothing announces a member
	// who leaves.
	NoticeMemberRemoved Notice = "member_removed"
	// NoticeRenamed: the group has a new name, which is GroupName. A new announcement is an
	// Announcement.
	NoticeRenamed Notice = "renamed"
	// NoticeOwnerChanged: the group has a new owner. callback.GroupModified, which comes with it,
	// does not say what has changed.
	NoticeOwnerChanged Notice = "owner_changed"
	// NoticeDissolved: the owner dissolved the group. If only the account was removed, it is a
	// NoticeSelfRemoved.
	NoticeDissolved Notice = "dissolved"
	// NoticeInviteConfirmOn: from now on, the owner must confirm invitations. The invitations
	// themselves are a JoinRequest each.
	NoticeInviteConfirmOn Notice = "invite_confirm_on"
	// NoticeFriendAdded: a friend request was accepted, by either side. The request is a
	// FriendRequest.
	NoticeFriendAdded Notice = "friend_added"
	// NoticeNotFriend: a message did not arrive because the peer is not a friend any more. Nothing
	// announces a friend who deletes the account before a message is sent to them.
	NoticeNotFriend Notice = "not_friend"
	// NoticeRejected: a message did not arrive because the peer blocks the account. A peer who is
	// not a friend causes a NoticeNotFriend.
	NoticeRejected Notice = "rejected"
	// NoticeRedPacketHint: there is a red packet that only the phone can show. Clients that show it
	// receive a RedPacket instead.
	NoticeRedPacketHint Notice = "red_packet_hint"
	// NoticeRedPacketOpened: a red packet was opened. It does not say how much was in it, and the
	// red packet itself is a RedPacket.
	NoticeRedPacketOpened Notice = "red_packet_opened"
	// NoticeTransferHint: a transfer waits. It is a hint of the client without the amount, which a
	// Transfer has.
	NoticeTransferHint Notice = "transfer_hint"
	// NoticeTransferExpired: a transfer was not accepted in time. One that was sent back is a
	// Transfer.
	NoticeTransferExpired Notice = "transfer_expired"
	// NoticeLocationShareEnded: the sharing of a live location ended. Its beginning is a
	// LocationShare.
	NoticeLocationShareEnded Notice = "location_share_ended"
	// NoticeUnknown: anything else, and the above in other words than the known ones; see Text.
	// What has a payload type of its own never is.
	NoticeUnknown Notice = "unknown"
)

// System is a notice that WeChat shows in a conversation: plain text (MsgType 10000), or a system
// message of the types sysmsgtemplate, delchatroommember and paymsg. No person wrote it, and it has
// no sender. Changes that nobody announces cause none: a member who leaves a group, a friend who
// deletes the account, a new nickname. Revokes, pats, to-dos, pinned messages, join requests and
// announcements have types of their own.
type System struct {
	Notice     Notice              `json:"notice"`
	Text       string              `json:"text"`  // as displayed, with its markup, trimmed
	Plain      string              `json:"plain"` // without markup
	SysMsgType string              `json:"sysmsg_type,omitzero"`
	Template   string              `json:"template,omitzero"`   // with $name$ for each link
	Links      map[string][]Person `json:"links,omitzero"`      // the people of each $name$
	GroupName  string              `json:"group_name,omitzero"` // the new name, for NoticeRenamed
}

// Kind returns KindSystem.
func (*System) Kind() Kind { return KindSystem }

// People returns the people of these placeholders of a template, such as "names" (invited), "adder"
// (joined), "kickoutname" (removed), "username" (who did it).
func (s *System) People(names ...string) []Person {
	var all []Person
	for _, name := range names {
		all = append(all, s.Links[name]...)
	}
	return all
}

// Joined returns the people who joined the group, if the notice names them.
func (s *System) Joined() []Person { return s.People("names", "adder", "others", "memberlist") }

// By returns the people who did what the notice announces, if it names them.
func (s *System) By() []Person { return s.People("username", "from") }

func parseNotice(m Message) Payload {
	s := &System{Text: strings.TrimSpace(clean(plainNotice(m.Content)))}
	s.Plain = withoutMarkup(s.Text)
	s.detect(s.Plain)
	return s
}

// plainNotice undoes what relays do to a notice: they escape the whole text, once or several times.
// Escaped names alone prove nothing, because names are usually escaped.
func plainNotice(text string) string {
	for range maxEscapes {
		if hasElement(text) || !strings.Contains(text, "&quot;") && !strings.Contains(text, "lt;") {
			break
		}
		text = unescape(text)
	}
	return text
}

// detect sets what happened and who is named, according to the words of a notice.
func (s *System) detect(text string) {
	notice, names := noticeOfText(text)
	s.Notice, s.GroupName = notice, names["remark"]
	for _, role := range []string{"username", "names", "adder", "from", "kickoutname"} {
		if names[role] == "" || s.Links[role] != nil {
			continue
		}
		list := []string{names[role]}
		if role == "names" {
			list = strings.FieldsFunc(names[role], func(r rune) bool { return r == '、' })
		}
		for _, name := range list {
			if s.Links == nil {
				s.Links = map[string][]Person{}
			}
			s.Links[role] = append(s.Links[role], Person{Nickname: strings.TrimSpace(name)})
		}
	}
}

// parseSystem reads the notices in XML.
func parseSystem(sys element, word string) Payload {
	s := &System{SysMsgType: word, Notice: NoticeUnknown}
	switch word {
	case "sysmsgtemplate":
		s.template(sys.child(word))
	case "delchatroommember":
		s.joined(sys.child(word))
	default:
		s.Text = firstOf(sys.text("content"), sys.child(word).text("content"))
		s.Notice = NoticeTransferHint
	}
	s.Plain = withoutMarkup(s.Text)
	if s.Notice == NoticeUnknown && word != "sysmsgtemplate" {
		s.detect(s.Plain)
	}
	return s
}

// template reads a text with placeholders. A notice may have several, which are joined.
func (s *System) template(body element) {
	var text, template, words strings.Builder
	known := map[string]bool{}
	for t := range body.children {
		if t.name() != "content_template" {
			continue
		}
		list := t.child("link_list")
		pattern := t.text("template")
		if pattern == "" {
			text.WriteString(t.text("plain"))
			words.WriteString(t.text("plain"))
			continue
		}
		template.WriteString(pattern)
		text.WriteString(s.render(pattern, list, known))
		words.WriteString(withoutNames(pattern, known))
	}
	s.Template, s.Text = template.String(), strings.TrimSpace(text.String())
	if s.Notice = noticeOfTemplate(s.Template, known); s.Notice == NoticeUnknown {
		s.detect(withoutMarkup(words.String()))
	}
	if s.Notice == NoticeRenamed {
		for _, p := range s.Links["remark"] {
			s.GroupName = p.Nickname
		}
	}
}

// anyName stands for a name that was removed from a text.
const anyName = "\ufffc"

// withoutNames returns a template without anything that people have chosen: a name in quotes
// becomes anyName, and all other links are removed.
func withoutNames(pattern string, known map[string]bool) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "$")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "$")
		if !ok || !closed {
			return b.String()
		}
		if known[name] && name != "revoke" {
			b.WriteString(anyName)
		}
		pattern = after
	}
}

// render replaces the placeholders of a template by the texts of their links, and stores the people
// of each link. It adds the names of all links to known.
func (s *System) render(pattern string, list element, known map[string]bool) string {
	texts := map[string]string{}
	for l := range list.children {
		if l.name() != "link" {
			continue
		}
		name := l.attr("name")
		known[name] = true
		members := people(l.child("memberlist"))
		members = append(members, people(l.child("usernamelist"))...)
		if len(members) == 0 && l.text("username") != "" {
			members = []Person{{Username: l.text("username"), Nickname: l.text("nickname")}}
		}
		if len(members) > 0 {
			if s.Links == nil {
				s.Links = map[string][]Person{}
			}
			s.Links[name] = append(s.Links[name], members...)
		}
		if l.attr("hidden") != "1" {
			texts[name] = linkText(l, members)
		}
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(pattern, "$")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "$")
		if !ok {
			b.WriteString("$" + rest)
			return b.String()
		}
		b.WriteString(texts[name])
		pattern = after
	}
}

// linkText returns the text that the phone shows for a link.
func linkText(l element, members []Person) string {
	separator := "、"
	if s := l.child("separator").verbatim(); s != "" {
		separator = s
	}
	var names []string
	for _, m := range members {
		if m.Nickname != "" {
			names = append(names, m.Nickname)
		}
	}
	if len(names) > 0 {
		return strings.Join(names, separator)
	}
	return l.firstText("title", "text")
}

// joined reads a delchatroommember. Despite the name, it announces people who have joined, and who
// can be removed again.
func (s *System) joined(body element) {
	s.Text = body.firstText("plain", "text")
	link := body.child("link")
	if members := people(link.child("memberlist")); len(members) > 0 {
		s.Links = map[string][]Person{"memberlist": members}
	}
	switch link.text("scene") {
	case "invite":
		s.Notice = NoticeMemberInvited
	case "qrcode":
		s.Notice = NoticeMemberJoinedQR
	}
}

// noticeOfTemplate determines the notice by the names of the placeholders, which do not depend on
// the language. A name without a link is not a placeholder.
func noticeOfTemplate(template string, known map[string]bool) Notice {
	has := func(name string) bool { return known[name] && strings.Contains(template, "$"+name+"$") }
	switch {
	case has("kickoutname"):
		return NoticeMemberRemoved
	case has("identity"):
		return NoticeDissolved
	case has("remark"):
		return NoticeRenamed
	case has("ownername"):
		return NoticeOwnerChanged
	case has("adder"):
		return NoticeMemberJoinedQR
	case has("others"), has("names") && invitesYou(template):
		return NoticeSelfInvited
	case has("names"):
		return NoticeMemberInvited
	}
	return NoticeUnknown
}

// invitesYou reports whether a template for the invitation of others includes the account.
func invitesYou(template string) bool {
	for _, words := range []string{"邀请你和", "邀請你和", "invited you and"} {
		if strings.Contains(template, words) {
			return true
		}
	}
	return false
}

// withoutMarkup removes the light markup of notices: images and links.
func withoutMarkup(text string) string {
	var b strings.Builder
	text = breaksToLines(text)
	for {
		before, rest, ok := strings.Cut(text, "<")
		b.WriteString(unescape(before))
		if !ok {
			return strings.TrimSpace(b.String())
		}
		tag, after, ok := strings.Cut(rest, ">")
		if !ok || !isMarkup(tag) {
			b.WriteByte('<')
			text = rest
			continue
		}
		text = after
	}
}

// isMarkup reports whether a tag is one of those that occur in notices.
func isMarkup(tag string) bool {
	tag = strings.TrimPrefix(tag, "/")
	for _, name := range []string{"img", "a", "_wc_custom_link_"} {
		if rest, ok := strings.CutPrefix(tag, name); ok && (rest == "" || isSpace(rest[0]) || rest[0] == '/') {
			return true
		}
	}
	return false
}
