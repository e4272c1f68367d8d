package consoletest

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store"
)

// Dead returns what puts n dead letters into the store of a bot before it starts: texts with
// Secret in them, from 300 chats, of seven reasons.
func Dead(t testing.TB, n int) func(*bot.Config) {
	t.Helper()
	return func(c *bot.Config) {
		t.Helper()
		in := c.Store.Inbox()
		type word struct {
			String string `json:"string"`
		}
		each(t, n, func(i int) error {
			chat := fmt.Sprintf("1%07d@chatroom", i%300)
			body, err := json.Marshal(map[string]any{
				"TypeName": "AddMsg", "Appid": "wx_demo0000000000000001", "Wxid": "wxid_own",
				"Data": map[string]any{
					"MsgId": i + 1, "NewMsgId": i + 1, "MsgType": 1, "Status": 3, "CreateTime": 1_770_000_000 + i,
					"FromUserName": word{chat},
					"ToUserName":   word{"wxid_own"}, "Content": word{fmt.Sprintf("wxid_%d:\n表格 %d %s", i%1000, i, Secret)},
				},
			})
			if err != nil {
				return err
			}
			_, err = in.Append(t.Context(), store.Item{
				Lane: "wx_demo0000000000000001/" + chat, Key: fmt.Sprintf("wx_demo0000000000000001:%d", i+1), Received: time.Now(),
				Body: body,
			})
			return err
		})
		for left := n; left > 0; {
			leases, err := in.Lease(t.Context(), min(left, 300), time.Minute)
			require.NoError(t, err)
			each(t, len(leases), func(i int) error {
				why := fmt.Sprintf("sheets: %d from http://tables.example.com/%d", 500+leases[i].Seq%7, leases[i].Seq)
				if leases[i].Seq%7 > 0 {
					why = fmt.Sprintf("fault %c", 'a'+rune(leases[i].Seq%7))
				}
				return in.Bury(t.Context(), leases[i], store.Failure{Reason: why, Stack: "goroutine 1 [running]"})
			})
			left -= len(leases)
		}
	}
}

// each calls f for all numbers below n, many at once, so that they share the flushes of the disk.
func each(t testing.TB, n int, f func(int) error) {
	t.Helper()
	const at = 200
	var all sync.WaitGroup
	errs := make([]error, at)
	for w := range at {
		all.Go(func() {
			for i := w; i < n && errs[w] == nil; i += at {
				errs[w] = f(i)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}
