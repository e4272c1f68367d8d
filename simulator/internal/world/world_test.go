package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/delivery"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const group = "10000000001@chatroom"

// start makes a world with an account, two people and a group, and no bot that is posted to.
func start(t *testing.T) *world.World {
	t.Helper()
	life := lifetime.New()
	c := clock.Or(nil)
	out := delivery.New(life, delivery.Config{Clock: c, Log: func(string, ...any) {}})
	t.Cleanup(func() {
		life.Close()
		life.WaitGoroutines()
	})
	return world.New(world.Config{
		Accounts: []*world.Account{{
			AppID: "wx_a", Wxid: "wxid_me", Nickname: "Me", Friends: []string{"wxid_ann"}, Groups: []string{group},
		}},
		Contacts: []world.Contact{{Wxid: "wxid_ann", Nickname: "Ann"}, {Wxid: "wxid_bob", Nickname: "Bob"}},
		Groups: []*world.Group{{
			ID: group, Name: "A", Owner: "wxid_me", Members: []world.Member{{Wxid: "wxid_me"}, {Wxid: "wxid_ann"}},
		}},
		Seed: 1, History: 100, Clock: c, Lifetime: life, Out: out,
		Faults: faults.NewSet(life, clock.Func(nil), 1, func(string) bool { return true }),
	})
}

func TestPost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		draft        message.Draft
		conversation string
		wrong        string // empty: nothing
	}{
		"to the only account": {draft: message.Draft{From: "ann", Kind: "text", Text: "hi"}, conversation: "wxid_ann"},
		"to a group":          {draft: message.Draft{From: "Ann", To: "A", Kind: "text", Text: "hi"}, conversation: group},
		"on the phone":        {draft: message.Draft{From: "wxid_me", To: "wxid_ann", Kind: "text", Text: "hi"}, conversation: "wxid_ann"},
		"from nowhere":        {draft: message.Draft{Kind: "text", Text: "hi"}, wrong: `"from" is missing`},
		"from a stranger":     {draft: message.Draft{From: "zoe", Kind: "text", Text: "hi"}, wrong: "zoe"},
		"not a member":        {draft: message.Draft{From: "bob", To: "A", Kind: "text", Text: "hi"}, wrong: "not"},
		"without a text":      {draft: message.Draft{From: "ann", Kind: "text"}, wrong: `needs "text"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			m, err := w.Post(test.draft)
			w.Lock()
			defer w.Unlock()
			if test.wrong != "" {
				require.ErrorContains(t, err, test.wrong)
				assert.Empty(t, w.Messages.After(0))
				return
			}
			require.NoError(t, err)
			n := 0
			for kept := range w.MessagesAfter(test.conversation, 0) {
				assert.Equal(t, m.NewMsgID, kept.NewMsgID)
				n++
			}
			assert.Equal(t, 1, n)
			for range w.MessagesAfter("wxid_bob", 0) {
				assert.Fail(t, "it is in another conversation")
			}
		})
	}
}

// TestMembers brings people into a group and takes them out again, up to its end.
func TestMembers(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.Lock()
	defer w.Unlock()
	g, err := w.People.Group("A")
	require.NoError(t, err)
	w.AddMembers(g, "wxid_me", []string{"wxid_bob", "wxid_ann"})
	assert.True(t, g.Has("wxid_bob"))
	assert.Len(t, g.Members, 3, "Ann was there")
	w.RemoveMembers(g, "wxid_me", []string{"wxid_ann"})
	assert.False(t, g.Has("wxid_ann"))
	w.Leave(g, "wxid_me")
	assert.Equal(t, "wxid_bob", g.Owner, "the owner has left")
	assert.Empty(t, w.People.ByApp("wx_a").Groups)
	w.Disband(g)
	assert.Nil(t, w.People.GroupByID(group))
	var texts []string
	for m := range w.MessagesAfter("", 0) {
		texts = append(texts, m.Text)
	}
	assert.NotEmpty(t, texts, "the notices")
}

// TestTheSameSeed gives the same ids.
func TestTheSameSeed(t *testing.T) {
	t.Parallel()
	ids := func() []any {
		w := start(t)
		w.Lock()
		defer w.Unlock()
		return []any{w.IDs.NewMsgID(), w.IDs.Key(), w.IDs.Digest("a"), w.NewGroupID(), w.IDs.UploadToken()}
	}
	first := ids()
	assert.Equal(t, first, ids())
	assert.Greater(t, first[0], uint64(1<<53), "more than a float64 can hold")
}
