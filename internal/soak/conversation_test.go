package soak_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// friends returns a world of one account with n friends.
func friends(n int) *simulator.World {
	w := &simulator.World{Accounts: []simulator.Account{{AppID: simulator.DefaultAppID, Wxid: "wxid_hongyan_bot", Nickname: "鸿雁"}}}
	for i := range n {
		w.Contacts = append(w.Contacts, simulator.Contact{Wxid: wxid(i), Nickname: "friend " + strconv.Itoa(i)})
	}
	return w
}

func wxid(i int) string { return fmt.Sprintf("wxid_friend_%03d", i) }

// talk lets all friends say 1, 2, 3 … until hush is called, which returns the last number of each.
func talk(t *testing.T, sim *simulator.Test, conversations int) (hush func() []int) {
	t.Helper()
	talking, quiet := context.WithCancel(t.Context())
	var talkers sync.WaitGroup
	said := make([]int, conversations)
	for worker := range 2 {
		talkers.Go(func() {
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
	return func() []int {
		quiet()
		talkers.Wait()
		return said
	}
}

// settle waits until the bots in other processes have handled all events in the inbox.
func settle(t *testing.T, back store.Store) {
	t.Helper()
	require.Eventually(t, func() bool {
		stats, err := back.Inbox().Stats(t.Context())
		if err != nil || stats.Pending+stats.Leased > 0 {
			return false
		}
		tasks := task.Tasks{State: back.State(), Inbox: back.Inbox()}
		later, _, err := tasks.List(t.Context(), "", 1)
		if err != nil || len(later) > 0 {
			return false
		}
		stats, err = back.Inbox().Stats(t.Context()) // a task that was due in between
		return err == nil && stats.Pending+stats.Leased == 0
	}, 2*time.Minute, 50*time.Millisecond, "the bots handle what is left")
}

// done reports whether every message was answered, or its answer is unknown: while partitions move,
// the inbox cannot be counted.
func done(t *testing.T, sim *simulator.Test, back store.Store, said []int) bool {
	t.Helper()
	unknown := unknownAnswers(t, back)
	for i, n := range said {
		answers := len(unknown[wxid(i)])
		messages, err := sim.Friend(wxid(i)).Messages()
		require.NoError(t, err)
		for _, m := range messages {
			if m.Endpoint != "" && strings.HasPrefix(m.Text, "re: ") {
				answers++
			}
		}
		if answers < n {
			return false
		}
	}
	return true
}

// result counts the messages by outcome.
type result struct{ said, answered, unknown int }

func (r result) String() string {
	return fmt.Sprintf("%d messages, %d answered, %d unknown", r.said, r.answered, r.unknown)
}

// check checks the guarantees: every message was answered once, in order, or its answer is unknown.
func check(t *testing.T, sim *simulator.Test, back store.Store, said []int) result {
	t.Helper()
	unknown := unknownAnswers(t, back)
	var r result
	for i := range said {
		r.said += said[i]
		r.answered += checkAnswers(t, sim, i, said[i], unknown[wxid(i)])
		r.unknown += len(unknown[wxid(i)])
	}
	dead, err := back.Inbox().Dead(t.Context(), 0, 1000)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(dead), r.unknown, "only a message whose answer is unknown is given up")
	return r
}

// checkAnswers checks one conversation. It returns the number of answered messages.
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

// unknownAnswers returns, for each friend, the messages whose answer may have been sent.
func unknownAnswers(t *testing.T, back store.Store) map[string]map[int]bool {
	t.Helper()
	unknown := map[string]map[int]bool{}
	for after := uint64(0); ; {
		sends, err := back.Ledger().List(t.Context(), store.SendQuery{States: []store.SendState{store.Unknown}, After: after, Limit: 1000})
		require.NoError(t, err)
		if len(sends) == 0 {
			return unknown
		}
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
	}
}

// rest waits for d, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
