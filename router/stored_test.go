package router_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The keys of the entries in testdata/stored. A program that writes or reads others loses the forms
// that were open when it was updated.
const (
	storedForm     = "form/wx_app/100@chatroom/wxid_alice"
	storedReminder = "form-due/001700000180000/" + storedForm
	storedStep     = "once/wx_app:1000000000001/command:%E6%8A%A5%E4%BF%AE/order"
	storedOrder    = `{"value":17,"sends":1}`
)

// storedTalk is a conversation in which each byte that is stored is known before.
func storedTalk(t *testing.T) (*talk, *[]string) {
	t.Helper()
	var rows []string
	r := router.New()
	r.Command("报修", func(c *router.Context) error {
		order, err := router.Remember(c, "order", func() (int, error) { return 17, c.Reply("受理中") })
		if err != nil {
			return err
		}
		what, err := c.Ask("什么坏了？", router.Valid(func(s string) bool { return s != "?" }, "请说明"),
			router.Timeout(3*time.Minute), router.OnTimeout("超时了"), router.OnTooLong("太长"), router.Mention())
		if err != nil {
			return err
		}
		photo, err := router.AskFor[*xmlmsg.Image](c, "发一张照片", router.Timeout(3*time.Minute), router.CancelWords("算了"))
		if err != nil {
			return err
		}
		if what == "crash" {
			return errors.New("no database")
		}
		rows = append(rows, what+" "+photo.AESKey)
		return c.Replyf("工单 %d", order)
	})
	r.Text(router.Say("其它"))
	k := newTalk(t, r)
	k.id, k.names = 1e12, directory{}
	k.now = func() time.Time { return time.Unix(1700000000, 0).UTC() }
	return k, &rows
}

const (
	storedFrom  = groupA + "/wxid_alice"
	storedImage = `<msg><img aeskey="k" length="3"/></msg>`
)

// storedStages are the states of a form, with what is said until it is stored so, and what the
// group reads when the next message answers it.
func storedStages() map[string]struct {
	said   []string // the messages of Alice before
	next   string   // the message that a later version of the program handles
	want   []string
	rows   []string
	failed bool
} {
	return map[string]struct {
		said   []string
		next   string
		want   []string
		rows   []string
		failed bool
	}{
		"waiting": {
			said: []string{"报修"}, next: "灯", want: []string{"发一张照片"},
		},
		"asked-again": {
			said: []string{"报修", "?"}, next: "灯", want: []string{"发一张照片"},
		},
		"picture": {
			said: []string{"报修", "灯"}, next: storedImage, want: []string{"工单 17"}, rows: []string{"灯 k"},
		},
		"cancel-word": {
			said: []string{"报修", "灯"}, next: "算了", want: []string{"已取消"},
		},
		"running": {
			said: []string{"报修", "crash", storedImage}, next: "喂", want: []string{"其它"}, failed: true,
		},
		"failed": {
			said: []string{"报修", "crash", storedImage, "喂"}, next: "喂", want: []string{"其它"}, failed: true,
		},
		"done": {
			said: []string{"报修", "灯", storedImage}, next: "喂", want: []string{"其它"},
		},
	}
}

func (k *talk) hear(from, content string) error {
	kind := 1
	if strings.HasPrefix(content, "<") {
		kind = 3
	}
	_, err := k.serve(k.event(from, kind, content))
	return err
}

// TestFormIsStoredAsBefore compares what is stored with the bytes that earlier versions stored.
func TestFormIsStoredAsBefore(t *testing.T) {
	t.Parallel()
	for name, test := range storedStages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _ := storedTalk(t)
			for i, said := range test.said {
				err := k.hear(storedFrom, said)
				if test.failed && i == 2 {
					require.ErrorContains(t, err, "no database")
					continue
				}
				require.NoError(t, err)
			}
			assert.Equal(t, stored(t, name), get(t, k.state, storedForm))
			assert.Empty(t, get(t, k.state, storedReminder))
			assert.Equal(t, storedOrder, get(t, k.state, storedStep))
		})
	}
}

func stored(t *testing.T, name string) string {
	t.Helper()
	if name == "cancel-word" {
		name = "picture" // another answer to the same question
	}
	data, err := os.ReadFile(filepath.Join("testdata", "stored", name+".json"))
	require.NoError(t, err)
	return strings.TrimSuffix(string(data), "\n")
}

// TestAFormOfAnOlderVersion goes on with the literal bytes that an earlier version of the program
// has stored.
func TestAFormOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	for name, test := range storedStages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, rows := storedTalk(t)
			put(t, k.state, storedForm, stored(t, name))
			put(t, k.state, storedStep, storedOrder)
			k.id += 10 // later than all that was said
			require.NoError(t, k.hear(storedFrom, test.next))
			assert.Equal(t, test.want, trimmed(k.said))
			assert.Equal(t, test.rows, *rows)
			for i, key := range k.keys {
				if name == "picture" {
					assert.Equal(t, "wx_app:1000000000001/command:报修/4", key, "send %d", i+1)
				}
			}
		})
	}
}

// TestAnOlderFormRunsOut ends a form by the reminder that an earlier version of the program has
// stored.
func TestAnOlderFormRunsOut(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{"waiting": {"超时了"}, "picture": nil, "running": nil, "done": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _ := storedTalk(t)
			put(t, k.state, storedForm, stored(t, name))
			put(t, k.state, storedReminder, "")
			k.now = func() time.Time { return time.Unix(1700000181, 0).UTC() }
			assert.Equal(t, want, trimmed(k.expire()))
			_, err := k.state.Get(t.Context(), storedReminder)
			require.ErrorIs(t, err, store.ErrNotFound)
		})
	}
}

// TestAFormThatCannotBeRead is left alone: a message takes its usual way, whatever the state holds.
func TestAFormThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"not JSON":    "form",
		"other types": `{"route":1}`,
		"no status":   `{"route":"command:报修"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _ := storedTalk(t)
			put(t, k.state, storedForm, value)
			put(t, k.state, storedReminder, "")
			k.now = func() time.Time { return time.Unix(1700000181, 0).UTC() }
			assert.Empty(t, k.expire())
			assert.Equal(t, []string{groupA + ": 其它"}, k.says(storedFrom, "灯"))
			assert.Equal(t, value, get(t, k.state, storedForm))
			assert.Equal(t, []string{"受理中", "@爱丽丝\u2005什么坏了？"}, trimmed(k.says(storedFrom, "报修")), "another form replaces it")
		})
	}
}

// TestAStepThatCannotBeRead is an error that names the step.
func TestAStepThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"not JSON":       "17",
		"another type":   `{"value":"17"}`,
		"negative sends": `{"value":17,"sends":-5}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _ := storedTalk(t)
			put(t, k.state, storedStep, value)
			require.ErrorContains(t, k.hear(storedFrom, "报修"), `router: step "order"`)
			assert.Empty(t, k.said)
		})
	}
}

func put(t *testing.T, state store.State, key, value string) {
	t.Helper()
	_, err := state.Put(context.WithoutCancel(t.Context()), key, []byte(value), 0)
	require.NoError(t, err)
}

func get(t *testing.T, state store.State, key string) string {
	t.Helper()
	entry, err := state.Get(t.Context(), key)
	require.NoError(t, err)
	return string(entry.Value)
}

// TestStoresAreReadAsBefore reads values by the keys at which earlier versions stored them.
func TestStoresAreReadAsBefore(t *testing.T) {
	t.Parallel()
	for key, scope := range map[string]router.Scope{
		"session/c/wx_app/100@chatroom/topic":            router.ByChat,
		"session/s/wx_app/100@chatroom/wxid_alice/topic": router.BySender,
		"session/a/wx_app/topic":                         router.ByAccount,
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			k := newTalk(t, nil)
			put(t, k.state, key, `"cats"`)
			k.inside(storedFrom, func(c *router.Context) {
				var topic string
				_, err := c.Store(scope).Get(c, "topic", &topic)
				require.NoError(t, err)
				assert.Equal(t, "cats", topic)
			})
		})
	}
}
