package outbox_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TestAPersonUsesTheKeyOfTheAuthor passes the key that a handler gave its send, as list shows it,
// to each of a person's commands.
func TestAPersonUsesTheKeyOfTheAuthor(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	commands := map[string]func(store.Ledger, string) (store.Send, error){
		"resend": func(l store.Ledger, key string) (store.Send, error) { return outbox.Resend(ctx, l, key, 0) },
		"sent":   func(l store.Ledger, key string) (store.Send, error) { return outbox.MarkSent(ctx, l, key) },
		"drop":   func(l store.Ledger, key string) (store.Send, error) { return outbox.Drop(ctx, l, key) },
	}
	const authored, event = "report/2026-08-03/x", "wx_a:1/shop/1"
	for name, command := range commands {
		for given, test := range map[string]struct {
			keys []string // of the ledger
			want string   // the entry that is changed, or a part of the error
			fail bool
		}{
			authored:            {keys: []string{outbox.AccountKey("a", authored), "other"}, want: "key/a/report/2026-08-03/x"},
			"key/a/" + authored: {keys: []string{outbox.AccountKey("a", authored), authored}, want: "key/a/report/2026-08-03/x"},
			event:               {keys: []string{event, outbox.AccountKey("a", "k")}, want: event},
			"cli":               {keys: []string{"cli", outbox.AccountKey("a", "k")}, want: "cli"},
			"a part#2": {keys: []string{outbox.AccountKey("a", "a part#2"), outbox.AccountKey("a", "a part")},
				want: "key/a/a part#2"},
			"of two accounts": {keys: []string{outbox.AccountKey("a", "of two accounts"),
				outbox.AccountKey("b", "of two accounts")}, want: `"key/b/of two accounts"`, fail: true},
			"of a person and a handler": {keys: []string{"of a person and a handler", outbox.AccountKey("a", "of a person and a handler")},
				want: `give one of ["of a person`, fail: true},
			"2026-08-03/x": {keys: []string{outbox.AccountKey("a", authored)}, want: "hongyan outbox list shows the keys", fail: true},
		} {
			t.Run(name+" "+given, func(t *testing.T) {
				t.Parallel()
				l := memory.New(memory.Config{}).Ledger()
				for _, key := range test.keys {
					s := store.Send{Key: key, Account: "a", Target: "x", Endpoint: "/message/postText", Body: []byte("{}"),
						State: store.Unknown}
					if key == event {
						s.Event = "wx_a:1"
					}
					if len(key) > 6 && key[:6] == "key/b/" {
						s.Account = "b"
					}
					_, _, err := l.Reserve(context.Background(), s)
					require.NoError(t, err)
				}
				s, err := command(l, given)
				if test.fail {
					require.ErrorContains(t, err, test.want)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, test.want, s.Key)
				assert.NotEqual(t, store.Unknown, s.State)
			})
		}
	}
}

func TestGivenKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		outbox.AccountKey("a", "noon"):       "noon",
		outbox.AccountKey("a", "key/a/noon"): "key/a/noon",
		outbox.AccountKey("b", "noon"):       "key/b/noon", // not of this account
		"wx_a:1/shop/1":                      "wx_a:1/shop/1",
		"key/a/":                             "key/a/",
	} {
		assert.Equal(t, want, outbox.GivenKey(store.Send{Key: key, Account: "a"}))
	}
}
