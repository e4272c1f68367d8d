package callback_test

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// relays returns the ways in which relays rewrite the XML of a message.
func relays() map[string]func(string) string {
	lines := func(br string) func(string) string {
		return func(s string) string { // only between elements: inside a text it would be part of the text
			return strings.ReplaceAll(strings.ReplaceAll(s, ">\n", ">"+br), "><", ">"+br+"<")
		}
	}
	return map[string]func(string) string{
		"escaped":                html.EscapeString,
		"escaped twice":          func(s string) string { return html.EscapeString(html.EscapeString(s)) },
		"escaped but for quotes": strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace,
		"with <br/>":             lines("<br/>"),
		"escaped, with <br/>":    func(s string) string { return strings.ReplaceAll(html.EscapeString(lines("\n")(s)), "\n", "<br/>") },
		"with <br/>, escaped":    func(s string) string { return html.EscapeString(lines("<BR />")(s)) },
		"with CRLF":              lines("\r\n"),
		"a break before it":      func(s string) string { return "<br>" + s },
	}
}

// TestCorpusThroughRelays requires for each body with a rewritten content, and with each form of
// the author, what is expected of the original.
func TestCorpusThroughRelays(t *testing.T) {
	t.Parallel()
	seen := map[xmlmsg.Kind]bool{}
	for _, want := range corpus(t) {
		if want.is("error") || want.is("degraded") || want.is("may_degrade") || strings.Contains(want.text("file"), "bad_") {
			continue
		}
		original := body(t, want.text("file"))
		event, err := callback.Decode(original)
		require.NoError(t, err)
		content := strings.TrimSpace(event.Content)
		if !strings.HasPrefix(content, "<") || event.MsgType == 1 || event.MsgType == 10000 || !strings.Contains(string(original), "sg") {
			continue
		}
		seen[event.Kind()] = true
		for name, relay := range relays() {
			for i, separator := range []string{":\r\n", ":<br/>", ":&lt;br/&gt;"} {
				if i > 0 && !event.Conversation.IsGroup() {
					break // there is no author
				}
				var document any
				require.NoError(t, unmarshal(original, &document))
				changes := 0
				b, err := json.Marshal(transform(document, func(v any) any {
					s, ok := v.(string)
					if !ok || !strings.Contains(s, content) {
						return v
					}
					changes++
					author, _, _ := strings.Cut(s, content)
					return strings.TrimSuffix(strings.TrimSpace(author),
						":") + strings.Repeat(separator, strings.Count(strings.TrimSpace(author), ":")) + relay(content)
				}))
				require.NoError(t, err)
				if changes != 1 {
					continue
				}
				got := decoded(t, b)
				t.Run(fmt.Sprintf("%s/%s/%q", want.text("file"), name, separator), func(t *testing.T) {
					t.Parallel()
					compare(t, want, got)
					agree(t, name, &callback.Decoder{}, b)
				})
			}
		}
	}
	assert.Greater(t, len(seen), 35, "the test has lost its families")
}

// TestAuthors splits the content of group messages with every form of the line break that relays
// write, and keeps the text intact.
func TestAuthors(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][2]string{
		"wxid_a:\nhi":                    {"wxid_a", "hi"},
		"wxid_a:\r\nhi\r\nthere":         {"wxid_a", "hi\r\nthere"},
		"wxid_a:<br/>a &lt; b<br/>c":     {"wxid_a", "a < b\nc"},
		"wxid_a:<BR>hi":                  {"wxid_a", "hi"},
		"wxid_a:&lt;br/&gt;hi":           {"wxid_a", "hi"},
		"wxid_a:\n\n\n  x\n\n":           {"wxid_a", "\n\n  x\n\n"},
		"wxid_a:\n":                      {"wxid_a", ""},
		"wxid_a:\na<br/>b &lt;":          {"wxid_a", "a<br/>b &lt;"}, // the text contains it
		"1@openim:\nhi":                  {"1@openim", "hi"},
		"提醒:\nhi":                        {"", "提醒:\nhi"},
		"a b:\nhi":                       {"", "a b:\nhi"},
		"wxid_a: hi":                     {"", "wxid_a: hi"},
		strings.Repeat("a", 200) + ":\n": {"", strings.Repeat("a", 200) + ":\n"},
		"":                               {"", ""},
	} {
		b, err := json.Marshal(map[string]any{"TypeName": "AddMsg", "Wxid": "wxid_me", "Data": map[string]any{
			"MsgType": 1, "FromUserName": "1@chatroom", "ToUserName": "wxid_me", "Content": content,
		}})
		require.NoError(t, err)
		e, err := callback.Decode(b)
		require.NoError(t, err)
		assert.Equal(t, want, [2]string{e.Sender, e.Payload().(*xmlmsg.Text).Body}, "%q", content)
	}
}

// TestMentionsByPush detects mentions by the push notification where there is no list, and is not
// misled by message text.
func TestMentionsByPush(t *testing.T) {
	t.Parallel()
	const none, me, all = "none", "me", "all"
	for _, test := range []struct {
		push, text, source string
		msgType            int
		want               string
	}{
		{push: "林知夏在群聊中@了你", text: "@小雁 在吗", want: me},
		{push: "林知夏在群聊中@了所有人", text: "@所有人 八点", want: all},
		{push: "林知夏在群聊中提到了你", text: "@小雁", want: me},
		{push: "Lin mentioned you in a group chat", text: "@bot hi", want: me},
		{push: "Lin mentioned you in a group chat.", text: "@bot hi", want: me},
		{push: "Lin Mentioned everyone in the group", text: "@all hi", want: all},
		{push: "Lin mentioned @all in a group chat", text: "@all hi", want: all},
		{push: "林知夏在群聊中@了你", text: "@小雁 在吗", source: "<msgsource><atuserlist/></msgsource>", want: me},
		{push: "林知夏在群聊中@了你", text: "@所有人", source: "<msgsource><atuserlist>notify@all</atuserlist></msgsource>", want: all},
		{push: "林知夏在群聊中@了所有人", text: "@小雁", source: "<msgsource><atuserlist>wxid_me</atuserlist></msgsource>", want: me},
		{push: "林知夏在群聊中@了你", text: "@李四", source: "<msgsource><atuserlist>wxid_b</atuserlist></msgsource>", want: none},
		{push: "林知夏 : 张三在群聊中@了你", text: "张三在群聊中@了你", want: none},
		{push: "林知夏 : 第一行 张三在群聊中@了你", text: "第一行\n张三在群聊中@了你", want: none},
		{push: "Lin : Bob mentioned you in a group chat", text: "Bob mentioned you in a group chat", want: none},
		{push: "在群聊中@了你", text: "hi", want: none},
		{push: "林知夏 : hello @all", text: "hello @all", want: none},
		{push: "林知夏 : hi", text: "hi", want: none},
		{push: "林知夏 : [文件]张三在群聊中@了你", text: "<msg><appmsg><title>张三在群聊中@了你</title><type>6</type></appmsg></msg>", msgType: 49, want: none},
		{push: "林知夏在群聊中@了你", text: "<msg><appmsg><title>@小雁 看</title><type>57</type><refermsg><type>1</type></refermsg></appmsg></msg>",
			msgType: 49, want: me},
	} {
		b, err := json.Marshal(map[string]any{"TypeName": "AddMsg", "Wxid": "wxid_me", "Data": map[string]any{
			"MsgType": max(test.msgType, 1), "FromUserName": "1@chatroom", "ToUserName": "wxid_me",
			"Content": "wxid_a:\n" + test.text, "PushContent": test.push, "MsgSource": test.source,
		}})
		require.NoError(t, err)
		e, err := callback.Decode(b)
		require.NoError(t, err)
		assert.Equal(t, []bool{test.want == me, test.want == all}, []bool{e.AtMe(), e.AtAll()}, "%+v", test)
	}
}

// TestFlatNumbers reads flat messages whose msgType is a number by that number.
func TestFlatNumbers(t *testing.T) {
	t.Parallel()
	for msgType, want := range map[string]xmlmsg.Kind{
		`1`: xmlmsg.KindText, `"1"`: xmlmsg.KindText, `1.0`: xmlmsg.KindText, `"1e0"`: xmlmsg.KindText,
		`49`: xmlmsg.KindFile, `"4.9e1"`: xmlmsg.KindFile,
		`"TEXT"`: xmlmsg.KindText, `3`: xmlmsg.KindRaw, `777`: xmlmsg.KindRaw, `10000`: xmlmsg.KindSystem,
		`{"string":"49"}`: xmlmsg.KindFile,
	} {
		content := "hi"
		if want == xmlmsg.KindFile {
			content = "<msg><appmsg><type>6</type></appmsg></msg>"
		}
		b := fmt.Appendf(nil, `{"appid":"wx_a","wxid":"wxid_me","newMsgId":1,"fromUser":"wxid_a","toUser":"wxid_me","msgType":%s,`+
			`"content":%q}`, msgType, content)
		e, err := callback.Decode(b)
		require.NoError(t, err)
		assert.Equal(t, want, e.Kind(), msgType)
		assert.Equal(t, "flat", e.Dialect, msgType)
	}
}

// TestIDsThatAreNoNumbers: bodies with such ids have different keys.
func TestIDsThatAreNoNumbers(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for i, id := range []string{`1.5`, `"1.5"`, `"12abc"`, `-1`, `1e400`, `2.2797797619694e+18`, `"2.2797797619695e+18"`, `null`,
		`{"string":"2.2797797619696E18"}`, `1e-3`, `"NaN"`} {
		identity, err := callback.Identify(fmt.Appendf(nil,
			`{"TypeName":"AddMsg","Appid":"wx_a","Data":{"MsgType":1,"NewMsgId":%s,"Content":"%d"}}`, id, i))
		require.NoError(t, err)
		assert.NotContains(t, keys, identity.Key, id)
		keys[identity.Key] = id
	}
	assert.Contains(t, keys, "wx_a:2279779761969400000")
}

// TestServiceAccounts covers accounts that must not be answered.
func TestServiceAccounts(t *testing.T) {
	t.Parallel()
	for _, id := range strings.Fields("newsapp fmessage weibo qqmail tmessage qmessage qqsync floatbottle lbsapp shakeapp medianote " +
		"qqfriend readerapp blogapp facebookapp masssendapp " +
		"meishiapp feedsapp voip blogappweixin weixin brandsessionholder weixinreminder wxid_novlwrv3lqwv11 gh_22b87fa7cb3c " +
		"officialaccounts notification_messages wxitil " +
		"userexperience_alarm brandservicesessionholder notifymessage mphelper helper_entry cardpackage") {
		e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Wxid":"wxid_me","Data":{"MsgType":1,"FromUserName":"` + id +
			`","ToUserName":"wxid_me","Content":"hi"}}`))
		require.NoError(t, err)
		assert.Equal(t, callback.Conversation{Type: callback.System, ID: id}, e.Conversation)
	}
	for id, want := range map[string]callback.ConversationType{"filehelper": callback.FileHelper, "gh_0123456789ab": callback.Official,
		"newsapps": callback.Private, "weixin2": callback.Private} {
		e, err := callback.Decode([]byte(`{"TypeName":"AddMsg","Wxid":"wxid_me","Data":{"MsgType":1,"FromUserName":"` + id +
			`","ToUserName":"wxid_me","Content":"hi"}}`))
		require.NoError(t, err)
		assert.Equal(t, want, e.Conversation.Type, id)
	}
}

// TestCorpusInTheFlatDialect requires for each message, rewritten in the flat dialect with the
// number of its type, what is expected of the original.
func TestCorpusInTheFlatDialect(t *testing.T) {
	t.Parallel()
	messages := 0
	for _, want := range corpus(t) {
		var posted struct {
			TypeName, Appid, Wxid string
			Data                  map[string]any
		}
		if want.is("error") || want.text("envelope") != "wrapped" || unmarshal(body(t, want.text("file")),
			&posted) != nil || posted.TypeName != "AddMsg" || posted.Data["Content"] == nil {
			continue
		}
		messages++
		d := posted.Data
		flat := map[string]any{
			"appid": posted.Appid, "wxid": posted.Wxid, "msgId": d["MsgId"], "newMsgId": d["NewMsgId"],
			"createTime": d["CreateTime"], "fromUser": d["FromUserName"],
			"toUser": d["ToUserName"], "msgType": d["MsgType"], "content": d["Content"], "msgSource": d["MsgSource"],
			"pushContent": d["PushContent"],
		}
		b, err := json.Marshal(flat)
		require.NoError(t, err)
		got := decoded(t, b)
		want["envelope"], want["type_name"] = "flat", got["type_name"]
		if fields, ok := want["fields"].(map[string]any); ok { // the flat dialect carries no thumbnails
			delete(fields, "thumb_bytes")
			delete(fields, "data_bytes")
		}
		t.Run(want.text("file"), func(t *testing.T) {
			t.Parallel()
			compare(t, want, got)
			agree(t, want.text("file"), &callback.Decoder{}, b)
		})
	}
	assert.Greater(t, messages, 100)
}
