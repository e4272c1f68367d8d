package callback_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func decode(t *testing.T, body string) *callback.Event {
	t.Helper()
	e, err := callback.Decode([]byte(body))
	require.NoError(t, err)
	return e
}

// addMsg returns a message of the wrapped dialect with the given members of Data.
func addMsg(data string) string {
	return `{"TypeName":"AddMsg","Appid":"wx_app","Wxid":"wxid_me","Data":{` + data + `}}`
}

func TestDialects(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		dialect string
		kind    xmlmsg.Kind
	}{
		addMsg(`"MsgType":1,"Content":{"string":"hi"}`):                           {"wrapped", xmlmsg.KindText},
		`{"type_name":"AddMsg","appid":"a","data":{"MsgType":1,"Content":"hi"}}`:  {"wrapped", xmlmsg.KindText},
		`{"TYPENAME":"AddMsg","DATA":{"msgtype":"1","content":{"STRING":"hi"}}}`:  {"wrapped", xmlmsg.KindText},
		`{"Data":{"MsgType":1,"Content":"hi"}}`:                                   {"wrapped", xmlmsg.KindText},
		`{"TypeName":"Offline","Appid":"a"}`:                                      {"wrapped", callback.KindOffline},
		`{"TypeName":"Offline","Appid":"a","Data":{}}`:                            {"wrapped", callback.KindOffline},
		`{"TypeName":"SystemMessages","Data":[1,"x",null]}`:                       {"wrapped", callback.KindOther},
		`{"TypeName":"SomethingNew","Data":7}`:                                    {"wrapped", callback.KindOther},
		`{"surprise":true}`:                                                       {"wrapped", callback.KindOther},
		`{"msgType":"TEXT","fromUser":"wxid_a","toUser":"wxid_b","content":"hi"}`: {"flat", xmlmsg.KindText},
		`{"msgType":"offline","appid":"a"}`:                                       {"flat", callback.KindOffline},
		`{"msgType":"Long_Serve_Close","appid":"a"}`:                              {"flat", callback.KindStatus},
		`{"testMsg":"验证回调地址是否可用","token":"t"}`:                                    {"control", callback.KindPing},
		`{"msg":"设置订阅成功!!","callBackUrl":"http://x"}`:                             {"control", callback.KindPing},
		`{}`:          {"control", callback.KindPing},
		"":            {"control", callback.KindPing},
		" \n":         {"control", callback.KindPing},
		"\ufeff{ }\n": {"control", callback.KindPing},
		addMsg(`"MsgType":1,"Content":{"string":"验证回调地址是否可用"}`): {"wrapped", callback.KindPing},
		`{"msgType":"TEXT","content":"验证回调地址是否可用"}`:             {"flat", callback.KindPing},
	} {
		e := decode(t, body)
		assert.Equal(t, want.dialect, e.Dialect, body)
		assert.Equal(t, want.kind, e.Kind(), body)
	}
}

func TestRefusedBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`[]`, `[{"TypeName":"AddMsg"}]`, `7`, `"text"`, `null`, `true`, `a=b&c=d`, `{"TypeName":`, `{"TypeName":"AddMsg"}}`,
		`{"TypeName":"AddMsg","Data":{"MsgType":1}} trailing`, `{"TypeName":"AddMsg"}`, `{"TypeName":"AddMsg","Data":null}`,
		`{"TypeName":"AddMsg","Data":"text"}`, `{'TypeName':'AddMsg'}`, strings.Repeat(`{"a":`, 100_000),
	} {
		_, err := callback.Decode([]byte(body))
		require.Error(t, err, "%.60s", body)
		_, err = callback.Identify([]byte(body))
		require.Error(t, err, "%.60s", body)
	}
}

func TestErrorsDoNotQuoteTheBody(t *testing.T) {
	t.Parallel()
	_, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Data":{"Content":"a secret" "b"}}`))
	require.ErrorIs(t, err, callback.ErrNotJSON)
	assert.NotContains(t, err.Error(), "secret")
	assert.Contains(t, err.Error(), "offset 50")
}

func TestWrappers(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		`{"string":"hi"}`: "hi", `"hi"`: "hi", `null`: "", `{}`: "", `{"string":null}`: "", `{"string":{}}`: "", `[]`: "", `true`: "",
		`{"string":"a","other":1}`: "a", `{"string":7}`: "7", `7`: "7", `{"string":"a","string":"b"}`: "b",
	} {
		e := decode(t, addMsg(`"MsgType":1,"FromUserName":"wxid_a","Content":`+content))
		assert.Equal(t, want, e.Content, content)
	}
	assert.Empty(t, decode(t, addMsg(`"MsgType":1`)).Content, "a missing key")
	assert.Equal(t, "<msgsource/>", decode(t, addMsg(`"MsgType":1,"MsgSource":{"string":"<msgsource/>"}`)).Source)
	assert.Equal(t, "caf\ufffd", decode(t, addMsg("\"MsgType\":1,\"Content\":\"caf\xe9\"")).Content, "invalid UTF-8")
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]uint64{
		`18446744073709551615`: 1<<64 - 1, `"18446744073709551615"`: 1<<64 - 1, `{"string":"42"}`: 42, `" 42 "`: 42, `42.0`: 42,
		`""`: 0, `null`: 0, `-1`: 0, `"x"`: 0, `18446744073709551616`: 0, `[]`: 0, `{}`: 0,
	} {
		e := decode(t, addMsg(`"MsgType":1,"FromUserName":"wxid_a","NewMsgId":`+value))
		assert.Equal(t, want, e.NewMsgID, value)
	}
	e := decode(t, addMsg(`"MsgType":"49","CreateTime":"1782131746","MsgId":"7"`))
	assert.Equal(t, 49, e.MsgType)
	assert.Equal(t, uint64(7), e.MsgID)
	assert.Equal(t, time.Unix(1782131746, 0), e.Time)
	assert.Equal(t, time.UnixMilli(1782131746123), decode(t, `{"msgType":"TEXT","createTime":1782131746123,"fromUser":"a"}`).Time)
	assert.True(t, decode(t, addMsg(`"MsgType":1`)).Time.IsZero())
}

func TestWhoAndWhere(t *testing.T) {
	t.Parallel()
	const g = "100@chatroom"
	type want struct {
		conv    callback.Conversation
		sender  string
		self    bool
		content string
	}
	group, private := callback.Conversation{Type: callback.Group, ID: g}, callback.Conversation{Type: callback.Private, ID: "wxid_a"}
	msg := func(msgType int, from, to, content string) string {
		return addMsg(fmt.Sprintf(`"MsgType":%d,"FromUserName":{"string":%q},"ToUserName":{"string":%q},"Content":{"string":%q}`,
			msgType, from, to, content))
	}
	for name, test := range map[string]struct {
		body string
		want want
	}{
		"private":                            {msg(1, "wxid_a", "wxid_me", "a:\nb"), want{private, "wxid_a", false, "a:\nb"}},
		"private, own":                       {msg(1, "wxid_me", "wxid_a", "hi"), want{private, "wxid_me", true, "hi"}},
		"group":                              {msg(1, g, "wxid_me", "wxid_a:\nhi"), want{group, "wxid_a", false, "hi"}},
		"group, more colons":                 {msg(1, g, "wxid_me", "old-id:\na:\nb"), want{group, "old-id", false, "a:\nb"}},
		"group, empty body":                  {msg(1, g, "wxid_me", "wxid_a:\n"), want{group, "wxid_a", false, ""}},
		"group, no prefix":                   {msg(1, g, "wxid_me", "no prefix: here"), want{group, "", false, "no prefix: here"}},
		"group, a blank is no author":        {msg(1, g, "wxid_me", "see this:\nhere"), want{group, "", false, "see this:\nhere"}},
		"group, a tag is no author":          {msg(49, g, "wxid_me", "<a>:\n</a>"), want{group, "", false, "<a>:\n</a>"}},
		"group, own, sent":                   {msg(1, "wxid_me", g, "hi"), want{group, "wxid_me", true, "hi"}},
		"group, own, sent with prefix":       {msg(1, "wxid_me", g, "wxid_me:\nhi"), want{group, "wxid_me", true, "hi"}},
		"group, own, sent, text like prefix": {msg(1, "wxid_me", g, "list:\nhi"), want{group, "wxid_me", true, "list:\nhi"}},
		"group, own, received":               {msg(1, g, "wxid_me", "wxid_me:\nhi"), want{group, "wxid_me", true, "hi"}},
		"group, notice":                      {msg(10000, g, "wxid_me", "list:\nhi"), want{group, "", false, "list:\nhi"}},
		"group, prefix is the group":         {msg(49, g, "wxid_me", g+":\n<msg/>"), want{group, "", false, "<msg/>"}},
		"group with WeCom people": {msg(1, "1@im.chatroom", "wxid_me", "2@openim:\nhi"),
			want{callback.Conversation{Type: callback.Group, ID: "1@im.chatroom"}, "2@openim", false, "hi"}},
		"official": {msg(1, "gh_1", "wxid_me", "hi"),
			want{callback.Conversation{Type: callback.Official, ID: "gh_1"}, "gh_1", false, "hi"}},
		"enterprise": {msg(1, "2@openim", "wxid_me", "hi"),
			want{callback.Conversation{Type: callback.Enterprise, ID: "2@openim"}, "2@openim", false, "hi"}},
		"file helper": {msg(1, "wxid_me", "filehelper", "hi"),
			want{callback.Conversation{Type: callback.FileHelper, ID: "filehelper"}, "wxid_me", true, "hi"}},
		"system": {msg(1, "weixin", "wxid_me", "hi"),
			want{callback.Conversation{Type: callback.System, ID: "weixin"}, "weixin", false, "hi"}},

		"flat, form 1": {`{"msgType":"TEXT","wxid":"wxid_me","fromGroup":"100@chatroom","fromUser":"wxid_a","toUser":"wxid_me",` +
			`"content":"a:\nb"}`, want{group, "wxid_a", false, "a:\nb"}},
		"flat, form 2": {`{"msgType":"TEXT","wxid":"wxid_me","fromUser":"100@chatroom","toUser":"wxid_me","content":"wxid_a:\nhi"}`,
			want{group, "wxid_a", false, "hi"}},
		"flat, form 3": {`{"msgType":"TEXT","wxid":"wxid_me","fromUser":"wxid_a","toUser":"wxid_me","content":"wxid_a:\nhi"}`,
			want{callback.Conversation{Type: callback.Group}, "wxid_a", false, "hi"}},
		"flat, own group": {`{"msgType":"TEXT","wxid":"wxid_me","isSelf":"true","fromUser":"wxid_me","toUser":"100@chatroom",` +
			`"content":"hi"}`, want{group, "wxid_me", true, "hi"}},
		"flat, own private": {`{"msgType":"TEXT","isSelf":1,"fromUser":"wxid_me","toUser":"wxid_a","content":"hi"}`,
			want{private, "wxid_me", true, "hi"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := decode(t, test.body)
			assert.Equal(t, test.want, want{e.Conversation, e.Sender, e.Self, e.Content})
		})
	}
}

func TestWxidOfTheAccountIsAsked(t *testing.T) {
	t.Parallel()
	d := callback.Decoder{Wxid: func(appID string) string { return map[string]string{"wx_app": "wxid_me"}[appID] }}
	e, err := d.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_app","Data":{"MsgType":1,"FromUserName":"wxid_me","ToUserName":"wxid_a",` +
		`"Content":"hi"}}`))
	require.NoError(t, err)
	assert.True(t, e.Self)
	assert.Equal(t, "wxid_a", e.Conversation.ID)
}

func TestFlatWords(t *testing.T) {
	t.Parallel()
	for word, test := range map[string]struct {
		content string
		kind    xmlmsg.Kind
	}{
		"SYSTEM":       {`你被"X"移出群聊`, xmlmsg.KindSystem},
		"system":       {`<sysmsg type="revokemsg"><revokemsg/></sysmsg>`, xmlmsg.KindRevoke},
		"UNKNOWN":      {"some text", xmlmsg.KindRaw},
		"BRAND_NEW":    {"<msg><img/></msg>", xmlmsg.KindImage},
		"TEXT":         {"<msg><img/></msg>", xmlmsg.KindText},
		"FILE":         {"<msg><appmsg><type>6</type></appmsg></msg>", xmlmsg.KindFile},
		"PAT_MSG":      {"<msg><appmsg><type>62</type></appmsg></msg>", xmlmsg.KindPat},
		"EMOJI":        {"wxid_a:1:0:0123456789abcdef0123456789abcdef::0", xmlmsg.KindEmoji},
		"MOD_CONTACTS": {"", callback.KindContactModified},
	} {
		e := decode(t, fmt.Sprintf(`{"msgType":%q,"wxid":"wxid_me","fromUser":"wxid_a","toUser":"wxid_me","newMsgId":1,"content":%q}`,
			word, test.content))
		assert.Equal(t, test.kind, e.Kind(), word)
		assert.Equal(t, "wxid_a", e.Conversation.ID, word)
	}
}

func TestMentionsByTheNotification(t *testing.T) {
	t.Parallel()
	body := `{"TypeName":"AddMsg","Wxid":"wxid_me","Data":{"MsgType":1,"FromUserName":"1@chatroom","ToUserName":"wxid_me",` +
		`"Content":"wxid_a:\nhi","PushContent":"A在群聊中@了你"}}`
	assert.True(t, decode(t, body).AtMe())
	assert.False(t, decode(t, strings.Replace(body, `"PushContent"`,
		`"MsgSource":"<msgsource><atuserlist>wxid_b</atuserlist></msgsource>","PushContent"`, 1)).AtMe(), "the list is sure")
}

func TestFlatMentions(t *testing.T) {
	t.Parallel()
	for _, list := range []string{`"wxid_me,wxid_b"`, `["wxid_me","wxid_b"]`} {
		e := decode(t, `{"msgType":"TEXT","wxid":"wxid_me","fromGroup":"1@chatroom","fromUser":"wxid_a","content":"hi",`+
			`"atUserList":`+list+`}`)
		assert.Equal(t, []string{"wxid_me", "wxid_b"}, e.Payload().(*xmlmsg.Text).At)
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	identify := func(body string) callback.Identity {
		i, err := callback.Identify([]byte(body))
		require.NoError(t, err)
		return i
	}
	text := addMsg(`"MsgType":1,"NewMsgId":18446744073709551615,"FromUserName":{"string":"wxid_a"},"ToUserName":{"string":"wxid_me"}`)
	assert.Equal(t, callback.Identity{AppID: "wx_app", Key: "wx_app:18446744073709551615", Lane: "wx_app/wxid_a"}, identify(text))
	assert.Equal(t, decode(t, text).Key(), identify(text).Key)

	own := addMsg(`"MsgType":1,"NewMsgId":7,"FromUserName":{"string":"wxid_me"},"ToUserName":{"string":"1@chatroom"}`)
	assert.Equal(t, "wx_app/1@chatroom", identify(own).Lane)
	assert.Equal(t, "wx_app:7:1", identify(own).Key, "a short id counts together with the type")

	assert.True(t, identify(`{}`).Control)
	assert.True(t, identify(``).Control)
	assert.Empty(t, identify(`{"TypeName":"ModContacts","Appid":"a","Data":{"UserName":{"string":"wxid_b"}}}`).Key)
	assert.Empty(t, identify(`{"TypeName":"Offline","Appid":"a"}`).Key)

	noID := `{"TypeName":"AddMsg","Appid":"a","Data":{"MsgType":1,"Content":"x","FromUserName":"wxid_b"}}`
	reordered := `{ "Data":{"FromUserName":"wxid_b","Content":"x","MsgType":1},"Appid":"a","TypeName":"AddMsg" }`
	assert.NotEmpty(t, identify(noID).Key)
	assert.Equal(t, identify(noID).Key, identify(reordered).Key)
	assert.NotEqual(t, identify(noID).Key, identify(strings.Replace(noID, `"x"`, `"y"`, 1)).Key)
}

func TestDuplicatesHaveOneKey(t *testing.T) {
	t.Parallel()
	for _, want := range corpus(t) {
		first := want.text("duplicate_of")
		if first == "" {
			continue
		}
		a, err := callback.Identify(body(t, first))
		require.NoError(t, err)
		b, err := callback.Identify(body(t, want.text("file")))
		require.NoError(t, err)
		assert.Equal(t, a.Key, b.Key)
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	e := decode(t, addMsg(`"MsgType":1,"CreateTime":1000`))
	assert.Equal(t, 5*time.Second, e.Age(time.Unix(1005, 0)))
	assert.Equal(t, -995*time.Second, e.Age(time.Unix(5, 0)), "a clock that is behind")
	assert.Zero(t, decode(t, addMsg(`"MsgType":1`)).Age(time.Unix(5, 0)))
}

// TestIdentityOfOwnMessages is known without a look at the content.
func TestIdentityOfOwnMessages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from, to, content string
		want              bool
	}{
		"typed to a friend":   {"wxid_me", "wxid_a", "hi", true},
		"typed in a group":    {"wxid_me", "100@chatroom", "hi", true},
		"of a friend":         {"wxid_a", "wxid_me", "hi", false},
		"of a member":         {"100@chatroom", "wxid_me", "wxid_a:\nhi", false},
		"only by its content": {"100@chatroom", "wxid_me", "wxid_me:\nhi", false},
	} {
		id, err := callback.Identify(fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_app","Wxid":"wxid_me","Data":{`+
			`"NewMsgId":1234567890123,"MsgType":1,"FromUserName":{"string":%q},"ToUserName":{"string":%q},"Content":{"string":%q}}}`,
			test.from, test.to, test.content))
		require.NoError(t, err, name)
		assert.Equal(t, test.want, id.Self, name)
	}
}
