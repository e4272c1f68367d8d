package contacts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store/memory"
)

const crowd = `
accounts: [{app_id: wx_shop, wxid: wxid_me, nickname: 店小二, groups: [10000000001@chatroom, 20000000002@chatroom, 30000000003@chatroom]}]
contacts:
  - {wxid: wxid_ming, nickname: 小明, remark: 明哥}
  - {wxid: wxid_hua, nickname: 小花}
  - {wxid: wxid_hua2, nickname: 小花}
  - {wxid: wxid_fake, nickname: 明哥}
  - {wxid: zhangsan88, nickname: 张三}
groups:
  - id: 10000000001@chatroom
    name: 仓库
    members: [wxid_me, {wxid: wxid_ming, display_name: 库管}, wxid_hua, wxid_hua2, {wxid: wxid_fake, display_name: 小明}]
    owner: wxid_ming
    admins: [wxid_hua]
  - {id: 20000000002@chatroom, name: 门店, members: [wxid_me, wxid_hua]}
  - {id: 30000000003@chatroom, name: 门店, members: [wxid_me, wxid_hua]}
`

func crowded(t *testing.T) *fixture {
	t.Helper()
	w, err := simulator.LoadWorld(strings.NewReader(crowd))
	require.NoError(t, err)
	back := memory.New(memory.Config{})
	t.Cleanup(func() { assert.NoError(t, back.Close()) })
	f := &fixture{t: t, sim: simulator.Start(t, func(c *simulator.Config) { c.World = w }), state: back.State()}
	f.Book = f.open()
	return f
}

func TestFind(t *testing.T) {
	t.Parallel()
	f := crowded(t)
	for name, want := range map[string]string{
		"wxid_nobody":          "wxid_nobody", // people who are no friends have ids, too
		"9@chatroom":           "9@chatroom",
		"filehelper":           "filehelper",
		"小明":                   "wxid_ming",
		"明哥":                   "wxid_ming", // a remark goes before the name of somebody else
		"张三":                   "zhangsan88",
		"zhangsan88":           "zhangsan88",
		"仓库":                   "10000000001@chatroom",
		"somebody-else_1":      "somebody-else_1",
		"20000000002@chatroom": "20000000002@chatroom",
	} {
		got, err := f.Find(t.Context(), app, name)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	got, err := f.Find(t.Context(), app, "\u3000小明 ")
	require.NoError(t, err)
	assert.Equal(t, "wxid_ming", got, "white space makes no difference")
	for name, list := range map[string][]string{
		"小花": {"wxid_hua", "wxid_hua2"},
		"门店": {"20000000002@chatroom", "30000000003@chatroom"},
	} {
		_, err := f.Find(t.Context(), app, name)
		require.ErrorIs(t, err, contacts.ErrAmbiguous)
		var several *contacts.AmbiguousError
		require.ErrorAs(t, err, &several)
		for i, id := range list {
			assert.Equal(t, id, several.Candidates[i].ID)
			require.ErrorContains(t, err, id)
		}
	}
	for _, name := range []string{"", " ", "谁", "al", "a name with blanks"} {
		_, err := f.Find(t.Context(), app, name)
		require.ErrorIs(t, err, contacts.ErrUnknown, "%q", name)
	}
	assert.Equal(t, 1, f.asked("/contacts/fetchContactsList"))
}

func TestFindMember(t *testing.T) {
	t.Parallel()
	f := crowded(t)
	find := func(name string) (string, error) { return f.FindMember(t.Context(), app, "10000000001@chatroom", name) }
	for name, want := range map[string]string{
		"库管": "wxid_ming", "小明": "wxid_fake", "wxid_hua": "wxid_hua",
	} {
		got, err := find(name)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	_, err := find("小花")
	require.ErrorIs(t, err, contacts.ErrAmbiguous)
	_, err = find("张三")
	require.ErrorIs(t, err, contacts.ErrUnknown, "he is not in the group")
	_, err = find("Nobody")
	require.ErrorIs(t, err, contacts.ErrUnknown, "it could be a WeChat number, but the group has no such member")
}

func TestMembers(t *testing.T) {
	t.Parallel()
	f := crowded(t)
	for range 2 {
		list, err := f.Members(t.Context(), app, "10000000001@chatroom")
		require.NoError(t, err)
		assert.Equal(t, "wxid_ming", list.Owner)
		assert.Equal(t, []string{"wxid_hua"}, list.Admins)
	}
	assert.Equal(t, 1, f.asked("/group/getChatroomMemberList"))
	f.happens("ModContacts", map[string]any{"UserName": map[string]any{"string": "10000000001@chatroom"}})
	_, err := f.Members(t.Context(), app, "10000000001@chatroom")
	require.NoError(t, err)
	assert.Equal(t, 2, f.asked("/group/getChatroomMemberList"), "the group has changed")
}

// FuzzFind has any name and any contacts: the result is one of them, an id, or an error.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{"小明", "wxid_a", "", " \x00", "a@chatroom", "门店\u2005", "123456"} {
		f.Add(seed, "小明", "小花")
	}
	f.Fuzz(func(t *testing.T, name, one, two string) {
		got, err := contacts.Choose(name, []contacts.Called{
			contacts.NewCalled(api.ContactInfo{UserName: "wxid_one", NickName: one, Remark: two}),
			contacts.NewCalled(api.ContactInfo{UserName: "wxid_two", NickName: two}),
		}, true)
		if err == nil && got != "wxid_one" && got != "wxid_two" {
			assert.Equal(t, name, got)
			assert.Regexp(t, `^[A-Za-z0-9_-]{6,20}$`, got)
		}
	})
}
