package callback_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

// corpora returns all bodies of both corpora by name.
func corpora(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, dir := range []string{corpusDir, fieldDir} {
		names, err := filepath.Glob(filepath.Join(dir, "*.json"))
		require.NoError(t, err)
		for _, name := range names {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			all[filepath.Base(name)] = b
		}
	}
	require.Greater(t, len(all), 200)
	return all
}

// agree requires that Identify and Decode find the same conversation.
func agree(t *testing.T, name string, d *callback.Decoder, b []byte) {
	t.Helper()
	event, err := d.Decode(b)
	identity, identifyErr := d.Identify(b)
	require.Equal(t, err == nil, identifyErr == nil, "%s: Decode: %v; Identify: %v", name, err, identifyErr)
	if err != nil || identity.Control {
		return
	}
	assert.Equal(t, event.AppID+"/"+event.Conversation.ID, identity.Lane, name)
	if event.NewMsgID != 0 && identity.Key != "" {
		assert.Contains(t, identity.Key+":", event.Key()+":", name)
	}
}

// TestOneConversation requires that Identify and Decode agree on the conversation of each body of
// the corpora in every variant.
func TestOneConversation(t *testing.T) {
	t.Parallel()
	known := &callback.Decoder{Wxid: func(string) string { return "wxid_botme00000000" }}
	for name, b := range corpora(t) {
		agree(t, name, &callback.Decoder{}, b)
		var document any
		if unmarshal(b, &document) != nil {
			continue
		}
		for way, variant := range variants() {
			changed, err := json.Marshal(transform(document, variant))
			require.NoError(t, err)
			agree(t, name+", "+way, &callback.Decoder{}, changed)
		}
		if object, ok := document.(map[string]any); ok {
			delete(object, "Wxid")
			delete(object, "wxid")
			changed, err := json.Marshal(object)
			require.NoError(t, err)
			agree(t, name+" without wxid", &callback.Decoder{}, changed)
			agree(t, name+" with the wxid from elsewhere", known, changed)
		}
	}
}

// TestOneConversationOfFlatMessages covers the forms in which the flat dialect states or omits the
// conversation.
func TestOneConversationOfFlatMessages(t *testing.T) {
	t.Parallel()
	const me, group = "wxid_me", "1@chatroom"
	for _, from := range []string{"", me, "wxid_a", group, "weixin"} {
		for _, to := range []string{"", me, "wxid_a", group} {
			for _, fromGroup := range []string{"", group} {
				for _, self := range []any{nil, true, "1.0"} {
					for _, content := range []string{"hi", from + ":\nhi", from + ":\r\nhi", from + ":<br/>hi", "wxid_b:\nhi",
						group + ":\nhi", "<msg><op id='1'><username>wxid_c</username></op></msg>", "验证回调地址是否可用"} {
						for _, msgType := range []any{"TEXT", 1, "1", "SYSTEM", "10002", 51, "5.1e1", "UNKNOWN",
							"LOGOUT", "MOD_CONTACTS", -1} {
							body := map[string]any{
								"appid": "wx_a", "wxid": me, "newMsgId": 7000000000000000001, "fromUser": from,
								"toUser": to, "content": content, "msgType": msgType,
							}
							if fromGroup != "" {
								body["fromGroup"] = fromGroup
							}
							if self != nil {
								body["isSelf"] = self
							}
							b, err := json.Marshal(body)
							require.NoError(t, err)
							agree(t, string(b), &callback.Decoder{}, b)
						}
					}
				}
			}
		}
	}
}

// TestAGroupWithoutAnID: a message of a group without an id is not a private message of the sender.
func TestAGroupWithoutAnID(t *testing.T) {
	t.Parallel()
	group := []byte(`{"appid":"wx_a","wxid":"wxid_me","newMsgId":1234567890123,"fromUser":"wxid_a","toUser":"wxid_me","msgType":"TEXT",` +
		`"content":"wxid_a:\nhi"}`)
	private := []byte(`{"appid":"wx_a","wxid":"wxid_me","newMsgId":1234567890124,"fromUser":"wxid_a","toUser":"wxid_me",` +
		`"msgType":"TEXT","content":"hi"}`)
	one, err := callback.Identify(group)
	require.NoError(t, err)
	other, err := callback.Identify(private)
	require.NoError(t, err)
	assert.Equal(t, []string{"wx_a/", "wx_a/wxid_a"}, []string{one.Lane, other.Lane})
}
