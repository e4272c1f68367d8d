package xmlmsg

import (
	"regexp"
	"strings"
	"sync"
)

// noticeRule recognizes a notice by its words. The groups of a pattern are the names in the text,
// called as in templates: username did it, names were invited, adder joined, kickoutname was
// removed, remark is the new name of the group.
type noticeRule struct {
	notice  Notice
	certain *regexp.Regexp // the subject is in quotes, and no name contains any; nil for a rule without such a subject
	likely  *regexp.Regexp
}

// The parts that the patterns below share. A pattern matches the whole text, so that its words
// cannot be part of a name.
const (
	openQuote, closeQuote = `["“「]\s*`, `\s*["”」]`
	groupChat             = `群[聊组組](?:聊天)?`
	noticeEnd             = `\s*[.。!！]?\s*(?:撤[销銷回]|[Uu]ndo|[Rr]evoke)?\s*$`
	noQuote               = `[^"“”「」]`
	participants          = `(?:[，,]\s*群聊参与人还有[：:](` + noQuote + `*))?`
	with                  = `(?: with (` + noQuote + `*))?`
	more                  = `(?:[，,。.!！](.*))?`
)

// noticePatterns are the texts of plain notices in Chinese and English. «x» stands for the quoted
// name of the subject, ‹x› for one with or without quotes, [x] for the name of an object. All text
// that people have chosen is in a group, and no other text is.
func noticePatterns() []struct {
	notice   Notice
	patterns []string
} {
	return []struct {
		notice   Notice
		patterns []string
	}{
		{NoticeSelfRemoved, []string{`你(?:已)?被[username]?移出了?` + groupChat, `You were removed from the group chat(?: by [username])?`}},
		{NoticeMemberRemoved, []string{
			`你将[kickoutname]移出了?` + groupChat, `«username»将[kickoutname]移出了?` + groupChat, `«kickoutname»被[username]?移出了?` + groupChat,
			`(?:You(?:['’]ve| have)? r|R)emoved [kickoutname] from the group chat`,
			`‹username›\s*(?:has )?removed [kickoutname] from the group chat`,
			`‹kickoutname›\s*was removed from the group chat(?: by [username])?`,
		}},
		{NoticeSelfInvited, []string{
			`«username»邀[请請]你(?:和[names])?加入了?` + groupChat + participants,
			`‹username›\s*(?:has )?invited you(?: and [names])? to (?:a|the) group chat` + with,
		}},
		{NoticeMemberInvited, []string{
			`你邀[请請][names]加入了?` + groupChat + participants, `«username»邀[请請][names]加入了?` + groupChat + participants,
			`You(?:['’]ve| have)? invited [names] to (?:a|the) group chat` + with,
			`‹username›\s*(?:has )?invited [names] to (?:a|the) group chat` + with,
		}},
		{NoticeMemberJoinedQR, []string{
			`«adder»通[过過][扫掃]描(?:你|[from])?分享的二[维維][码碼]加入了?` + groupChat,
			`‹adder›\s*joined (?:the )?group chat (?:via|by scanning) (?:the |your |a )?(?:shared )?QR [Cc]ode` +
				`(?: you shared| shared by [from])?`,
		}},
		{NoticeRenamed, []string{
			`你修改群聊?名[称稱]?[为為]` + openQuote + `(?P<remark>ANY*)["”」]`, `«username»修改群聊?名[称稱]?[为為]` + openQuote + `(?P<remark>ANY*)["”」]`,
			`You changed the group name to ` + openQuote + `(?P<remark>ANY*)["”」]`,
			`‹username›\s*changed the group name to ` + openQuote + `(?P<remark>ANY*)["”」]`,
		}},
		{NoticeOwnerChanged, []string{
			`你已成[为為]新群主`, `«username»已成[为為]新群主`, `‹username›\s*(?:is|are|became|has become|have become) (?:now )?the new group owner`,
		}},
		{NoticeDissolved, []string{
			`(?:你|群主)已解散(?:[该該了])?` + groupChat, `(?:群主)?«username»已解散(?:[该該了])?` + groupChat,
			`‹username›\s*(?:has )?disbanded (?:the|this) group(?: chat)?`,
		}},
		{NoticeInviteConfirmOn, []string{`(?:你|群主)已[启啟]用[“"「]群聊邀[请請][确確][认認][”"」]` + more,
			`«username»已[启啟]用[“"「]群聊邀[请請][确確][认認][”"」]` + more}},
		{NoticeFriendAdded, []string{
			`你已添加了(.+)[，,]现在可以开始聊天了`, `(.+)刚刚把你添加到通讯录(?:[，,]现在可以开始聊天了)?`,
			`You have added (.+) as your WeChat contact` + more, `(.+) just added you to (?:his/her|your|their) contacts(?: list)?` + more,
		}},
		{NoticeNotFriend, []string{`(.+)开启了[朋好]友验证` + more, `(.+) has enabled Friend Confirmation` + more}},
		{NoticeRejected, []string{`消息已发出[，,]但被对方拒收了`}},
		{NoticeRedPacketOpened, []string{`(.+)领取了(.+)红包` + more, `(.+) opened your [Rr]ed [Pp]acket` + more}},
		{NoticeRedPacketHint, []string{`(?:收到|发出)红包` + more}},
		{NoticeTransferExpired, []string{`收款方(.*)未接收(.*)转账(.*)过期`}},
		{NoticeLocationShareEnded, []string{`位置共享已经?结束`}},
	}
}

var noticeRules = sync.OnceValue(func() []noticeRule {
	var (
		name     = regexp.MustCompile(`«(\w+)»|‹(\w+)›|\[(\w+)\]`)
		quoted   = openQuote + `(?P<NAME>ANY+?)` + closeQuote
		unquoted = `(?:` + quoted + `|(?P<NAME_>` + noQuote + `+?))`
	)
	compile := func(pattern, subject, anything string) *regexp.Regexp {
		pattern = name.ReplaceAllStringFunc(pattern, func(m string) string {
			parts := name.FindStringSubmatch(m)
			switch {
			case parts[1] != "":
				return strings.ReplaceAll(quoted, "NAME", parts[1])
			case parts[2] != "":
				return strings.ReplaceAll(subject, "NAME", parts[2])
			}
			return strings.ReplaceAll(unquoted, "NAME", parts[3])
		})
		return regexp.MustCompile(`(?s)^` + strings.ReplaceAll(pattern, "ANY", anything) + noticeEnd)
	}
	var rules []noticeRule
	for _, n := range noticePatterns() {
		for _, pattern := range n.patterns {
			rule := noticeRule{notice: n.notice, likely: compile(pattern, unquoted, ".")}
			if strings.ContainsAny(pattern, "«‹") {
				rule.certain = compile(pattern, quoted, noQuote)
			}
			rules = append(rules, rule)
		}
	}
	return rules
})

// maxNotice bounds the text that is examined, in bytes.
const maxNotice = 4096

// noticeOfText returns what happened according to the words of a notice, and the names in it.
func noticeOfText(text string) (Notice, map[string]string) {
	r, at := readNotice(text)
	if r == nil {
		return NoticeUnknown, nil
	}
	names := map[string]string{}
	for i, name := range r.SubexpNames() {
		if name != "" && at.group[2*i] < at.group[2*i+1] {
			names[strings.TrimSuffix(name, "_")] = text[at.group[2*i]:at.group[2*i+1]]
		}
	}
	return at.notice, names
}

// NoticeNames returns the places in the plain text of a notice that hold text chosen by people,
// such as names; the rest is WeChat's. The places are in order. ok is false if the text is not a
// known notice.
func NoticeNames(plain string) (places [][2]int, ok bool) {
	r, at := readNotice(plain)
	if r == nil {
		return nil, false
	}
	for i := 2; i < len(at.group); i += 2 {
		if at.group[i] >= 0 {
			places = append(places, [2]int{at.group[i], at.group[i+1]})
		}
	}
	return places, true
}

// isYou reports whether the invited people in a text include the account ("you and Bob").
func isYou(r *regexp.Regexp, text string, at []int) bool {
	for i, name := range r.SubexpNames() {
		if strings.HasPrefix(name, "names") && at[2*i] >= 0 {
			names := text[at[2*i]:at[2*i+1]]
			return strings.HasPrefix(names, "you") || strings.HasPrefix(names, "你")
		}
	}
	return false
}

// reading is the notice that a text is, and the places of its groups.
type reading struct {
	notice Notice
	group  []int
}

// readNotice finds the pattern that matches a text. It does not trust names: a subject in quotes
// says where the words of WeChat begin. If a name contains quotes, or has none around it, all
// readings of the text must agree.
func readNotice(text string) (*regexp.Regexp, reading) {
	if len(text) > maxNotice {
		return nil, reading{}
	}
	for _, r := range noticeRules() {
		if r.certain == nil {
			continue
		}
		if at := r.certain.FindStringSubmatchIndex(text); at != nil {
			return r.certain, reading{r.notice, at}
		}
	}
	var pattern *regexp.Regexp
	var first reading
	for _, r := range noticeRules() {
		switch at := r.likely.FindStringSubmatchIndex(text); {
		case at == nil, pattern != nil && first.notice == r.notice:
		case pattern == nil:
			pattern, first = r.likely, reading{r.notice, at}
		case first.notice == NoticeSelfInvited && r.notice == NoticeMemberInvited && isYou(r.likely, text, at):
		default:
			return nil, reading{}
		}
	}
	return pattern, first
}
