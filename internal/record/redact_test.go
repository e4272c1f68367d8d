package record_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// corpus returns all bodies of both corpora of package callback by file name.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("../../callback/testdata/*/*.json")
	require.NoError(t, err)
	require.Greater(t, len(names), 200)
	all := map[string][]byte{}
	for _, name := range names {
		all[filepath.Base(name)], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	return all
}

func redactor() *record.Redactor {
	return record.NewRedactor(bytes.Repeat([]byte{7}, record.KeySize))
}

// plainText is all that a body says, with every layer of escapes taken off.
func plainText(body []byte) string {
	text := string(body)
	var document any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&document) == nil {
		text = fmt.Sprint(document)
	}
	layers := []string{text}
	for range 3 {
		text = html.UnescapeString(text)
		layers = append(layers, text)
	}
	return strings.Join(slices.Compact(layers), "\n")
}

// wechatsWords takes out what every account gets to read.
func wechatsWords() *strings.Replacer {
	var pairs []string
	for word := range strings.FieldsSeq(`位置共享已经结束 刚刚把你添加到通讯录 现在可以开始聊天了 开启了朋友验证 撤回了一条消息 群聊邀请确认 分享的二维码 已解散该群聊 已解散了群聊 已解散群聊 被对方拒收了 ` +
		`已成为新群主 移出了群聊 移出群聊 修改群名为 加入了群聊 加入群聊 你已添加了 邀请你和 通过扫描 邀请你 二维码 已启用 领取了 未接收 拍了拍 你被 邀请 收到 发出 红包 转账 过期 在群聊中@了所有人 在群聊中@了你 ` +
		`验证回调地址是否可用 群聊参与人还有 消息已 收款方 群主 你将 所有人`) {
		pairs = append(pairs, word, "|")
	}
	return strings.NewReplacer(pairs...)
}

// secrets are the words of a body that must not be in its redacted form: everything but the
// protocol.
func secrets(body []byte) []string {
	text := wechatsWords().Replace(plainText(body))
	times := regexp.MustCompile(`^1[678]\d{8}(\d{3})?$|^4294967295$|^head256md5$`) // and a mask of bits, and the name of an element
	var found []string
	for _, word := range regexp.MustCompile(`[0-9A-Za-z]{10,}`).FindAllString(text, -1) {
		if len(regexp.MustCompile(`\d`).FindAllString(word, -1)) >= 4 && !times.MatchString(word) {
			found = append(found, word)
		}
	}
	found = append(found, regexp.MustCompile(`\p{Han}{2,}`).FindAllString(text, -1)...)
	for _, name := range []string{
		"Bruno", "Kessler", "Odile", "oycdua4976", "whalerider77", "luyuan", "zhaoqingxi", "Dunhuang", "Gansu", "Quanzhou", "yunjiaoxia",
		"Bennelong",
		"lantern", "hewan", "lighthouse", "packing", "30.259244", "121.55", "Huzhou",
	} {
		if strings.Contains(text, name) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// TestNothingSurvives looks for every word of every body in its redacted form.
func TestNothingSurvives(t *testing.T) {
	t.Parallel()
	total := 0
	for name, body := range corpus(t) {
		out := wechatsWords().Replace(plainText(redactor().Body(body)))
		for _, secret := range secrets(body) {
			total++
			if strings.Contains(out, secret) {
				t.Errorf("%s: %s survives", name, secret)
			}
		}
	}
	assert.Greater(t, total, 1200, "the test has lost its secrets")
}

// TestEventsStayWhatTheyAre compares what a bot sees of each body before and after.
func TestEventsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, keepText := range []bool{false, true} {
		r := redactor()
		r.KeepText = keepText
		for name, body := range corpus(t) {
			out := r.Body(body)
			want, wantErr := callback.Decode(body)
			got, err := callback.Decode(out)
			require.Equal(t, wantErr == nil, err == nil, name)
			if err != nil {
				continue
			}
			assert.Equal(t, want.Dialect, got.Dialect, name)
			assert.Equal(t, want.Kind(), got.Kind(), "%s\n%s", name, out)
			assert.Equal(t, want.Conversation.Type, got.Conversation.Type, name)
			assert.Equal(t, r.ID(want.Conversation.ID), got.Conversation.ID, name)
			assert.Equal(t, r.ID(want.Sender), got.Sender, name)
			assert.Equal(t, r.ID(want.AppID), got.AppID, name)
			assert.Equal(t, want.AtMe(), got.AtMe(), name)
			assert.Equal(t, want.Self, got.Self, name)
			assert.Equal(t, want.Time, got.Time, name)
			assert.Equal(t, r.ID(strconv.FormatUint(want.NewMsgID, 10)), strconv.FormatUint(got.NewMsgID, 10), name)
			assert.Equal(t, r.ID(want.Key()), got.Key(), name)
			compareNotices(t, name, want.Payload(), got.Payload())
			again := redactor()
			again.KeepText = keepText
			assert.Equal(t, string(out), string(again.Body(body)), "the same key must give the same pseudonyms")
		}
	}
}

func compareNotices(t *testing.T, name string, want, got xmlmsg.Payload) {
	t.Helper()
	if w, ok := want.(*xmlmsg.System); ok {
		g, _ := got.(*xmlmsg.System)
		if assert.NotNil(t, g, name) {
			assert.Equal(t, w.Notice, g.Notice, "%s: %s", name, g.Text)
		}
	}
}

// TestReferences follows what points from one message to another.
func TestReferences(t *testing.T) {
	t.Parallel()
	r := redactor()
	all := corpus(t)
	decode := func(name string) (before, after *callback.Event) {
		before, err := callback.Decode(all[name])
		require.NoError(t, err, name)
		after, err = callback.Decode(r.Body(all[name]))
		require.NoError(t, err, name)
		return before, after
	}
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }

	before, after := decode("sysmsg_revoke_group.json")
	assert.Equal(t, r.ID(number(before.Payload().(*xmlmsg.Revoke).NewMsgID)), number(after.Payload().(*xmlmsg.Revoke).NewMsgID))
	before, after = decode("quote_57_group_text.json")
	assert.Equal(t, r.ID(number(before.Payload().(*xmlmsg.Quote).Refer.NewMsgID)), number(after.Payload().(*xmlmsg.Quote).Refer.NewMsgID))

	notice, noticeAfter := decode("file_pair_group_notice_74.json")
	file, fileAfter := decode("file_pair_group_complete_6.json")
	require.Equal(t, notice.NewMsgID, file.Payload().(*xmlmsg.File).OverwriteNewMsgID)
	assert.Equal(t, noticeAfter.NewMsgID, fileAfter.Payload().(*xmlmsg.File).OverwriteNewMsgID)
	assert.NotEqual(t, notice.NewMsgID, noticeAfter.NewMsgID)
	assert.Equal(t, file.Payload().(*xmlmsg.File).Ext, fileAfter.Payload().(*xmlmsg.File).Ext)
	assert.Equal(t, file.Payload().(*xmlmsg.File).Size, fileAfter.Payload().(*xmlmsg.File).Size)

	two, twoAfter := decode("text_group_at_two.json")
	var at []string
	for _, id := range two.Payload().(*xmlmsg.Text).At {
		at = append(at, r.ID(id))
	}
	assert.Equal(t, at, twoAfter.Payload().(*xmlmsg.Text).At)
}

// TestKeys has no two keys give the same pseudonym.
func TestKeys(t *testing.T) {
	t.Parallel()
	const id = "wxid_c87aqjxxyl2e21"
	one, two := record.NewRedactor(record.NewKey()).ID(id), record.NewRedactor(record.NewKey()).ID(id)
	assert.NotEqual(t, one, two)
	assert.Regexp(t, `^wxid_[a-z0-9]{14}$`, one)
}

func TestIDs(t *testing.T) {
	t.Parallel()
	r := redactor()
	for id, shape := range map[string]string{
		"10000000001@chatroom":         `^[1-8]\d{10}@chatroom$`,
		"25984987871625232@openim":     `^\d{17}@openim$`,
		"gh_5ca6a33c8932":              `^gh_[0-9a-f]{12}$`,
		"wx_3NFEMzXGDmxgpZv1rDdb":      `^wx_[0-9A-Za-z]{20}$`,
		"v3_abcdef0123456789@stranger": `^v3_[0-9a-f]{16}@stranger$`,
		"18446744073709551615":         `^1[0-7]\d{18}$`,
		"filehelper":                   `^filehelper$`,
		"notify@all":                   `^notify@all$`,
	} {
		got := r.ID(id)
		assert.Regexp(t, shape, got)
		if !strings.HasPrefix(shape, "^"+id) {
			assert.NotEqual(t, id, got)
		}
	}
	got := r.IDs("in: [10000000001@chatroom]\nfrom: wxid_alice # the boss\nport: 8080")
	assert.Equal(t, "in: ["+r.ID("10000000001@chatroom")+"]\nfrom: "+r.ID("wxid_alice")+" # the boss\nport: 8080", got)
}

// TestKeepText keeps words, and nothing that can be told from words.
func TestKeepText(t *testing.T) {
	t.Parallel()
	r := redactor()
	r.KeepText = true
	body := `{"TypeName":"AddMsg","Appid":"wx_abc","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":42424242424242,` +
		`"FromUserName":{"string":"10000000001@chatroom"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"oldname88:\n报表好了 ` +
		`@张三\u2005 13800138000 wxid_alice a@b.example https://x.example/t?k=s3cr3t"},"PushContent":"李四 : 报表好了"}}`
	out := string(r.Body([]byte(body)))
	assert.Contains(t, out, "报表好了")
	for _, secret := range []string{"oldname88", "张三", "13800138000", "wxid_alice", "a@b.example", "s3cr3t", "李四", "x.example/",
		"42424242424242"} {
		assert.NotContains(t, out, secret)
	}
	assert.NotContains(t, string(redactor().Body([]byte(body))), "报表好了")
}

// TestIDsInNames hides ids that stand inside a name or a word of the protocol.
func TestIDsInNames(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"member": `{"TypeName":"AddMsg","Imgwxid_xoybmudaoqxuStatus":1}`,
		"member of XML": `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":{"string":"<msg><aawxid_xoybmudaoqxu>1` +
			`</aawxid_xoybmudaoqxu></msg>"}}}`,
		"attribute":   `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":{"string":"<msg aawxid_xoybmudaoqxu='1'/>"}}}`,
		"word":        `{"MsgType":"wxid_xoybmudaoqxu"}`,
		"word of XML": `{"TypeName":"AddMsg","Data":{"MsgType":10002,"Content":{"string":"<sysmsg type='aawxid_xoybmudaoqxu'/>"}}}`,
		"public":      `{"Imggh_xoybmudaoqxu":1}`,
	} {
		assert.NotContains(t, string(redactor().Body([]byte(body))), "xoybmudaoqxu", name)
	}
}

// FuzzRedact wants any input to stay JSON or not, to be read by Decode or not, and to lose its ids.
func FuzzRedact(f *testing.F) {
	for _, body := range corpus(f) {
		f.Add(body)
	}
	f.Add([]byte("<msg a='wxid_abcdefgh"))
	f.Add([]byte(`{"":{"PushContent":"张三在群聊@了所有人"}}`)) // no message, with the words of one
	ids := regexp.MustCompile(`wxid_[a-z0-9]{8,}|\d{8,}@chatroom`)
	f.Fuzz(func(t *testing.T, body []byte) {
		out := redactor().Body(body)
		trimmed := bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\xef\xbb\xbf")))
		if json.Valid(trimmed) != json.Valid(out) {
			t.Fatalf("JSON: %t before, %t after\n%s", json.Valid(trimmed), json.Valid(out), out)
		}
		_, before := callback.Decode(body)
		_, after := callback.Decode(out)
		if len(trimmed) > 0 && (before == nil) != (after == nil) {
			t.Fatalf("%v before, %v after\n%s", before, after, out)
		}
		if !bytes.Equal(out, redactor().Body(body)) {
			t.Fatal("not the same twice")
		}
		for _, id := range ids.FindAll(body, -1) {
			if bytes.Contains(out, id) {
				t.Fatalf("%s survives in %s", id, out)
			}
		}
	})
}

// TestOtherClothes writes the names of the members as other builds of the service do, and ids as
// strings without their wrapping.
func TestOtherClothes(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`"[A-Za-z]+":`)
	wrapped := regexp.MustCompile(`\{"string":("(?:[^"\\]|\\.)*")\}`)
	for _, file := range []string{"text_group_at_two.json", "file_large_6.json", "sysmsg_tmpl_invited_other.json",
		"modcontacts_friend.json", "flat_text_group.json"} {
		original := corpus(t)[file]
		for clothes, body := range map[string][]byte{
			"lower case": name.ReplaceAllFunc(original, bytes.ToLower),
			"upper case": name.ReplaceAllFunc(original, bytes.ToUpper),
			"bare":       wrapped.ReplaceAll(original, []byte("$1")),
		} {
			want, err := callback.Decode(body)
			require.NoError(t, err, file)
			redacted := redactor().Body(body)
			got, err := callback.Decode(redacted)
			require.NoError(t, err, file)
			assert.Equal(t, want.Kind(), got.Kind(), "%s, %s", file, clothes)
			assert.Equal(t, want.AtMe(), got.AtMe(), "%s, %s", file, clothes)
			out := wechatsWords().Replace(plainText(redacted))
			for _, secret := range secrets(original) {
				if strings.Contains(out, secret) {
					t.Errorf("%s, %s: %s survives", file, clothes, secret)
				}
			}
		}
	}
}

// TestHiddenPlaces puts a secret where the corpus has none.
func TestHiddenPlaces(t *testing.T) {
	t.Parallel()
	const secret = "wxid_s3cr3tperson"
	for name, body := range map[string]string{
		"a member":         `{"wxid_s3cr3tperson":1}`,
		"a member of data": `{"TypeName":"AddMsg","Data":{"MsgType":1,"New":{"deep":["wxid_s3cr3tperson"]}}}`,
		"a comment":        `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg><!-- wxid_s3cr3tperson --></msg>"}}`,
		"an open comment":  `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg><!-- wxid_s3cr3tperson"}}`,
		"an instruction":   `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<?x wxid_s3cr3tperson?><msg/>"}}`,
		"a doctype": `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<!DOCTYPE m [<!ENTITY a ` +
			`'wxid_s3cr3tperson'>]><msg/>"}}`,
		"an open attribute": `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg a='wxid_s3cr3tperson"}}`,
		"a bare attribute":  `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg a=wxid_s3cr3tperson wxid_s3cr3tperson>"}}`,
		"an element":        `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg><wxid_s3cr3tperson/></msg>"}}`,
		"JSON in XML in JSON": `{"TypeName":"AddMsg","Data":{"MsgType":10002,"Content":"<sysmsg><arg>` +
			`{&quot;who&quot;:&quot;wxid_s3cr3tperson&quot;}</arg></sysmsg>"}}`,
		"escaped twice": `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg><x>` +
			`&lt;msg&gt;&amp;lt;u&amp;gt;wxid_s3cr3tperson&lt;/msg&gt;</x></msg>"}}`,
		"by numbers":      `{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":"<msg><x>&#119;xid_s3cr3tperson</x></msg>"}}`,
		"by JSON escapes": `{"TypeName":"AddMsg","Data":{"MsgType":1,"Content":"\u0077xid_s3cr3tperson"}}`,
		"a token":         `{"testMsg":"x","token":"wxid_s3cr3tperson","callBackUrl":"http://wxid_s3cr3tperson.example/wxid_s3cr3tperson"}`,
		"no JSON":         `wxid_s3cr3tperson`,
		"a list":          `["wxid_s3cr3tperson"]`,
		"a notice": `{"TypeName":"AddMsg","Data":{"MsgType":10000,"Content":"<a href=\"x://wxid_s3cr3tperson\">邀请</a>` +
			`<wxid_s3cr3tperson>$wxid_s3cr3tperson$"}}`,
	} {
		out := plainText(redactor().Body([]byte(body)))
		assert.NotContains(t, out, "s3cr3tperson", name)
		assert.NotContains(t, out, secret, name)
	}
	title := string(redactor().Body([]byte(`{"TypeName":"AddMsg","Data":{"MsgType":49,` +
		`"Content":"<msg><title>1234</title><type>1234</type></msg>"}}`)))
	assert.Regexp(t, `<title>[1-8]\d{3}</title><type>1234</type>`, title)
	assert.NotContains(t, title, "<title>1234")
	for _, number := range []string{"①③⑧", "１３８"} { // digits of other kinds
		assert.NotContains(t, redactor().ID(number), number)
	}
}

// TestDeepNesting has ten thousand documents in each other: each level would cost a pass over the
// rest.
func TestDeepNesting(t *testing.T) {
	t.Parallel()
	const levels = 10_000
	content, err := json.Marshal(strings.Repeat("<msg><![CDATA[", levels) + "wxid_s3cr3tperson")
	require.NoError(t, err)
	out := redactor().Body([]byte(`{"TypeName":"AddMsg","Data":{"MsgType":49,"Content":` + string(content) + `}}`))
	assert.NotContains(t, string(out), "s3cr3tperson")
	assert.Less(t, strings.Count(string(out), "<msg>"), 100)
}
