package simulator_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// withStranger is a world in which Carol and Dave are not friends of the account.
func withStranger(c *simulator.Config) {
	c.World = simulator.DefaultWorld()
	c.World.Accounts[0].Friends = []string{"wxid_alice", "wxid_bob"}
	c.World.Contacts[2].Alias = "carol_88"
}

func TestFriendsAreFoundAndMade(t *testing.T) {
	t.Parallel()
	sim := start(t, withStranger)
	b := listen(t, sim.Simulator, nil)
	found := ask(t, sim, "/contacts/search", "contactsInfo", "carol_88").(map[string]any)
	assert.Regexp(t, `^v3_\w+@stranger$`, found["v3"])
	assert.Equal(t, "wxid_alice", ask(t, sim, "/contacts/search", "contactsInfo", "alice_demo").(map[string]any)["v3"], "a friend")
	nobody := call(t, sim.Simulator, "/contacts/search", fieldsOf([]any{"contactsInfo", "nobody"}))
	assert.Contains(t, nobody.body, `"code":"-4"`)

	ask(t, sim, "/contacts/addContacts", "scene", 3, "option", 2, "v3", found["v3"], "v4", found["v4"], "content", "")
	assert.Equal(t, []string{"contact_modified", "text"}, kinds(t, sim, b), "people accept at once, and say so")
	assert.Contains(t, sim.State().Accounts[0].Friends, "wxid_carol")
	ask(t, sim, "/contacts/deleteFriend", "wxid", "wxid_carol")
	assert.Equal(t, []string{"contact_deleted"}, kinds(t, sim, b))
	refused(t, sim, "/contacts/deleteFriend", fieldsOf([]any{"wxid", "wxid_carol"}), "not a friend")
	assert.Empty(t, kinds(t, sim, b))

	member := ask(t, sim, "/group/addGroupMemberAsFriend", "chatroomId", groupA, "memberWxid", "wxid_carol", "content",
		"hi").(map[string]any)
	assert.Equal(t, found["v3"], member["v3"])
	assert.Contains(t, sim.State().Accounts[0].Friends, "wxid_carol")
	refused(t, sim, "/contacts/addContacts", fieldsOf([]any{"scene", 3, "option", 2, "v3", "me", "v4", "x", "content", ""}), "v3")
	refused(t, sim, "/contacts/addContacts", fieldsOf([]any{"scene", 3, "option", 9, "v3", found["v3"], "v4", "x", "content", ""}),
		"option")
}

func TestFriendRequests(t *testing.T) {
	t.Parallel()
	sim := start(t, withStranger)
	b := listen(t, sim.Simulator, nil)
	answer := func(m simulator.Message, option int) []any {
		request, ok := xmlmsg.Parse(xmlmsg.Message{Type: m.MsgType, Content: m.Content}).(*xmlmsg.FriendRequest)
		require.True(t, ok, m.Content)
		return []any{"scene", request.Scene, "option", option, "v3", request.EncryptUsername, "v4", request.Ticket, "content", "ok"}
	}
	asked := sim.Does(simulator.Action{Do: "friend_request", From: "carol", Text: "hello <Bot>"})
	assert.Equal(t, []string{"friend_request"}, kinds(t, sim, b))
	ask(t, sim, "/contacts/addContacts", answer(asked, 3)...)
	assert.Equal(t, []string{"contact_modified", "system"}, kinds(t, sim, b))
	assert.Contains(t, sim.State().Accounts[0].Friends, "wxid_carol")
	refused(t, sim, "/contacts/addContacts", fieldsOf(answer(asked, 3)), "decided already")

	asked = sim.Does(simulator.Action{Do: "friend_request", From: "dave", Text: "me too"})
	ask(t, sim, "/contacts/addContacts", answer(asked, 4)...)
	assert.Equal(t, []string{"friend_request"}, kinds(t, sim, b))
	assert.NotContains(t, sim.State().Accounts[0].Friends, "wxid_dave")
}

func TestWhoHasDeletedTheAccount(t *testing.T) {
	t.Parallel()
	sim := start(t)
	b := listen(t, sim.Simulator, nil)
	sim.Does(simulator.Action{Do: "unfriend", From: "bob"})
	sim.Does(simulator.Action{Do: "block", From: "carol"})
	assert.Empty(t, kinds(t, sim, b), "nobody is told")
	relations := call(t, sim.Simulator, "/contacts/checkRelation",
		fieldsOf([]any{"wxids", []string{"wxid_alice", "wxid_bob", "wxid_carol", "x"}}))
	assert.Contains(t, relations.body, `"data":[{"wxid":"wxid_alice","relation":0},{"wxid":"wxid_bob","relation":1},`+
		`{"wxid":"wxid_carol","relation":2},{"wxid":"x","relation":99}]`)
	ask(t, sim, "/message/postText", "toWxid", "wxid_bob", "content", "hi")
	ask(t, sim, "/message/postText", "toWxid", "wxid_carol", "content", "hi")
	assert.Equal(t, []string{"system", "system"}, kinds(t, sim, b))
}

func TestTheAddressBook(t *testing.T) {
	t.Parallel()
	now := newClock()
	sim := start(t, now.set)
	assert.Nil(t, ask(t, sim, "/contacts/fetchContactsListCache"), "nothing was fetched yet")
	list := ask(t, sim, "/contacts/fetchContactsList")
	assert.Equal(t, list, ask(t, sim, "/contacts/fetchContactsListCache"))
	now.Add(601)
	assert.Nil(t, ask(t, sim, "/contacts/fetchContactsListCache"), "it lives ten minutes")

	ask(t, sim, "/contacts/setFriendRemark", "wxid", "wxid_bob", "remark", "老鲍")
	detail := ask(t, sim, "/contacts/getDetailInfo", "wxids", []string{"wxid_bob", groupA}).([]any)
	require.Len(t, detail, 2)
	assert.Equal(t, "老鲍", detail[0].(map[string]any)["remark"])
	assert.NotEmpty(t, detail[0].(map[string]any)["snsBgImg"])
	assert.Nil(t, detail[1].(map[string]any)["snsBgImg"])
	many := strings.Split(strings.Repeat("wxid_bob,", 21), ",")[:21]
	refused(t, sim, "/contacts/getDetailInfo", fieldsOf([]any{"wxids", many}), "21 ids are more than 20")
	ask(t, sim, "/contacts/setFriendPermissions", "wxid", "wxid_bob", "onlyChat", true)

	ask(t, sim, "/contacts/uploadPhoneAddressList", "phones", []string{"10000000000", "10000000001"}, "opType", 1)
	ask(t, sim, "/contacts/uploadPhoneAddressList", "phones", []string{"10000000001"}, "opType", 2)
	phones := ask(t, sim, "/contacts/getPhoneAddressList").([]any)
	require.Len(t, phones, 1)
	assert.Len(t, phones[0].(map[string]any)["phoneMd5"], 32)
}

func TestLabels(t *testing.T) {
	t.Parallel()
	sim := start(t)
	id := func(name string) string {
		return number(ask(t, sim, "/label/add", "labelName", name).(map[string]any)["labelId"])
	}
	work, home := id("work"), id("home")
	assert.Equal(t, work, id("work"), "an existing name gives its id")
	ask(t, sim, "/label/modifyMemberList", "labelIds", work+","+home, "wxIds", []string{"wxid_bob"})
	labels := func() any {
		return ask(t, sim, "/contacts/getBriefInfo", "wxids", []string{"wxid_bob"}).([]any)[0].(map[string]any)["labelList"]
	}
	assert.Equal(t, work+","+home, labels())
	refused(t, sim, "/label/modifyMemberList", fieldsOf([]any{"labelIds", "77", "wxIds", []string{"wxid_bob"}}), "no label")
	ask(t, sim, "/label/delete", "labelIds", work)
	assert.Equal(t, home, labels())
	ask(t, sim, "/label/modifyMemberList", "labelIds", "", "wxIds", []string{"wxid_bob"})
	assert.Empty(t, labels())
	list := ask(t, sim, "/label/list").(map[string]any)["labelList"].([]any)
	require.Len(t, list, 1)
	assert.Equal(t, "home", list[0].(map[string]any)["labelName"])
}

func TestTheProfile(t *testing.T) {
	t.Parallel()
	sim := start(t)
	ask(t, sim, "/personal/updateProfile", "nickName", "鸿雁二号")
	ask(t, sim, "/personal/updateProfile", "sex", 2)
	ask(t, sim, "/personal/updateProfile", "sex", "1", "signature", "hi")
	refused(t, sim, "/personal/updateProfile", fieldsOf([]any{"sex", "3"}), "sex")
	ask(t, sim, "/personal/updateHeadImg", "headImgUrl", "https://example.com/me.jpg")
	refused(t, sim, "/personal/updateHeadImg", fieldsOf(nil), "headImgUrl")
	me := ask(t, sim, "/personal/getProfile").(map[string]any)
	assert.Equal(t, "鸿雁二号", me["nickName"])
	assert.Equal(t, "1", number(me["sex"]))
	assert.Equal(t, "hi", me["signature"])
	assert.Equal(t, "https://example.com/me.jpg", me["bigHeadImgUrl"])
	assert.Nil(t, me["alias"])
	assert.Equal(t, "鸿雁二号", sim.State().Accounts[0].Nickname)
	devices := ask(t, sim, "/personal/getSafetyInfo").(map[string]any)["list"].([]any)
	assert.Len(t, devices, 1)
}

func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	world := simulator.DefaultWorld()
	world.Accounts[0].Friends = []string{"wxid_alice"}
	world.Accounts = append(world.Accounts, simulator.Account{AppID: "wx_second", Wxid: "wxid_second", Nickname: "Zwei",
		Friends: []string{}})
	sim := start(t, func(c *simulator.Config) { c.World = world })
	b := listen(t, sim.Simulator, nil)
	second := func(endpoint string, fields ...any) reply {
		body := fieldsOf(fields)
		body["appId"] = "wx_second"
		return call(t, sim.Simulator, endpoint, body)
	}
	found := ask(t, sim, "/contacts/search", "contactsInfo", "wxid_second").(map[string]any)
	ask(t, sim, "/contacts/addContacts", "scene", 3, "option", 2, "v3", found["v3"], "v4", found["v4"], "content", "hi")
	assert.Equal(t, []string{"friend_request"}, kinds(t, sim, b), "an account decides for itself")
	me := second("/contacts/search", "contactsInfo", simulator.DefaultWxid).json(t)["data"].(map[string]any)
	accepted := second("/contacts/addContacts", "scene", 3, "option", 3, "v3", me["v3"], "v4", me["v4"], "content", "")
	assert.Contains(t, accepted.body, `"ret":200`)
	assert.ElementsMatch(t, []string{"contact_modified", "contact_modified", "system"}, kinds(t, sim, b), "both are told")
	ask(t, sim, "/contacts/setFriendRemark", "wxid", "wxid_second", "remark", "Nr. 2")
	assert.Equal(t, []string{"contact_modified"}, kinds(t, sim, b))
	assert.Contains(t, second("/personal/updateProfile", "nickName", "Zwo").body, `"ret":200`)
	assert.Equal(t, []string{"contact_modified"}, kinds(t, sim, b))
	ask(t, sim, "/contacts/deleteFriend", "wxid", "wxid_second")
	relation := second("/contacts/checkRelation", "wxids", []string{simulator.DefaultWxid})
	assert.Contains(t, relation.body, `"relation":1`)
}
