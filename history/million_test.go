package history_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/history"
	"github.com/hongyan-go/hongyan/store/memory"
)

// BenchmarkMessages measures questions to a history of HONGYAN_MESSAGES messages, 100,000 by
// default: in 1,000 chats, of which the first has a tenth, by 5,000 people, in a Chinese of 2,000
// characters of which some are frequent; a number tells them apart. HONGYAN_HISTORY is a folder in
// which the file is kept, for the next run.
func BenchmarkMessages(b *testing.B) {
	n := 100_000
	if set, err := strconv.Atoi(os.Getenv("HONGYAN_MESSAGES")); err == nil {
		n = set
	}
	folder := os.Getenv("HONGYAN_HISTORY")
	if folder == "" {
		folder = b.TempDir()
	}
	path := filepath.Join(folder, history.FileName)
	f := fill(b, path, n)
	size, err := os.Stat(path)
	require.NoError(b, err)
	n = f.Rows(b)
	b.Logf("%d messages: %d MB", n, size.Size()>>20)
	loud, quiet := []string{"1@chatroom"}, []string{"700@chatroom"}
	p, err := f.Messages(b.Context(), history.Query{Chats: loud})
	require.NoError(b, err)
	half := p.Messages[len(p.Messages)-1].Time.Add(-time.Duration(n/2) * each)
	p, err = f.Messages(b.Context(), history.Query{Chats: loud, To: half})
	require.NoError(b, err)
	middle := p.Messages[0].Cursor
	for name, ask := range map[string]func() (history.Page, error){
		"page/newest": func() (history.Page, error) { return f.Messages(b.Context(), history.Query{Chats: loud}) },
		"page/middle": func() (history.Page, error) {
			return f.Messages(b.Context(), history.Query{Chats: loud, Before: middle})
		},
		"page/quiet":    func() (history.Page, error) { return f.Messages(b.Context(), history.Query{Chats: quiet}) },
		"page/all":      func() (history.Page, error) { return f.Messages(b.Context(), history.Query{}) },
		"search/common": func() (history.Page, error) { return f.Search(b.Context(), history.Query{Words: word(0) + word(1)}) },
		"search/single": func() (history.Page, error) { return f.Search(b.Context(), history.Query{Words: word(0)}) },
		"search/rare": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: "订单" + strconv.Itoa(n/3)})
		},
		"search/long": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0) + word(1) + word(2) + word(0)})
		},
		"search/two": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0) + " " + word(40)})
		},
		"search/quietchat": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0), Chats: quiet})
		},
		"search/person": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0), Person: "wxid_77"})
		},
		"search/nothing": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0) + word(1) + "zzz"})
		},
		"search/period": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0), To: half})
		},
		"search/personchat": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0), Person: "wxid_77", Chats: loud})
		},
		"search/apart": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: strings.Repeat(word(0), 3) + " " + strings.Repeat(word(1), 3), Chats: quiet})
		},
		"search/contradict": func() (history.Page, error) {
			return f.Search(b.Context(), history.Query{Words: word(0) + " " + word(1), Person: "wxid_77", Chats: quiet})
		},
	} {
		b.Run(name, func(b *testing.B) {
			var worst []time.Duration
			found, rest := 0, 0
			for b.Loop() {
				began := time.Now()
				p, err := ask()
				require.NoError(b, err)
				worst = append(worst, time.Since(began))
				if found = len(p.Messages); !p.LookedBack.IsZero() {
					rest++
				}
			}
			slices.Sort(worst)
			b.ReportMetric(float64(worst[0].Microseconds())/1000, "least-ms") // on a machine that is busy, near what an idle one takes
			b.ReportMetric(float64(worst[len(worst)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(worst[len(worst)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(found), "found")
			b.ReportMetric(float64(rest)/float64(len(worst)), "to-be-continued")
		})
	}
}

// each is the time between two messages.
const each = 10 * time.Millisecond

// word is a character, the more frequent the smaller i.
func word(i int) string { return string(rune(0x4e00 + i)) }

// fill opens a file of many messages, and makes it if it is not there.
func fill(b *testing.B, path string, n int) *history.File {
	b.Helper()
	_, missing := os.Stat(path)
	back := memory.New(memory.Config{})
	b.Cleanup(func() { _ = back.Close() })
	f, err := history.Open(b.Context(), path, back, 365*24*time.Hour, time.Now)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, f.Close()) })
	if missing == nil {
		return f
	}
	random := rand.New(rand.NewPCG(1, 2))
	frequent := rand.NewZipf(random, 1.3, 8, 1999)
	began := time.Now()
	first := began.Add(-time.Duration(n) * each)
	f.Fill(b, n, func(i int) history.Say {
		chat := 1
		if random.IntN(10) > 0 {
			chat = 2 + random.IntN(999)
		}
		var text strings.Builder
		for range 4 + random.IntN(25) {
			text.WriteString(word(int(frequent.Uint64())))
		}
		return history.Say{
			Key: fmt.Sprint("wx_a:", i+1), Chat: fmt.Sprint(chat, "@chatroom"), Sender: fmt.Sprint("wxid_", random.IntN(5000)),
			Text: text.String(), Time: first.Add(time.Duration(i) * each),
		}
	})
	b.Logf("filled in %v", time.Since(began).Round(time.Second))
	require.NoError(b, f.Close()) // with what makes a fill quick
	f, err = history.Open(b.Context(), path, back, 365*24*time.Hour, time.Now)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, f.Close()) })
	return f
}
