package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/simulator"
)

// replayed is the state of a replay, as GET /sim/replay has it.
type replayed struct {
	ID, Messages, Played, Repeated, Left int
	Running                              bool
	Chats                                []string
	LeftOut                              []struct {
		Line int
		Why  string
	} `json:"left_out"`
	Error string
}

// replay plays a recording to its end.
func replay(t *testing.T, sim *simulator.Test, query, recording string) replayed {
	t.Helper()
	a := do(t, http.MethodPost, sim.URL()+"/sim/replay"+query, recording)
	require.Equal(t, http.StatusOK, a.status, a.body)
	return replayState(t, do(t, http.MethodGet, sim.URL()+"/sim/replay?wait=50s", ""))
}

func replayState(t *testing.T, a reply) (s replayed) {
	t.Helper()
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.NoError(t, json.Unmarshal([]byte(a.body), &s))
	return s
}

// next waits for n callbacks, and returns the last n.
func next(t *testing.T, b *bot, n int) [][]byte {
	t.Helper()
	b.take(t, n)
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.bodies[len(b.bodies)-n:])
}

// line is a line of a recording: a text in the group A.
func line(received time.Time, id int, text string) string {
	return fmt.Sprintf(`{"received":%q,"body":{"TypeName":"AddMsg","Appid":"wx_theirs","Wxid":"wxid_their_bot","Data":{"MsgId":%d,`+
		`"FromUserName":{"string":"70000000007@chatroom"},"ToUserName":{"string":"wxid_their_bot"},"MsgType":1,`+
		`"Content":{"string":"wxid_zoe:\n%s"},"Status":3,"MsgSource":"<msgsource><atuserlist>wxid_their_bot</atuserlist></msgsource>",`+
		`"PushContent":"Zoe : %s","CreateTime":1772460180,"NewMsgId":%d,"MsgSeq":5}}}`,
		received.Format(time.RFC3339Nano), 1_500_000_000+id, text, text, 7_000_000_000_000_000_000+id)
}

var recordedAt = time.Date(2026, 3, 2, 14, 3, 0, 0, time.UTC)

// TestReplayWhatASimulatorPosted records the callbacks of one simulator, and plays them into
// another.
func TestReplayWhatASimulatorPosted(t *testing.T) {
	t.Parallel()
	first := start(t)
	recorder := listen(t, first.Simulator, nil)
	alice := first.Group("A").Member("alice")
	asked := alice.Says("@鸿雁 几点开门", "wxid_hongyan_bot")
	alice.Sends(simulator.Draft{Kind: simulator.KindQuote, Quote: asked.Seq, Text: "我也想知道"})
	first.Idles()
	first.Friend("bob").Drops(simulator.File{Name: "报表.xlsx", Size: 2048})
	first.Idles()
	first.Group("A").Phone().Says("typed on the phone")
	first.Does(simulator.Action{Do: simulator.DoRevoke, Seq: asked.Seq})
	bodies := next(t, recorder, 5)
	recording := string(bytes.Join(bodies, []byte("\n"))) + "\n" + string(bodies[0]) // the first one comes twice

	sim := start(t, func(c *simulator.Config) { c.IDs = 99 })
	bot := listen(t, sim.Simulator, nil)
	s := replay(t, sim, "", recording)
	assert.Equal(t, []int{6, 5, 1, 0}, []int{s.Messages, s.Played, s.Repeated, s.Left}, "%+v", s)
	assert.Equal(t, []string{groupA, "wxid_bob"}, s.Chats)
	posted := next(t, bot, 6)
	ids := map[uint64]bool{}
	for i, body := range posted[:5] {
		was, err := callback.Decode(bodies[i])
		require.NoError(t, err)
		is, err := callback.Decode(body)
		require.NoError(t, err)
		assert.Equal(t, []any{was.Kind(), was.Sender, was.Conversation, was.Self, was.AtMe()},
			[]any{is.Kind(), is.Sender, is.Conversation, is.Self, is.AtMe()})
		assert.NotEqual(t, was.NewMsgID, is.NewMsgID, "a new message")
		ids[is.NewMsgID] = true
	}
	assert.Len(t, ids, 5)
	once, err := callback.Decode(posted[0])
	require.NoError(t, err)
	twice, err := callback.Decode(posted[5])
	require.NoError(t, err)
	assert.Equal(t, once.Key(), twice.Key(), "a callback that came twice comes twice")
	messages, err := sim.Messages("A", 0)
	require.NoError(t, err)
	assert.Contains(t, messages[1].Content, fmt.Sprintf("<svrid>%d</svrid>", messages[0].NewMsgID), "the answer is to the message here")
	assert.True(t, messages[0].Revoked)
}

// TestReplayEveryKind plays every sample of a callback, the broken ones included, into a world of
// its own and into one chat.
func TestReplayEveryKind(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../callback/testdata/callbacks/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var recording bytes.Buffer
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var one bytes.Buffer
		if json.Compact(&one, text) != nil {
			one.Reset()
			one.WriteString(strings.ReplaceAll(string(text), "\n", " "))
		}
		recording.Write(append(one.Bytes(), '\n'))
	}
	for _, query := range []string{"", "?into=A", "?into=alice"} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			sim := start(t)
			before := sim.State()
			s := replay(t, sim, query, recording.String())
			assert.Empty(t, s.Error)
			assert.Greater(t, s.Played, 60)
			assert.Equal(t, s.Messages, s.Played+s.Repeated+leftOut(s, "another account"))
			assert.Equal(t, before.Accounts[0].AppID, sim.State().Accounts[0].AppID, "the accounts stay as they are")
			if query != "" {
				assert.Len(t, s.Chats, 1)
			}
			all, err := sim.Messages("", 0)
			require.NoError(t, err)
			for _, m := range all {
				assert.NotContains(t, m.From+m.Conversation, " ", "%+v", m)
			}
			page, _ := browse(t, sim, http.MethodGet, "/chat/"+simulator.DefaultAppID+"/"+all[0].Conversation, "")
			assert.Equal(t, http.StatusOK, page.StatusCode)
		})
	}
}

func leftOut(s replayed, why string) (n int) {
	for _, l := range s.LeftOut {
		if strings.HasPrefix(l.Why, why) {
			n++
		}
	}
	return n
}

// TestReplayStrangers plays a recording of an account and of people that this world does not have.
func TestReplayStrangers(t *testing.T) {
	t.Parallel()
	sim := start(t)
	bot := listen(t, sim.Simulator, nil)
	recording := line(recordedAt, 1, "hello") + "\nnot JSON\n" +
		`{"TypeName":"ModContacts","Appid":"wx_theirs","Wxid":"wxid_their_bot","Data":{"UserName":{"string":"wxid_zoe"}}}`
	s := replay(t, sim, "", recording)
	assert.Equal(t, []int{1, 1, 2}, []int{s.Messages, s.Played, s.Left}, "%+v", s)
	assert.Equal(t, 2, s.LeftOut[0].Line)
	e, err := callback.Decode(next(t, bot, 1)[0])
	require.NoError(t, err)
	assert.Equal(t, []string{simulator.DefaultAppID, simulator.DefaultWxid, "wxid_zoe", "70000000007@chatroom"},
		[]string{e.AppID, e.Wxid, e.Sender, e.Conversation.ID})
	assert.True(t, e.AtMe(), "who mentioned the account there mentions the account here")
	assert.Equal(t, "Zoe", nickOf(sim, "wxid_zoe"))

	s = replay(t, sim, "?into=bob", recording)
	assert.Equal(t, []string{"wxid_bob"}, s.Chats)
	e, err = callback.Decode(next(t, bot, 1)[0])
	require.NoError(t, err)
	assert.Equal(t, []any{"wxid_bob", true}, []any{e.Sender, e.Conversation.IsPrivate()})
}

func nickOf(sim *simulator.Test, wxid string) string {
	for _, c := range sim.State().Contacts {
		if c.Wxid == wxid {
			return c.Nickname
		}
	}
	return ""
}

// TestReplayTimes sets a virtual clock ahead by the gaps, and waits for them.
func TestReplayTimes(t *testing.T) {
	t.Parallel()
	recording := line(recordedAt, 1, "first") + "\n" + line(recordedAt.Add(30*time.Second), 2, "second") + "\n" +
		line(recordedAt.Add(2*time.Hour), 3, "third")
	begins := recordedAt.AddDate(0, 1, 0)
	virtual := func(c *simulator.Config) { c.VirtualClock, c.Begins = true, begins }
	times := func(sim *simulator.Test) (at []time.Duration) {
		all, err := sim.Messages("", 0)
		require.NoError(t, err)
		for _, m := range all {
			at = append(at, time.Unix(m.Time, 0).Sub(begins))
		}
		return at
	}
	want := []time.Duration{0, 30 * time.Second, 2 * time.Hour}

	sim := start(t, virtual)
	replay(t, sim, "?gaps=jump", recording)
	assert.Equal(t, want, times(sim))

	sim = start(t, virtual)
	a := do(t, http.MethodPost, sim.URL()+"/sim/replay?gaps=wait", recording)
	require.Equal(t, http.StatusOK, a.status, a.body)
	require.Eventually(t, func() bool { return len(times(sim)) == 1 }, 30*time.Second, time.Millisecond)
	sim.Advance(3 * time.Hour)
	assert.False(t, replayState(t, do(t, http.MethodGet, sim.URL()+"/sim/replay?wait=50s", "")).Running)
	assert.Equal(t, want, times(sim))
}

// TestReplayRefusals names what is wrong, plays one recording at a time, and stops it.
func TestReplayRefusals(t *testing.T) {
	t.Parallel()
	sim := start(t, func(c *simulator.Config) { c.VirtualClock = true })
	one := line(recordedAt, 1, "hello")
	for query, wrong := range map[string][2]string{
		"":               {"", "there is no message in it"},
		"?gaps=skip":     {"hello\n{}", "line 1: it is not a callback"},
		"?gaps=never":    {one, `"gaps" is skip, jump or wait`},
		"?into=nobody":   {one, "neither a group nor a person"},
		"?into=grace":    {one, "has no chat"},
		"?app_id=wx_nil": {one, "no account"},
		"?speed=2":       {one, `no parameter "speed"`},
	} {
		a := do(t, http.MethodPost, sim.URL()+"/sim/replay"+query, wrong[0])
		assert.Equal(t, http.StatusBadRequest, a.status, query)
		assert.Contains(t, a.json(t)["error"], wrong[1], query)
	}
	long := one + "\n" + line(recordedAt.Add(time.Hour), 2, "later")
	require.Equal(t, http.StatusOK, do(t, http.MethodPost, sim.URL()+"/sim/replay?gaps=wait", long).status)
	assert.Equal(t, http.StatusConflict, do(t, http.MethodPost, sim.URL()+"/sim/replay", one).status)
	do(t, http.MethodDelete, sim.URL()+"/sim/replay", "")
	s := replayState(t, do(t, http.MethodGet, sim.URL()+"/sim/replay?wait=50s", ""))
	assert.Equal(t, []any{false, "it was stopped"}, []any{s.Running, s.Error})
	assert.LessOrEqual(t, s.Played, 1)
}
