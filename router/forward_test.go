package router_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const groupC = "300@chatroom"

// outcomes is a Sender with an outcome for each endpoint and target; it notes what is tried, and
// with which key.
type outcomes struct {
	fails map[string]error // "postText 200@chatroom"
	tried []string
	keys  map[string]string
	after func()
}

func (s *outcomes) Send(_ context.Context, o outbox.Message) (*api.SentMessage, error) {
	what := strings.TrimPrefix(api.EndpointOf(o), "/message/") + " " + api.TargetOf(o)
	s.tried = append(s.tried, what)
	if s.keys == nil {
		s.keys = map[string]string{}
	}
	s.keys[what] = o.Key
	if s.after != nil {
		s.after()
	}
	if err := s.fails[what]; err != nil {
		return nil, err
	}
	return &api.SentMessage{To: api.TargetOf(o)}, nil
}

// outcome is an error as those of the outbox.
type outcome struct {
	text     string
	executed api.Executed
}

func (e outcome) Error() string          { return e.text }
func (e outcome) Executed() api.Executed { return e.executed }

var (
	errNo    = router.Permanent(outcome{"not in the group", api.ExecutedNo})
	errLater = outcome{"too many requests", api.ExecutedNo}
	errDoubt = router.Permanent(outcome{"time-out", api.ExecutedUnknown})
)

// runForward is a handler that forwards a file to three groups.
func runForward(t *testing.T, s *outcomes, options ...router.ForwardOption) error {
	t.Helper()
	r := router.New()
	r.Any(func(c *router.Context) error { return c.ForwardAll([]string{groupA, groupB, groupC}, options...) }).Named("files")
	return r.Serve(t.Context(), message(t, 49, "wxid_alice", fileXML), router.Services{Sender: s})
}

func TestForwardAllTriesAll(t *testing.T) {
	t.Parallel()
	all := []string{"forwardFile " + groupA, "forwardFile " + groupB, "forwardFile " + groupC}
	for name, test := range map[string]struct {
		fails     map[string]error
		failed    []string
		permanent bool
	}{
		"all is well":          {nil, nil, false},
		"the first is refused": {map[string]error{all[0]: errNo}, []string{groupA}, true},
		"the last is in doubt": {map[string]error{all[2]: errDoubt}, []string{groupC}, true},
		"one can be tried again": {
			map[string]error{all[0]: errNo, all[1]: errLater}, []string{groupA, groupB}, false,
		},
		"none gets it": {map[string]error{all[0]: errNo, all[1]: errNo, all[2]: errDoubt}, []string{groupA, groupB, groupC}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &outcomes{fails: test.fails}
			err := runForward(t, s)
			assert.Equal(t, all, s.tried)
			if test.failed == nil {
				require.NoError(t, err)
				return
			}
			var failed *router.ForwardError
			require.ErrorAs(t, err, &failed)
			var got []string
			for _, f := range failed.Failed {
				got = append(got, f.To)
				require.ErrorIs(t, err, test.fails["forwardFile "+f.To])
				require.ErrorContains(t, err, f.To)
			}
			assert.Equal(t, test.failed, got)
			assert.Equal(t, test.permanent, router.IsPermanent(err), "another run is for those that it can help")
		})
	}
}

// TestCaptionAndFile are one thing: what has become of one decides about the other.
func TestCaptionAndFile(t *testing.T) {
	t.Parallel()
	caption, file := "postText "+groupB, "forwardFile "+groupB
	for name, test := range map[string]struct {
		fails map[string]error
		tried []string
		says  string
	}{
		"both go out": {nil, []string{caption, file}, ""},
		"the caption is refused": {map[string]error{caption: errNo}, []string{caption},
			"the caption was not sent, so the message was not: router: send to 200@chatroom: not in the group"},
		"the caption has to wait": {map[string]error{caption: errLater}, []string{caption}, "so the message was not: "},
		"the caption is in doubt": {map[string]error{caption: errDoubt}, []string{caption, file},
			"the message was sent, but not all of its caption, or not certainly: "},
		"the caption says nothing": {map[string]error{caption: errors.New("?")}, []string{caption, file},
			"the message was sent, but not all of its caption"},
		"the file is refused": {map[string]error{file: errNo}, []string{caption, file},
			"the caption stands without its message, which was not sent: "},
		"the file is in doubt": {map[string]error{file: errDoubt}, []string{caption, file},
			"the caption stands, and its message may be missing: "},
		"in doubt, and then refused": {map[string]error{caption: errDoubt, file: errNo}, []string{caption, file}, "time-out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &outcomes{fails: test.fails}
			r := router.New()
			r.Any(func(c *router.Context) error { return c.Forward(groupB, router.Caption("c")) })
			err := r.Serve(t.Context(), message(t, 49, "wxid_alice", fileXML), router.Services{Sender: s})
			assert.Equal(t, test.tried, s.tried)
			if test.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.says)
			for _, cause := range test.fails {
				require.ErrorIs(t, err, cause)
			}
		})
	}
}

// TestALongCaption goes out in parts: as soon as one of them is in the chat, the file follows.
func TestALongCaption(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("好。", 500)
	for fail, want := range map[int]int{0: 3, 1: 1, 2: 3} {
		n := 0
		s := &outcomes{fails: map[string]error{}}
		s.after = func() {
			if n++; n == fail {
				s.fails["postText "+groupB] = errNo
			}
		}
		r := router.New()
		r.Any(func(c *router.Context) error { return c.Forward(groupB, router.Caption(long)) })
		err := r.Serve(t.Context(), message(t, 49, "wxid_alice", fileXML), router.Services{Sender: s})
		assert.Len(t, s.tried, want, "part %d fails", fail)
		assert.Equal(t, fail == 0, err == nil)
	}
	s := &outcomes{}
	require.ErrorIs(t, runForward(t, s, router.Caption(strings.Repeat(long, 10))), router.ErrTooManyParts)
	assert.Empty(t, s.tried)
}

// TestTheHandlersTimeIsOver while it waits for the caption, which stays in the queue: the file
// joins it.
func TestTheHandlersTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	pending := outcome{"not sent yet", api.ExecutedUnknown}
	s := &outcomes{fails: map[string]error{"postText " + groupB: pending}, after: cancel}
	r := router.New()
	r.Any(func(c *router.Context) error { return c.Forward(groupB, router.Caption("c")) })
	err := r.Serve(ctx, message(t, 49, "wxid_alice", fileXML), router.Services{Sender: senderFunc(
		func(ctx context.Context, o outbox.Message) (*api.SentMessage, error) {
			if api.EndpointOf(o) == "/message/forwardFile" {
				require.NoError(t, ctx.Err())
				assert.True(t, o.Queued, "nobody has the time to wait for it")
			}
			return s.Send(ctx, o)
		})})
	require.ErrorIs(t, err, pending)
	assert.False(t, router.IsPermanent(err))
	assert.Equal(t, []string{"postText " + groupB, "forwardFile " + groupB}, s.tried)
}

type senderFunc func(ctx context.Context, o outbox.Message) (*api.SentMessage, error)

func (f senderFunc) Send(ctx context.Context, o outbox.Message) (*api.SentMessage, error) {
	return f(ctx, o)
}

// TestASecondRunHasTheSameKeys whatever failed in the first: else the ledger could not answer for
// what was sent.
func TestASecondRunHasTheSameKeys(t *testing.T) {
	t.Parallel()
	run := func(fails map[string]error) map[string]string {
		s := &outcomes{fails: fails}
		r := router.New()
		r.Any(func(c *router.Context) error {
			return router.Each(
				c.Reply("一二三四。五六七八。", router.SplitAt(6)),
				c.ForwardAll([]string{groupA, groupB, groupC}, router.Caption("c")),
			)
		}).Named("files")
		_ = r.Serve(t.Context(), message(t, 49, "wxid_alice", fileXML), router.Services{Sender: s})
		return s.keys
	}
	whole := run(nil)
	require.Len(t, whole, 7)
	for what := range whole {
		for key, value := range run(map[string]error{what: errLater}) {
			if key != "postText wxid_alice" { // the last of its parts
				assert.Equal(t, whole[key], value, "%s, when %s fails", key, what)
			}
		}
	}
	s := &outcomes{}
	require.NoError(t, runForward(t, s, router.Key("sheet")))
	seen := map[string]bool{}
	for _, key := range s.keys {
		seen[key] = true
	}
	assert.Len(t, seen, 3, "an author's key is one for each target")
}

// TestAFileThatTheServiceCannotFind has no ids of the cdn: that is known before anything is sent.
func TestAFileThatTheServiceCannotFind(t *testing.T) {
	t.Parallel()
	file := func(attach string) string {
		return "<msg><appmsg><title>t.pdf</title><type>6</type><appattach><totallen>7</totallen>" + attach + "</appattach></appmsg></msg>"
	}
	for attach, ok := range map[string]bool{
		"": false, "<cdnattachurl></cdnattachurl><attachid> </attachid>": false, "<aeskey>00</aeskey><md5>00</md5>": false,
		"<cdnattachurl>3057</cdnattachurl>": true, "<attachid>@cdn_3057_00_1</attachid>": true,
	} {
		for _, forward := range []func(c *router.Context) error{
			func(c *router.Context) error { return c.Forward(groupB) },
			func(c *router.Context) error { return c.Forward(groupB, router.Caption("c"), router.Retitle("x.pdf")) },
			func(c *router.Context) error { return c.ForwardAll([]string{groupB, groupC}, router.Caption("c")) },
		} {
			sent, _, err := handle(t, message(t, 49, "wxid_alice", file(attach)), forward)
			if ok {
				require.NoError(t, err, attach)
				continue
			}
			require.ErrorIs(t, err, router.ErrNotForwardable, attach)
			assert.True(t, router.IsPermanent(err))
			assert.Empty(t, sent, attach)
		}
	}
}

// TestAnAnswerHasABoundOfParts sends all or nothing.
func TestAnAnswerHasABoundOfParts(t *testing.T) {
	t.Parallel()
	long := func(parts int) string { return strings.Repeat("字", parts*router.DefaultSplit) }
	for name, test := range map[string]struct {
		text    string
		options []router.SendOption
		want    int // 0: refused
	}{
		"ten":                  {long(10), nil, 10},
		"eleven":               {long(11), nil, 0},
		"100,000 characters":   {strings.Repeat("字", 100_000), nil, 0},
		"more is allowed":      {long(11), []router.SendOption{router.MaxParts(11)}, 11},
		"less is allowed":      {long(3), []router.SendOption{router.MaxParts(2)}, 0},
		"no bound":             {long(30), []router.SendOption{router.MaxParts(0)}, 30},
		"no bound, said so":    {long(30), []router.SendOption{router.MaxParts(-1)}, 30},
		"short parts":          {strings.Repeat("字", 300), []router.SendOption{router.SplitAt(20)}, 0},
		"one part of any size": {long(30), []router.SendOption{router.SplitAt(0)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, send := range []func(c *router.Context) error{
				func(c *router.Context) error { return c.Reply(test.text, test.options...) },
				func(c *router.Context) error { return c.To(groupB).SendText(test.text, test.options...) },
			} {
				sent, _, err := handle(t, text(t, "x"), send)
				assert.Len(t, sent, test.want)
				if test.want > 0 {
					require.NoError(t, err)
					continue
				}
				require.ErrorIs(t, err, router.ErrTooManyParts)
				require.ErrorContains(t, err, "router.MaxParts")
				assert.True(t, router.IsPermanent(err))
			}
		})
	}
}

// An answer that may be long in its own right says so; what would be longer still is an error, and
// nothing of it is sent.
func ExampleMaxParts() {
	r := router.New()
	r.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		err := c.Reply(strings.Repeat("字", 4000), router.MaxParts(3))
		fmt.Println(errors.Is(err, router.ErrTooManyParts))
		return nil
	})
	e, _ := callback.Decode([]byte(`{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":1,` +
		`"FromUserName":{"string":"wxid_a"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"hi"}}}`))
	_ = r.Serve(context.Background(), e, router.Services{Sender: &recorder{}})
	// Output: true
}
