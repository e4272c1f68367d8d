package channels_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/plugin/channels"
)

const message = `{"MsgId":1,"NewMsgId":18446744073709551615,"FromUserName":{"string":"fv1_a@findermsgstranger"},` +
	`"ToUserName":{"string":"v2_me@finder"},"MsgType":1,"Content":{"string":"hi"},"CreateTime":1750000000}`

// TestLetters finds letters in the shapes in which a callback may have them.
func TestLetters(t *testing.T) {
	t.Parallel()
	item := `{"msg":` + message + `,"msgSessionId":"s@findermsg","isSender":0}`
	want := []string{"18446744073709551615 fv1_a@findermsgstranger hi"}
	for name, c := range map[string]struct {
		data string
		want []string
	}{
		"an item":           {item, want},
		"a content":         {`{"content":` + item + `}`, want},
		"a list":            {`{"list":[{"content":` + item + `},{"content":` + item + `}]}`, slices.Repeat(want, 2)},
		"flat":              {strings.Replace(message, `{"MsgId"`, `{"msgSessionId":"s@findermsg","MsgId"`, 1), want},
		"the id as a text":  {strings.Replace(item, "18446744073709551615", `"18446744073709551615"`, 1), want},
		"an own letter":     {strings.Replace(item, `"isSender":0`, `"isSender":1`, 1), nil},
		"without a session": {`{"msg":` + message + `}`, nil},
		"another session":   {strings.Replace(item, "s@findermsg", "s@chatroom", 1), nil},
		"a picture": {
			strings.Replace(item, `"MsgType":1`, `"MsgType":3`, 1), []string{"18446744073709551615 fv1_a@findermsgstranger "},
		},
		"too deep":      {strings.Repeat(`{"content":`, 20) + item + strings.Repeat("}", 20), nil},
		"not an object": {`"text"`, nil},
	} {
		assert.Equal(t, c.want, channels.Letters([]byte(`{"TypeName":"FinderBypMsg","Appid":"wx_a","Data":`+c.data+`}`)), name)
	}
}

func FuzzLetters(f *testing.F) {
	f.Add([]byte(`{"Data":{"msg":` + message + `,"msgSessionId":"s@findermsg"}}`))
	f.Add([]byte(`{"Data":{"list":[{"content":{"msg":` + message + `,"msgSessionId":"s@findermsg","isSender":"0"}}]}}`))
	f.Add([]byte(`{"Data":[[[[[[[[[[]]]]]]]]]]}`))
	f.Add([]byte(`{"Data":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if n := len(channels.Letters(body)); n > 100 {
			t.Errorf("%d letters in one callback", n)
		}
	})
}
