package history_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/history"
)

// TestASearchByPersonChatAndTime compares what is found with what was said, for each combination of
// words, person, chats and period, in a file of many blocks in which a message has come late; also
// in a file of the version before, and when that goes on.
func TestASearchByPersonChatAndTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), history.FileName)
	back := newStore(t)
	f := open(t, back, path)
	began := time.Now().Add(-100 * time.Hour).Truncate(time.Hour)
	var said []history.Say // in the order of the log
	add := func(n int) {
		for range n {
			i := len(said)
			m := history.Say{
				Key: fmt.Sprint("k", i), Chat: fmt.Sprint(i%3, "@chatroom"), Sender: fmt.Sprint("wxid_", i%4),
				Text: []string{"发票", "发货", "invoice 发票"}[i/2%3], Time: began.Add(time.Duration(i) * time.Hour),
			}
			if i == 40 {
				m.Time = began.Add(90 * time.Minute) // it has waited somewhere
			}
			f.Add(t, int64(i*9000+1), m)
			said = append(said, m)
		}
	}
	add(60)
	compare := func(version string) {
		t.Helper()
		for _, words := range []string{"", "发", "发票", "invoice 发"} {
			for _, person := range []string{"", "wxid_1", "wxid_9"} {
				for _, chats := range [][]string{nil, {"1@chatroom"}, {"0@chatroom", "2@chatroom"}} {
					for _, period := range [][2]int{{}, {20, 0}, {0, 30}, {1, 2}, {25, 27}, {200, 300}} {
						if words+person == "" {
							continue
						}
						q := history.Query{Words: words, Person: person, Chats: chats, Limit: 7}
						if period[0] > 0 {
							q.From = began.Add(time.Duration(period[0]) * time.Hour)
						}
						if period[1] > 0 {
							q.To = began.Add(time.Duration(period[1]) * time.Hour)
						}
						assert.Equal(t, wanted(said, q), keys(t, f, q), "%s: %+v", version, q)
					}
				}
			}
		}
	}
	compare("new")
	f.MakeOld(t)
	require.NoError(t, f.Close())
	f = open(t, back, path)
	compare("of the version before")
	add(20)
	compare("that goes on")
}

// wanted are the keys of what a search should find, the newest place first.
func wanted(said []history.Say, q history.Query) []string {
	list := []string{}
	for _, m := range slices.Backward(said) {
		has := func(word string) bool { return strings.Contains(m.Text, word) }
		if !slices.ContainsFunc(strings.Fields(q.Words), func(word string) bool { return !has(word) }) &&
			(q.Person == "" || m.Sender == q.Person) && (q.Chats == nil || slices.Contains(q.Chats, m.Chat)) &&
			!m.Time.Before(q.From) && (q.To.IsZero() || m.Time.Before(q.To)) {
			list = append(list, m.Key)
		}
	}
	return list
}

// keys are the keys of what a search finds, page by page.
func keys(t *testing.T, f *history.File, q history.Query) []string {
	t.Helper()
	list := []string{}
	for {
		p, err := f.Search(t.Context(), q)
		require.NoError(t, err)
		for _, m := range p.Messages {
			list = append(list, m.Key)
		}
		if q.Before = p.Older; q.Before == "" {
			return list
		}
	}
}

// TestASearchInParts finds the same in one part and in many, also if each call has time for one.
func TestASearchInParts(t *testing.T) {
	t.Parallel()
	back := newStore(t)
	f := open(t, back, "")
	for i := range 40 {
		say(t, back, i, "1@chatroom", "wxid_a", map[bool]string{true: "发票", false: "别的"}[i%7 == 0])
	}
	q := history.Query{Words: "发票", Limit: 4}
	all := func(part int64, most time.Duration) (keys []string, calls int) {
		q := q
		for {
			p := f.Look(t, q, part, most)
			for _, m := range p.Messages {
				keys = append(keys, m.Key)
			}
			assert.LessOrEqual(t, len(p.Messages), 4)
			if stopped := p.Older != "" && len(p.Messages) < 4; assert.Equal(t, stopped, !p.LookedBack.IsZero()) && stopped {
				assert.WithinDuration(t, time.Now().Add(-24*time.Hour), p.LookedBack, time.Minute, "it says how far back it has looked")
			}
			calls++
			if q.Before = p.Older; q.Before == "" {
				return keys, calls
			}
		}
	}
	want := []string{"wx_a:35", "wx_a:28", "wx_a:21", "wx_a:14", "wx_a:7", "wx_a:0"}
	for _, part := range []int64{1, 3, 1000} {
		for _, most := range []time.Duration{0, time.Hour} {
			got, calls := all(part, most)
			assert.Equal(t, want, got, "%d %v", part, most)
			if most == 0 && part == 1 {
				assert.GreaterOrEqual(t, calls, 40)
			}
		}
	}
}
