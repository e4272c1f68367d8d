package xmlmsg_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func notice(t *testing.T, text string) *xmlmsg.System {
	t.Helper()
	s, ok := xmlmsg.Parse(xmlmsg.Message{Type: 10000, Content: text}).(*xmlmsg.System)
	require.True(t, ok, text)
	return s
}

// notices returns the notices whose text contains names; %s stands for a name.
func notices() map[string]xmlmsg.Notice {
	return map[string]xmlmsg.Notice{
		`你被"%s"移出群聊`: xmlmsg.NoticeSelfRemoved, `You were removed from the group chat by "%s"`: xmlmsg.NoticeSelfRemoved,
		`你将"%s"移出了群聊`: xmlmsg.NoticeMemberRemoved, `"%s"将"%s"移出了群聊`: xmlmsg.NoticeMemberRemoved,
		`You removed "%s" from the group chat`: xmlmsg.NoticeMemberRemoved, `"%s"邀请"%s"加入了群聊`: xmlmsg.NoticeMemberInvited,
		`你邀请"%s"加入了群聊`: xmlmsg.NoticeMemberInvited, `"%s" invited "%s" to the group chat`: xmlmsg.NoticeMemberInvited,
		`“%s”邀请你加入了群聊，群聊参与人还有：%s`: xmlmsg.NoticeSelfInvited, `"%s"邀请你和"%s"加入了群聊`: xmlmsg.NoticeSelfInvited,
		`"%s" invited you to a group chat with %s`: xmlmsg.NoticeSelfInvited, `"%s"通过扫描"%s"分享的二维码加入群聊`: xmlmsg.NoticeMemberJoinedQR,
		`"%s" joined the group chat via the QR Code shared by "%s".`: xmlmsg.NoticeMemberJoinedQR,
		`"%s" joined group chat via the QR code you shared`:          xmlmsg.NoticeMemberJoinedQR,
		`"%s" joined the group chat via your shared QR Code.`:        xmlmsg.NoticeMemberJoinedQR, `"%s"修改群名为“%s”`: xmlmsg.NoticeRenamed,
		`你修改群名为“%s”`: xmlmsg.NoticeRenamed, `"%s" changed the group name to "%s"`: xmlmsg.NoticeRenamed,
		`"%s"已成为新群主`: xmlmsg.NoticeOwnerChanged, `"%s" is now the new group owner`: xmlmsg.NoticeOwnerChanged,
		`群主"%s"已解散该群聊`: xmlmsg.NoticeDissolved, `“%s”邀請“%s”加入了群組`: xmlmsg.NoticeMemberInvited, `"%s"已将群聊公开`: xmlmsg.NoticeUnknown,
		`"%s"与群里其他人都不是朋友关系，请注意隐私安全`: xmlmsg.NoticeUnknown,
	}
}

// TestNamesForgeNoNotice gives people and groups names that read like notices, or like parts of
// them.
func TestNamesForgeNoNotice(t *testing.T) {
	t.Parallel()
	names := []string{
		"林知夏", " 林知夏", "违规者移出群聊", "欢迎邀请你加入群聊", "你已成为新群主", "已解散该群聊", "修改群名为", "领取了你的红包", "位置共享已经结束", "开启了朋友验证", "被对方拒收了",
		"You were removed from the group chat", "X invited you to the group chat", "X joined the group chat via the QR Code",
		"刚刚把你添加到通讯录，现在可以开始聊天了", "收到红包，请在手机上查看", "$kickoutname$", "通过扫描你分享的二维码加入群聊", "You removed X from the group chat",
		"is now the new group owner", "a.*b", "您", "<b>",
	}
	for pattern, want := range notices() {
		for _, name := range names {
			for _, other := range []string{"陈望", name} {
				args := []any{name, other}[:strings.Count(pattern, "%s")]
				text := fmt.Sprintf(pattern, args...)
				assert.Equal(t, want, notice(t, text).Notice, text)
			}
		}
	}
}

// TestQuotesInNames checks that quotes in names can hide what a notice says, but never change it.
func TestQuotesInNames(t *testing.T) {
	t.Parallel()
	names := []string{`a”b“c`, `周"野"`, `"`, `x"邀请你加入了群聊，群聊参与人还有：y`, `x"将"y"移出了群聊`, `x"修改群名为“y”`, `你被"x"移出群聊`, `x"已成为新群主`,
		`x" joined the group chat via the QR Code shared by "y`}
	for pattern, want := range notices() {
		for _, name := range names {
			text := fmt.Sprintf(pattern, []any{name, "陈望"}[:strings.Count(pattern, "%s")]...)
			if got := notice(t, text).Notice; got != want && got != xmlmsg.NoticeUnknown {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		}
	}
	s := notice(t, `"周"野""修改群名为“a”b“c”`)
	assert.Equal(t, []any{xmlmsg.NoticeRenamed, "a”b“c"}, []any{s.Notice, s.GroupName})
}

// TestTemplatesAreNotForged uses names with the words and the placeholders of other notices.
func TestTemplatesAreNotForged(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"移出群聊", "你被移出群聊", "$kickoutname$", "已成为新群主", "修改群名为“x”"} {
		person := member("wxid_a", name)
		for pattern, want := range map[string]xmlmsg.Notice{
			`"$who$"做了一件事`:                     xmlmsg.NoticeUnknown,
			`"$who$"已成为新群主`:                    xmlmsg.NoticeOwnerChanged,
			`「$who$」邀請「$whom$」加入了群組  $revoke$`: xmlmsg.NoticeMemberInvited,
			`你将"$who$"移出了群聊`:                   xmlmsg.NoticeMemberRemoved,
			`$who$ invited you and $whom$`:     xmlmsg.NoticeUnknown,
			`"$who$" → "$kickoutname$"`:        xmlmsg.NoticeUnknown, // has no link: it is a name
		} {
			s, ok := sysmsg(t, "sysmsgtemplate",
				template(pattern, link("who", person)+link("whom", person)+`<link name="revoke" hidden="1"/>`)).(*xmlmsg.System)
			require.True(t, ok)
			assert.Equal(t, want, s.Notice, "%s with %s", pattern, name)
		}
	}
}

// TestPlainNoticesNameTheirPeople checks that Joined and By return the names in the text.
func TestPlainNoticesNameTheirPeople(t *testing.T) {
	t.Parallel()
	people := func(names ...string) []xmlmsg.Person {
		var list []xmlmsg.Person
		for _, n := range names {
			list = append(list, xmlmsg.Person{Nickname: n})
		}
		return list
	}
	for text, want := range map[string][2][]xmlmsg.Person{
		`"Li Si" joined the group chat via the QR Code shared by "Wang Wu".`: {people("Li Si"), people("Wang Wu")},
		`"Li Si" joined the group chat via your shared QR Code.`:             {people("Li Si"), nil},
		`" 林知夏"通过扫描你分享的二维码加入群聊`:                                              {people("林知夏"), nil},
		`"陈望"邀请"林知夏、周野"加入了群聊`:                                                {people("林知夏", "周野"), people("陈望")},
		`You've invited "林知夏" to the group chat`:                             {people("林知夏"), nil},
		`陈望 invited 林知夏 to the group chat`:                                   {people("林知夏"), people("陈望")},
	} {
		s := notice(t, text)
		assert.Equal(t, want, [2][]xmlmsg.Person{s.Joined(), s.By()}, text)
	}
}
