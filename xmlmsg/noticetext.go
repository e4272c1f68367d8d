package xmlmsg

import (
	"regexp"
	"sync"
)

// noticeRule tells a notice by its words.
type noticeRule struct {
	notice Notice
	words  *regexp.Regexp // its first group, if any, is the new name of the group
}

// noticeRules are the texts of plain notices in Chinese and English, the first that fits first: what happened to the account comes before what
// happened to others. Names stand in quotes of either kind.
var noticeRules = sync.OnceValue(func() []noticeRule {
	rule := func(n Notice, words string) noticeRule { return noticeRule{n, regexp.MustCompile(`(?s)` + words)} }
	return []noticeRule{
		rule(NoticeSelfRemoved, `^你被.*移出(?:了)?群聊|^You were removed from the group chat`),
		rule(NoticeMemberRemoved, `移出(?:了)?群聊|[Rr]emoved .* from the group chat`),
		rule(NoticeSelfInvited, `邀请你(?:和.*)?加入(?:了)?群聊|invited you (?:and .* )?to (?:a|the) group chat`),
		rule(NoticeMemberInvited, `邀请.*加入(?:了)?群聊|invited .* to the group chat`),
		rule(NoticeMemberJoinedQR, `通过扫描.*二维码加入(?:了)?群聊|joined (?:the )?group chat via the QR [Cc]ode`),
		rule(NoticeRenamed, `修改群名为[“"](.*)[”"]|changed the group name to [“"](.*)[”"]`),
		rule(NoticeOwnerChanged, `已成为新群主|(?:is|became|are) (?:now )?the new group owner`),
		rule(NoticeDissolved, `已解散(?:该|了)?群聊|disbanded (?:the|this) group`),
		rule(NoticeInviteConfirmOn, `已启用[“"]群聊邀请确认[”"]`),
		rule(NoticeFriendAdded, `你已添加了.*现在可以开始聊天了|刚刚把你添加到通讯录|You have added .* as your WeChat contact|just added you to (?:his/her|your|their) contacts`),
		rule(NoticeNotFriend, `开启了朋友验证|has enabled Friend Confirmation`),
		rule(NoticeRejected, `被对方拒收了`),
		rule(NoticeRedPacketOpened, `领取了.*红包|opened your [Rr]ed [Pp]acket`),
		rule(NoticeRedPacketHint, `(?:收到|发出)红包`),
		rule(NoticeTransferExpired, `未接收.*转账.*过期`),
		rule(NoticeLocationShareEnded, `位置共享已经结束`),
	}
})

// maxNotice bounds the text that is looked at.
const maxNotice = 4096

// noticeOfText tells what happened by the words of a notice, and the new name of a group that was renamed.
func noticeOfText(text string) (Notice, string) {
	if len(text) > maxNotice {
		return NoticeUnknown, ""
	}
	for _, r := range noticeRules() {
		found := r.words.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		return r.notice, firstOf(found[1:]...)
	}
	return NoticeUnknown, ""
}
