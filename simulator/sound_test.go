package simulator_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media/voice"
	"github.com/hongyan-go/hongyan/simulator"
)

// TestSound sends voices and videos with their bytes: the bot downloads them, and the page has
// them.
func TestSound(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.Voices = simulator.Voices{ToSILK: voice.ToSILK, ToWAV: voice.ToWAV} })
	wav := voice.EncodeWAV(make([]int16, 2*voice.SampleRate), voice.SampleRate)
	sound := &simulator.File{Name: "a.wav", Content: wav}
	m := sim.Group("A").Member("alice").Sends(simulator.Draft{Kind: simulator.KindVoice, File: sound})
	assert.Contains(t, m.Content, `voicelength="2000"`, "its length follows from the sound")
	link := call(t, sim.Simulator, "/message/downloadVoice", map[string]any{
		"appId": simulator.DefaultAppID, "xml": m.Content, "msgId": m.MsgID,
	}).json(t)["data"].(map[string]any)["fileUrl"].(string)
	silk := do(t, http.MethodGet, link, "").body
	assert.True(t, strings.HasPrefix(silk, "\x02#!SILK_V3"), "the bot gets SILK")
	answer, heard := browse(t, sim, http.MethodGet, fmt.Sprintf("/media/%d", m.Seq), "")
	assert.Equal(t, "audio/wav", answer.Header.Get("Content-Type"))
	assert.True(t, strings.HasPrefix(heard, "RIFF"), "the page gets WAV")
	_, page := browse(t, sim, http.MethodGet, pageA, "")
	assert.Contains(t, page, fmt.Sprintf(`<audio controls preload="none" src="/media/%d"`, m.Seq))

	film := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte{7}, 1000)...)
	body, err := json.Marshal(map[string]any{
		"from": "alice", "to": "A", "kind": "video", "seconds": 4,
		"file": map[string]any{"name": "a.mp4", "content": base64.StdEncoding.EncodeToString(film)},
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, post(t, sim, string(body)).status)
	answer, seen := browse(t, sim, http.MethodGet, "/media/2", "", "Range", "bytes=4-7")
	assert.Equal(t, []any{http.StatusPartialContent, "video/mp4", "ftyp"},
		[]any{answer.StatusCode, answer.Header.Get("Content-Type"), seen})

	sim.Group("A").Member("alice").Sends(simulator.Draft{Kind: simulator.KindVoice})
	_, page = browse(t, sim, http.MethodGet, pageA+"?lang=en", "")
	assert.Contains(t, page, "A made-up voice without sound")
	for _, none := range []string{"/media/3", "/media/99", "/media/x"} {
		answer, _ = browse(t, sim, http.MethodGet, none, "")
		assert.Equal(t, http.StatusNotFound, answer.StatusCode, none)
	}
	bad := `{"from":"alice","to":"A","kind":"voice","file":{"name":"a.mp3","content":"AAAA"}}`
	assert.Contains(t, post(t, sim, bad).json(t)["error"], "voice: ")
}

// TestSoundWithoutACodec takes SILK as it is, and says what it cannot convert.
func TestSoundWithoutACodec(t *testing.T) {
	t.Parallel()
	sim := start(t)
	silk, _, err := voice.ToSILK(voice.EncodeWAV(make([]int16, 3*voice.SampleRate), voice.SampleRate))
	require.NoError(t, err)
	alice := sim.Group("A").Member("alice")
	m := alice.Sends(simulator.Draft{Kind: simulator.KindVoice, File: &simulator.File{Name: "a.silk", Content: silk}})
	assert.Contains(t, m.Content, `voicelength="3000"`)
	_, page := browse(t, sim, http.MethodGet, pageA+"?lang=en", "")
	assert.Contains(t, page, "this program has no decoder")
	_, err = sim.Post(simulator.Draft{
		From: "alice", To: "A", Kind: simulator.KindVoice, File: &simulator.File{Name: "a.mp3", Content: []byte("ID3")},
	})
	require.ErrorContains(t, err, "set Voices in the configuration")
}
