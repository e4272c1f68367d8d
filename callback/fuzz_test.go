package callback_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

// FuzzDecode passes arbitrary bodies to Identify and Decode: neither may panic, both must agree on
// what to reject and on the conversation, and the event must be printable.
func FuzzDecode(f *testing.F) {
	for _, b := range corpora(f) {
		f.Add(b)
	}
	for _, s := range []string{
		`{"msgType":10002,"fromUser":"1@chatroom","content":"a:<br/>&lt;sysmsg type='pat'&gt;"}`,
		`{"msgType":"5.1e1","content":{"string":"<msg><op><username>b</username></op></msg>"}}`,
		`{"data":{"NewMsgId":2.2e18,"MsgId":"1e400","CreateTime":1e-999999999,"MsgType":"1E0"}}`,
		"", "{}", "[]", "null", "\xef\xbb\xbf{}", `{"TypeName":"AddMsg","Data":{}}`, `{"msgType":"TEXT","fromUser":"a",` +
			`"content":"a:\nb"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		event, err := callback.Decode(b)
		identity, identifyErr := callback.Identify(b)
		require.Equal(t, err == nil, identifyErr == nil, "Decode: %v; Identify: %v", err, identifyErr)
		if err != nil {
			return
		}
		require.NotNil(t, event.Payload())
		require.Equal(t, event.Dialect == "control", identity.Control)
		if !identity.Control {
			require.Equal(t, event.AppID+"/"+event.Conversation.ID, identity.Lane)
		}
		line, err := event.MarshalJSON()
		require.NoError(t, err)
		require.True(t, utf8.Valid(line))
	})
}
