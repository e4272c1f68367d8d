package soak_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// friends is a world of one account with n friends.
func friends(n int) *simulator.World {
	w := &simulator.World{Accounts: []simulator.Account{{AppID: simulator.DefaultAppID, Wxid: "wxid_hongyan_bot", Nickname: "鸿雁"}}}
	for i := range n {
		w.Contacts = append(w.Contacts, simulator.Contact{Wxid: wxid(i), Nickname: "friend " + strconv.Itoa(i)})
	}
	return w
}

func wxid(i int) string { return fmt.Sprintf("wxid_friend_%03d", i) }

// TestKill9 kills a bot again and again while 50 conversations go on. Then every acknowledged message has been handled, each was answered once, in order, and
// the only answers that may be missing or uncertain are counted as unknown.
func TestKill9(t *testing.T) {
	t.Parallel()
	const conversations = 50
	kills := pick(4, 20)
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.World = friends(conversations)
		c.Retries, c.RetryDelay = 10_000, 20*time.Millisecond
	})
	data := t.TempDir()
	p := launch(t, sim.BaseURL(), data)
	sim.ExpectCallback() // from here on every message is posted
	slowest := p.started

	talking, quiet := context.WithCancel(t.Context())
	var talk sync.WaitGroup
	said := make([]int, conversations)
	for worker := range 2 {
		talk.Go(func() {
			for n := 1; talking.Err() == nil; n++ {
				for i := worker; i < conversations && talking.Err() == nil; i += 2 {
					if _, err := sim.Friend(wxid(i)).Say(strconv.Itoa(n)); err != nil {
						t.Errorf("say: %v", err)
						return
					}
					said[i] = n
				}
				rest(talking, 100*time.Millisecond)
			}
		})
	}
	random := rand.New(rand.NewPCG(5, 9))
	for range kills {
		rest(t.Context(), time.Duration(50+random.IntN(400))*time.Millisecond)
		p.kill(t)
		p = launch(t, sim.BaseURL(), data)
		slowest = max(slowest, p.started)
	}
	quiet()
	talk.Wait()
	require.NoError(t, sim.Settle(t.Context()), "every message is acknowledged at last")
	unknown := settle(t, data)
	p.kill(t)

	total, answered := 0, 0
	for i := range conversations {
		total += said[i]
		answered += checkAnswers(t, sim, i, said[i], unknown[wxid(i)])
	}
	uncertain := 0
	for _, u := range unknown {
		uncertain += len(u)
	}
	t.Logf("%d kills, %d messages, %d answered, %d unknown, slowest start %v", kills, total, answered, uncertain, slowest)
	assert.LessOrEqual(t, uncertain, kills*64, "at most what was under way at each kill")
	if long() {
		assert.Less(t, slowest, time.Second)
	}
}

// checkAnswers looks at one conversation: it returns how many messages were answered.
func checkAnswers(t *testing.T, sim *simulator.Test, i, said int, unknown map[int]bool) int {
	t.Helper()
	messages, err := sim.Friend(wxid(i)).Messages()
	require.NoError(t, err)
	answered, last := map[int]bool{}, 0
	for _, m := range messages {
		text, isAnswer := strings.CutPrefix(m.Text, "re: ")
		if m.Endpoint == "" || !isAnswer {
			continue
		}
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		assert.False(t, answered[n], "%s: message %d was answered twice", wxid(i), n)
		assert.Greater(t, n, last, "%s: answers out of order", wxid(i))
		answered[n], last = true, n
	}
	for n := 1; n <= said; n++ {
		assert.True(t, answered[n] || unknown[n], "%s: message %d was lost", wxid(i), n)
	}
	return len(answered)
}

// settle waits until the inbox is empty, and lists by friend the messages whose answer is unknown.
func settle(t *testing.T, data string) map[string]map[int]bool {
	t.Helper()
	back, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, sqlite.FileName), Maintenance: true})
	require.NoError(t, err)
	defer func() { assert.NoError(t, back.Close()) }()
	require.Eventually(t, func() bool {
		stats, err := back.Inbox().Stats(t.Context())
		return err == nil && stats.Pending+stats.Leased == 0
	}, 2*time.Minute, 50*time.Millisecond, "the bot in the other process handles what is left")

	dead, err := back.Inbox().Dead(t.Context(), 0, 1000)
	require.NoError(t, err)
	unknown := map[string]map[int]bool{}
	for after := uint64(0); ; {
		sends, err := back.Ledger().List(t.Context(), store.SendQuery{States: []store.SendState{store.Unknown}, After: after, Limit: 1000})
		require.NoError(t, err)
		for _, s := range sends {
			after = s.Seq
			_, text, found := strings.Cut(string(s.Body), `"re: `)
			require.True(t, found, "an unknown send that is no answer")
			digits, _, _ := strings.Cut(text, `"`)
			n, err := strconv.Atoi(digits)
			require.NoError(t, err)
			if unknown[s.Target] == nil {
				unknown[s.Target] = map[int]bool{}
			}
			unknown[s.Target][n] = true
		}
		if len(sends) == 0 {
			break
		}
	}
	uncertain := 0
	for _, u := range unknown {
		uncertain += len(u)
	}
	assert.LessOrEqual(t, len(dead), uncertain, "only a message whose answer is unknown is given up")
	return unknown
}

// rest waits a while, unless ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
