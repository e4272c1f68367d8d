package simulator_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ask calls an endpoint for the default account, and wants it to succeed.
func ask(t *testing.T, sim *simulator.Test, endpoint string, fields ...any) any {
	t.Helper()
	a := call(t, sim.Simulator, endpoint, fieldsOf(fields))
	require.Contains(t, a.body, `"ret":200`, "%s: %s", endpoint, a.body)
	return a.json(t)["data"]
}

// fieldsOf is a body of names and values.
func fieldsOf(fields []any) map[string]any {
	body := map[string]any{"appId": simulator.DefaultAppID}
	for i := 0; i < len(fields); i += 2 {
		body[fields[i].(string)] = fields[i+1]
	}
	return body
}

// kinds are what the callbacks tell, as a bot reads them.
func kinds(t *testing.T, sim *simulator.Test, b *bot) []string {
	t.Helper()
	settle(t, sim.Simulator)
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, body := range b.bodies {
		if strings.Contains(string(body), "testMsg") {
			continue
		}
		e, err := callback.Decode(body)
		require.NoError(t, err)
		all = append(all, string(e.Kind()))
	}
	b.bodies = nil
	return all
}

func TestAGroupIsMadeAndChanges(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	made := ask(t, sim, "/group/createChatroom", "wxids", []string{"wxid_bob", "wxid_carol"}).(map[string]any)
	id := made["chatroomId"].(string)
	assert.Regexp(t, `^\d+@chatroom$`, id)
	assert.Equal(t, []string{"system", "group_modified"}, kinds(t, sim, b))
	group := func() simulator.GroupState {
		groups := sim.State().Groups
		return groups[len(groups)-1]
	}
	assert.Equal(t, simulator.DefaultWxid, group().Owner)
	assert.Len(t, group().Members, 3)

	ask(t, sim, "/group/modifyChatroomName", "chatroomId", id, "chatroomName", "好友")
	assert.Equal(t, "好友", group().Name)
	assert.Equal(t, []string{"system", "group_modified"}, kinds(t, sim, b))
	ask(t, sim, "/group/modifyChatroomRemark", "chatroomId", id, "chatroomRemark", "note")
	info := ask(t, sim, "/group/getChatroomInfo", "chatroomId", id).(map[string]any)
	assert.Equal(t, "note", info["remark"])
	assert.Equal(t, "好友", info["nickName"])
	ask(t, sim, "/group/setMsgSilence", "chatroomId", id, "silence", true)
	info = ask(t, sim, "/group/getChatroomInfo", "chatroomId", id).(map[string]any)
	assert.Equal(t, "0", number(info["chatRoomNotify"]))

	ask(t, sim, "/group/modifyChatroomNickNameForSelf", "chatroomId", id, "nickName", "机器人")
	assert.Equal(t, "机器人", group().Members[0].DisplayName)
	ask(t, sim, "/group/inviteMember", "chatroomId", id, "wxids", "wxid_dave,wxid_erin", "reason", "")
	assert.Len(t, group().Members, 5)
	ask(t, sim, "/group/removeMember", "chatroomId", id, "wxids", "wxid_erin")
	assert.Len(t, group().Members, 4)
	refused(t, sim, "/group/removeMember", fieldsOf([]any{"chatroomId", id, "wxids", "wxid_erin"}), "not in the group")
	ask(t, sim, "/group/adminOperate", "chatroomId", id, "operType", 1, "wxids", []string{"wxid_bob"})
	assert.Equal(t, []string{"wxid_bob"}, group().Admins)
	detail := ask(t, sim, "/group/getChatroomMemberDetail", "chatroomId", id, "memberWxids", []string{"wxid_dave", "nobody"}).([]any)
	require.Len(t, detail, 1)
	assert.Equal(t, simulator.DefaultWxid, detail[0].(map[string]any)["inviterUserName"])

	ask(t, sim, "/group/saveContractList", "chatroomId", id, "operType", 3)
	assert.Contains(t, ask(t, sim, "/contacts/fetchContactsList").(map[string]any)["chatrooms"], id)
	ask(t, sim, "/group/saveContractList", "chatroomId", id, "operType", 2)
	assert.NotContains(t, ask(t, sim, "/contacts/fetchContactsList").(map[string]any)["chatrooms"], id)

	ask(t, sim, "/group/setChatroomAnnouncement", "chatroomId", id, "content", "hello all")
	announcement := ask(t, sim, "/group/getChatroomAnnouncement", "chatroomId", id).(map[string]any)
	assert.Equal(t, "hello all", announcement["announcement"])
	assert.Equal(t, simulator.DefaultWxid, announcement["announcementEditor"])
	ask(t, sim, "/group/adminOperate", "chatroomId", id, "operType", 3, "wxids", []string{"wxid_bob"})
	assert.Equal(t, "wxid_bob", group().Owner)
	refused(t, sim, "/group/adminOperate", fieldsOf([]any{"chatroomId", id, "operType", 1, "wxids", []string{"wxid_dave"}}),
		"only the owner")
	refused(t, sim, "/group/setChatroomAnnouncement", fieldsOf([]any{"chatroomId", id, "content", "x"}), "only the owner")

	kinds(t, sim, b)
	ask(t, sim, "/group/quitChatroom", "chatroomId", id)
	assert.Equal(t, []string{"group_left"}, kinds(t, sim, b))
	refused(t, sim, "/group/getChatroomInfo", fieldsOf([]any{"chatroomId", id}), "in no group")
}

// TestInvitationToALargeGroup: above 40 members nobody is added at once; who is invited gets a
// card.
func TestInvitationToALargeGroup(t *testing.T) {
	t.Parallel()
	for members, card := range map[int]bool{40: false, 41: true} {
		world := simulator.DefaultWorld()
		world.Groups[0].Members = []simulator.Member{{Wxid: simulator.DefaultWxid}, {Wxid: "wxid_alice"}}
		for n := 2; n < members; n++ {
			wxid := fmt.Sprint("wxid_m", n)
			world.Contacts = append(world.Contacts, simulator.Contact{Wxid: wxid, Nickname: wxid})
			world.Groups[0].Members = append(world.Groups[0].Members, simulator.Member{Wxid: wxid})
		}
		sim := start(t, func(c *simulator.Config) { c.World = world })
		ask(t, sim, "/group/inviteMember", "chatroomId", groupA, "wxids", "wxid_bob,wxid_alice", "reason", "")
		sent, err := sim.Messages("wxid_bob", 0)
		require.NoError(t, err)
		if !card {
			assert.Empty(t, sent)
			assert.Len(t, sim.State().Groups[0].Members, members+1)
			continue
		}
		assert.Len(t, sim.State().Groups[0].Members, members)
		require.Len(t, sent, 1)
		assert.Equal(t, []string{"/group/inviteMember", "wxid_bob", simulator.DefaultWxid},
			[]string{sent[0].Endpoint, sent[0].To, sent[0].From})
		assert.Contains(t, sent[0].Content, "邀请你加入群聊")
		sim.Does(simulator.Action{Do: "add_member", Group: "A", From: simulator.DefaultWxid, Who: []string{"bob"}}) // he accepts
		assert.Len(t, sim.State().Groups[0].Members, members+1)
		others, err := sim.Messages("wxid_alice", 0)
		require.NoError(t, err)
		assert.Empty(t, others, "she is in the group already")
	}
}

func TestGroupsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, wxids := range [][]string{{"wxid_bob"}, {"wxid_bob", "wxid_bob"}, {"wxid_bob", "nobody"}} {
		a := call(t, sim.Simulator, "/group/createChatroom", fieldsOf([]any{"wxids", wxids}))
		assert.Contains(t, a.body, `"code":"0"`)
	}
	a := do(t, "POST", sim.URL()+"/gewe/v2/api/group/disbandChatroom", text(t, fieldsOf([]any{"chatroomId", groupA})), "X-GEWE-TOKEN",
		sim.Token())
	assert.Contains(t, a.body, "only the owner")
	a = do(t, "POST", sim.URL()+"/gewe/v2/api/group/disbandChatroom", text(t, fieldsOf([]any{"chatroomId", groupC})), "X-GEWE-TOKEN",
		sim.Token())
	assert.Contains(t, a.body, `"ret":200`)
	assert.Len(t, sim.State().Groups, 2)
}

// TestWhatHappensInGroups plays what virtual people do, and reads the callbacks as a bot does.
func TestWhatHappensInGroups(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Contacts = append(world.Contacts, simulator.Contact{Wxid: "wxid_new", Nickname: "Neu"})
	sim := start(t, func(c *simulator.Config) { c.World = world })
	b := listen(t, sim.Simulator, nil)
	text := func(m simulator.Message) string {
		switch p := xmlmsg.Parse(xmlmsg.Message{Type: m.MsgType, Content: m.Content}).(type) {
		case *xmlmsg.System:
			assert.NotEqual(t, xmlmsg.NoticeUnknown, p.Notice, p.Text)
			return p.Text
		case *xmlmsg.Announcement:
			return p.Text
		default:
			return string(p.Kind())
		}
	}
	for _, tc := range []struct {
		action simulator.Action
		says   string
		kinds  []string
	}{
		{simulator.Action{Do: "add_member", Group: "A", From: "bob", Who: []string{"new"}}, `"Bob"邀请"Neu"加入了群聊`,
			[]string{"system", "group_modified"}},
		{simulator.Action{Do: "leave", Group: "A", From: "new"}, "", []string{"group_modified"}},
		{simulator.Action{Do: "join_by_qr", Group: "A", From: "bob", Who: []string{"new"}}, `" Neu"通过扫描"Bob"分享的二维码加入群聊`,
			[]string{"system", "group_modified"}},
		{simulator.Action{Do: "rename", Group: "A", From: "carol", Text: "A1"}, `"Carol"修改群名为“A1”`, []string{"system", "group_modified"}},
		{simulator.Action{Do: "announce", Group: "A1", Text: "hear"}, "hear", []string{"announcement"}},
		{simulator.Action{Do: "transfer_owner", Group: "A1", From: "hongyan_bot"}, "你已成为新群主", []string{"system", "group_modified"}},
		{simulator.Action{Do: "transfer_owner", Group: "A1", From: "bob"}, `"Bob"已成为新群主`, []string{"system", "group_modified"}},
		{simulator.Action{Do: "remove_member", Group: "A1", Who: []string{"new"}}, "", []string{"group_modified"}},
		{simulator.Action{Do: "remove_member", Group: "A1", Who: []string{"hongyan_bot"}}, `你被"Bob"移出群聊`, []string{"system", "group_left"}},
		{simulator.Action{Do: "invite", Group: "A1", From: "bob"}, "group_invite", []string{"group_invite"}},
		{simulator.Action{Do: "apply", Group: "C", From: "bob", Who: []string{"new"}, Text: "why"}, "join_request",
			[]string{"join_request"}},
		{simulator.Action{Do: "disband", Group: "B"}, `群主"Bob"已解散该群聊`, []string{"system", "group_left"}},
	} {
		m := sim.Does(tc.action)
		assert.Equal(t, tc.kinds, kinds(t, sim, b), tc.action.Do)
		if tc.says != "" {
			assert.Equal(t, tc.says, text(m), tc.action.Do)
		}
	}
}

func TestJoinRequestsAndInvitations(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Groups[0].Members = world.Groups[0].Members[1:] // the account is not in A
	world.Groups[2].Members = world.Groups[2].Members[:3] // and Carol and others not in C
	sim := start(t, func(c *simulator.Config) { c.World = world })
	request := sim.Does(simulator.Action{Do: "apply", Group: "C", From: "bob", Who: []string{"carol"}})
	approve := fieldsOf([]any{"chatroomId", groupC, "newMsgId", text64(request.NewMsgID), "msgContent", request.Content})
	assert.Contains(t, call(t, sim.Simulator, "/group/roomAccessApplyCheckApprove", approve).body, `"ret":200`)
	refused(t, sim, "/group/roomAccessApplyCheckApprove", approve, "decided already")
	assert.Equal(t, "wxid_carol", sim.State().Groups[2].Members[3].Wxid)

	invitation := sim.Does(simulator.Action{Do: "invite", Group: "A", From: "bob"})
	_, rest, _ := strings.Cut(invitation.Content, "<url>")
	url, _, _ := strings.Cut(rest, "</url>")
	refused(t, sim, "/group/agreeJoinRoom", fieldsOf([]any{"url", url + "x"}), "not an invitation")
	joined := ask(t, sim, "/group/agreeJoinRoom", "url", url).(map[string]any)
	assert.Equal(t, groupA, joined["chatroomId"])
	ask(t, sim, "/group/quitChatroom", "chatroomId", groupA)
	joined = ask(t, sim, "/group/joinRoomUsingQRCode", "qrUrl", sim.State().Groups[0].QRCode).(map[string]any)
	assert.Equal(t, "A", joined["chatroomName"])
}

func TestActionsThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	sim := start(t)
	notUnderstood(t, sim, "/sim/actions", map[string]string{
		`{}`:                              `\"do\" is missing`,
		`{"do":"dance"}`:                  "there is no action",
		`{"do":"leave"}`:                  `\"group\"`,
		`{"do":"leave","at":"A"}`:         "unknown field",
		`{"do":"add_member","group":"A"}`: `needs \"who\"`,
		`{"do":"add_member","group":"A","who":["bob"]}`:                   "in the group already",
		`{"do":"remove_member","group":"A","from":"bob","who":["carol"]}`: "only the owner",
		`{"do":"remove_member","group":"A","who":["alice"]}`:              "never the owner",
		`{"do":"rename","group":"A"}`:                                     `needs \"text\"`,
		`{"do":"apply","group":"A","who":["filehelper"]}`:                 "no account manages",
		`{"do":"friend_request","from":"bob"}`:                            "friend of the account already",
		`{"do":"unfriend","from":"hongyan_bot"}`:                          "the account itself",
		`{"do":"block","from":"bob","app_id":"x"}`:                        "no account",
		`{"do":"revoke","seq":7}`:                                         "no message 7",
		`{"do":"invite","group":"A","from":"bob"}`:                        "in the group already",
	})
}

// TestFormerWordsOfActions gives actions their former words: they work, and the answer and the log
// tell the new word.
func TestFormerWordsOfActions(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	sim := start(t, func(c *simulator.Config) { c.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
	for _, tc := range []struct{ former, word, body string }{
		{"ask_friend", simulator.DoFriendRequest, `"from":"grace"`},
		{"bring_in", simulator.DoAddMember, `"group":"B","who":["grace"]`},
		{"scan_in", simulator.DoJoinByQR, `"group":"B","who":["henry"]`},
		{"throw_out", simulator.DoRemoveMember, `"group":"B","who":["grace"]`},
		{"give_away", simulator.DoTransferOwner, `"group":"B","from":"carol"`},
	} {
		a := do(t, "POST", sim.URL()+"/sim/actions", `{"do":"`+tc.former+`",`+tc.body+`}`)
		require.Equal(t, 200, a.status, a.body)
		assert.Contains(t, a.json(t)["warning"], `"`+tc.word+`"`, tc.former)
		assert.Contains(t, log.String(), `"do":"`+tc.former+`","use":"`+tc.word+`"`)
	}
	group := sim.State().Groups[1]
	assert.Equal(t, "wxid_carol", group.Owner)
	assert.Contains(t, group.Members, simulator.MemberState{Wxid: "wxid_henry", Nickname: "Henry"})
	assert.NotContains(t, group.Members, simulator.MemberState{Wxid: "wxid_grace", Nickname: "Grace"})
	a := do(t, "POST", sim.URL()+"/sim/actions", `{"do":"rename","group":"B","text":"B2"}`)
	assert.NotContains(t, a.body, "warning")
	_, err := sim.Act(simulator.Action{Do: "bring_in", Group: "B2", Who: []string{"grace"}})
	require.NoError(t, err)
}

func TestAMessageIsWithdrawn(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	said := sim.Group("A").Member("bob").Says("oops")
	sim.Does(simulator.Action{Do: "revoke", Seq: said.Seq})
	assert.Equal(t, []string{"text", "revoke"}, kinds(t, sim, b))
	_, err := sim.Act(simulator.Action{Do: "revoke", Seq: said.Seq})
	require.ErrorContains(t, err, "withdrawn already")
}
