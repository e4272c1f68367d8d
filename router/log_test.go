package router_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

type remark struct{ Who, Text string }

func TestLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := memory.New(memory.Config{})
		defer back.Close()
		all := router.NewStore(router.Services{State: back.State(), Log: back.Log()}, "p")
		log := func(s *router.Store) *router.Log[remark] { return router.NewLog[remark](s, "said", 0) }
		a, b := all.Chat("wx_app", groupA), all.Chat("wx_app", groupB)
		const n = 2500 // several pages
		begun := time.Now()
		for i := range n {
			s := a
			if i%5 == 0 {
				s = b
			}
			require.NoError(t, log(s).Append(t.Context(), remark{"alice", (time.Duration(i) * time.Second).String()}))
			time.Sleep(time.Second)
		}
		count := func(s *router.Store, from, to time.Time) (found int) {
			last := uint64(0)
			for line, err := range log(s).Range(t.Context(), from, to) {
				require.NoError(t, err)
				assert.Greater(t, line.Seq, last)
				assert.Equal(t, "alice", line.Data.Who)
				assert.Equal(t, line.Time, begun.Add(mustDuration(t, line.Data.Text)))
				last = line.Seq
				found++
			}
			return found
		}
		assert.Equal(t, n, count(all, time.Time{}, time.Time{}))
		assert.Equal(t, n/5, count(b, time.Time{}, time.Time{}))
		assert.Equal(t, 80, count(a, begun.Add(100*time.Second), begun.Add(200*time.Second)))
		newest, err := log(b).Newest(t.Context(), 2)
		require.NoError(t, err)
		require.Len(t, newest, 2)
		assert.Equal(t, remark{"alice", ((n - 5) * time.Second).String()}, newest[1].Data)
		require.NoError(t, log(b).Clear(t.Context()))
		assert.Equal(t, n-n/5, count(all, time.Time{}, time.Time{}))
		for range log(all).Range(t.Context(), time.Time{}, time.Time{}) {
			break
		}
	})
}

func mustDuration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	require.NoError(t, err)
	return d
}

// TestALineIsAddedOnce fails after its appends.
func TestALineIsAddedOnce(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Text(func(c *router.Context, m *xmlmsg.Text) error {
		log := router.NewLog[string](c.Store(), "l", time.Hour)
		part := router.NewLog[string](c.Store(router.BySender), "l", time.Hour)
		return errors.Join(log.Append(c, m.Body), log.Append(c, m.Body), part.Append(c, m.Body), errors.New("not yet"))
	}).Named("r")
	k := newTalk(t, r)
	e := k.event("wxid_alice", 1, "x")
	for range 3 {
		_, err := k.serve(e)
		require.EqualError(t, err, "not yet")
	}
	lines, err := router.NewLog[string](router.NewStore(k.services(), ""), "l", time.Hour).Newest(t.Context(), 10)
	require.NoError(t, err)
	assert.Len(t, lines, 3)
}

func TestLogsThatAreNot(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	for want, s := range map[error]router.Services{router.ErrNoState: {}, router.ErrNoLog: {State: back.State()}} {
		log := router.NewLog[int](router.NewStore(s, ""), "l", 0)
		require.ErrorIs(t, log.Append(t.Context(), 1), want)
		_, err := log.Newest(t.Context(), 1)
		require.ErrorIs(t, err, want)
		for _, err := range log.Range(t.Context(), time.Time{}, time.Time{}) {
			require.ErrorIs(t, err, want)
		}
		require.ErrorIs(t, log.Clear(t.Context()), want)
	}
	log := router.NewLog[string](router.NewStore(router.Services{State: back.State(), Log: back.Log()}, ""), "l", 0)
	require.NoError(t, log.Append(t.Context(), "a text"))
	_, err := router.NewLog[int](router.NewStore(router.Services{State: back.State(), Log: back.Log()}, ""), "l", 0).Newest(t.Context(), 1)
	require.ErrorContains(t, err, `router: store: log "l"`)
}
