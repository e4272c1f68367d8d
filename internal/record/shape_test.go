package record_test

import (
	"encoding/json"
	"fmt"
	"html"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// shape is what a decoded body has apart from what it reveals about people: which members there
// are, of which sort, how many, and what is empty.
func shape(v any, path string, out map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			shape(x, path+"."+k, out)
		}
	case []any:
		out[path] = fmt.Sprintf("%d items", len(v))
		for i, x := range v {
			shape(x, fmt.Sprintf("%s[%d]", path, i), out)
		}
	case bool:
		out[path] = strconv.FormatBool(v)
	case string:
		name := path[strings.LastIndexByte(path, '.')+1:]
		switch {
		case v == "" || v == "0":
			out[path] = "empty"
		case name == "kind" || name == "notice" || name == "type_name" || name == "envelope" || name == "sysmsg_type" ||
			path == ".conversation.type" || name == "ext":
			out[path] = v
		default:
			out[path] = "text"
		}
	case json.Number:
		out[path] = "a number"
		if name := path[strings.LastIndexByte(path, '.')+1:]; name != "lat" && name != "lng" && name != "fen" {
			out[path] = v.String()
		}
	default:
		out[path] = fmt.Sprint(v)
	}
}

func shapeOf(t *testing.T, body []byte) map[string]string {
	t.Helper()
	e, err := callback.Decode(body)
	require.NoError(t, err)
	line, err := e.MarshalJSON()
	require.NoError(t, err)
	var document any
	dec := json.NewDecoder(strings.NewReader(string(line)))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&document))
	out := map[string]string{"at me": strconv.FormatBool(e.AtMe()), "at all": strconv.FormatBool(e.AtAll())}
	shape(document, "", out)
	return out
}

// TestRedactionKeepsTheRoutes has each body taken by the same routes before and after.
func TestRedactionKeepsTheRoutes(t *testing.T) {
	t.Parallel()
	r := redactor()
	bodies := corpus(t)
	for name, body := range written() {
		bodies[name] = []byte(body)
	}
	for name, body := range bodies {
		before, err := callback.Decode(body)
		if err != nil {
			continue
		}
		after, err := callback.Decode(r.Body(body))
		require.NoError(t, err, name)
		matchers := []match.Matcher{
			match.Group(), match.Private(), match.AtMe(), match.Self(), match.FromOfficial(), match.MinSize(1000), match.MaxSize(100_000),
			match.Kind(before.Kind()),
			match.Ext("xlsx", "pdf", "docx", "gz", "pic", "jpg", "mp4"),
		}
		if s, ok := before.Payload().(*xmlmsg.System); ok {
			matchers = append(matchers, match.Notice(s.Notice))
		}
		for _, m := range matchers {
			want, got := m.Match(match.NewSubject(before, nil)), m.Match(match.NewSubject(after, nil))
			assert.Equal(t, want, got, "%s: %s", name, m)
		}
		if before.Conversation.ID != "" {
			assert.True(t, match.In(r.ID(before.Conversation.ID)).Match(match.NewSubject(after, nil)), name)
		}
		if before.Sender != "" {
			assert.True(t, match.From(r.ID(before.Sender)).Match(match.NewSubject(after, nil)), name)
		}
		assert.Equal(t, shapeOf(t, body), shapeOf(t, r.Body(body)), name)
	}
}

// written are bodies that the corpora lack.
func written() map[string]string {
	message := func(msgType int, content, more string) string {
		text, _ := json.Marshal(content)
		return `{"type_name":"AddMsg","appid":"wx_abcdefgh","wxid":"wxid_botme00000000","data":{"NewMsgId":"2.27977976e18",` +
			`"MsgId":12.0,"CreateTime":1.79e9,"FromUserName":"40000000001@chatroom","ToUserName":"wxid_botme00000000","MsgType":` +
			strconv.Itoa(msgType) + `,"Content":` + string(text) + more + `}}`
	}
	revoke := `<sysmsg type="revokemsg"><revokemsg><newmsgid>6000000000000000011</newmsgid><replacemsg><![CDATA["林知夏" 撤回了一条消息]]>` +
		`</replacemsg></revokemsg></sysmsg>`
	return map[string]string{
		"a revoke escaped twice":   message(10002, "wxid_peeraa00000000:<br/>"+html.EscapeString(html.EscapeString(revoke)), ""),
		"a text of a web client":   message(1, "wxid_peeraa00000000:<br/>a &lt; b<br/>c", ""),
		"a text with CRLF":         message(1, "wxid_peeraa00000000:\r\n提醒:\r\n明天", ""),
		"everybody, by push":       message(1, "wxid_peeraa00000000:\n@所有人 晚上", `,"PushContent":"林知夏在群聊中@了所有人"`),
		"the account, in English":  message(1, "wxid_peeraa00000000:\n@bot hi", `,"PushContent":"Lin mentioned you in a group chat"`),
		"nobody, in the own words": message(1, "wxid_peeraa00000000:\n他在群聊中@了你", `,"PushContent":"林知夏 : 他在群聊中@了你"`),
		"a notice, escaped": message(10000, `&lt;img src=&quot;x.png&quot;/&gt;  何小满领取了你的&lt;_wc_custom_link_ `+
			`href=&quot;x&quot;&gt;红包&lt;/_wc_custom_link_&gt;`, ""),
		"a name like a notice": message(10000, `"你被"移出群聊"邀请"领取了你的红包"加入了群聊`, ""),
		"an unknown template": message(10002, `<sysmsg type="sysmsgtemplate"><sysmsgtemplate><content_template><template>`+
			`<![CDATA["$who$"已成为新群主]]></template><link_list><link name="who"><memberlist><member><nickname><![CDATA[移出群聊]]>`+
			`</nickname></member></memberlist></link></link_list></content_template></sysmsgtemplate></sysmsg>`, ""),
		"a voice that answers": message(34, `<msg><voicemsg voicelength="1"/><extcommoninfo><media_expire_at>`+
			`1790000000</media_expire_at><refermsg><svrid>6000000000000000011</svrid><createtime>1780000000</createtime></refermsg>`+
			`</extcommoninfo></msg>`, ""),
		"a flat number": `{"appid":"wx_abcdefgh","wxid":"wxid_botme00000000","newMsgId":5.0e18,` +
			`"fromUser":"wxid_peeraa00000000","toUser":"wxid_botme00000000","msgType":"4.9e1","content":"<msg><appmsg><type>6</type>` +
			`<title>x.zip</title></appmsg></msg>"}`,
		"a group without an id": `{"appid":"wx_abcdefgh","wxid":"wxid_botme00000000","newMsgId":1.5,` +
			`"fromUser":"wxid_peeraa00000000","msgType":"TEXT","content":"wxid_peeraa00000000:<br/>hi"}`,
		"a service": `{"appid":"wx_abcdefgh","wxid":"wxid_botme00000000","fromUser":"brandsessionholder","msgType":"1","content":"hi"}`,
	}
}

// TestRedactionKeepsTheShape compares what Decode makes of each body before and after.
func TestRedactionKeepsTheShape(t *testing.T) {
	t.Parallel()
	for _, keepText := range []bool{false, true} {
		r := record.NewRedactor([]byte(strings.Repeat("k", record.KeySize)))
		r.KeepText = keepText
		for name, body := range corpus(t) {
			if _, err := callback.Decode(body); err != nil {
				continue
			}
			assert.Equal(t, shapeOf(t, body), shapeOf(t, r.Body(body)), name)
		}
	}
}
