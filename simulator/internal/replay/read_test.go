package replay_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator/internal/replay"
)

const text = `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_b","Data":{"MsgId":1,"NewMsgId":7,"MsgType":1,"CreateTime":1,` +
	`"FromUserName":{"string":"wxid_c"},"ToUserName":{"string":"wxid_b"},"Content":{"string":"hi"}}}`

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		recording      string
		messages, left int
	}{
		"one body":           {text, 1, 0},
		"a body over lines":  {strings.ReplaceAll(text, ",", ",\n"), 1, 0},
		"a line":             {`{"received":"2026-03-02T14:03:00Z","body":` + text + `}`, 1, 0},
		"lines and CRLF":     {text + "\r\n\r\n" + text + "\r\n", 2, 0},
		"a byte order mark":  {"\ufeff" + text, 1, 0},
		"no JSON between":    {text + "\nhello\n" + text, 2, 1},
		"base64, not JSON":   {text + "\n" + `{"received":"2026-03-02T14:03:00Z","base64":"aGVsbG8="}`, 1, 1},
		"a probe":            {text + "\n" + `{"testMsg":"x","token":"T"}`, 1, 1},
		"a type below 1":     {text + "\n" + strings.Replace(text, `"MsgType":1`, `"MsgType":-1`, 1), 1, 1},
		"many that are none": {text + strings.Repeat("\nx", 100), 1, 100},
	} {
		r, err := replay.Read([]byte(c.recording))
		require.NoError(t, err, name)
		assert.Equal(t, []int{c.messages, c.left}, []int{r.Len(), r.Left}, name)
		assert.LessOrEqual(t, len(r.LeftOut), 20, name)
	}
	for _, nothing := range []string{"", "\n", "{}", "hello", "\x00\xff"} {
		_, err := replay.Read([]byte(nothing))
		require.ErrorIs(t, err, replay.ErrNothing, "%q", nothing)
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("../../../callback/testdata/callbacks/*.json")
	require.NoError(f, err)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Add([]byte(text + "\n" + text))
	f.Fuzz(func(t *testing.T, recording []byte) {
		r, err := replay.Read(recording)
		if err == nil {
			assert.Positive(t, r.Len())
		}
	})
}
