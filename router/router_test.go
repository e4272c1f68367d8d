package router_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestFirstMatchWins(t *testing.T) {
	t.Parallel()
	var log []string
	r := router.New()
	r.Any(trace(&log, "group", nil), match.Group())
	r.Any(trace(&log, "hello", nil), match.Keyword("hello"))
	r.Any(trace(&log, "any", nil))
	for _, e := range []*callback.Event{text(t, "hello"), groupText(t, "hello"), text(t, "other")} {
		serve(t, r, e)
	}
	assert.Equal(t, []string{"hello", "group", "any"}, log)
}

func TestNextPassesOn(t *testing.T) {
	t.Parallel()
	var log []string
	r := router.New()
	r.Any(trace(&log, "first", router.Next)).Passes()
	r.Any(trace(&log, "wrapped", fmt.Errorf("not mine: %w", router.Next))).Passes()
	r.Any(trace(&log, "last", nil))
	outcome, err := r.Dispatch(t.Context(), text(t, "x"), router.Services{}, router.Run{})
	require.NoError(t, err)
	assert.Equal(t, []string{"first", "wrapped", "last"}, log)
	assert.Contains(t, outcome.Route, "any@router_test.go:")
}

func TestNobodyWantsTheEvent(t *testing.T) {
	t.Parallel()
	outcome, err := router.New().Dispatch(t.Context(), text(t, "x"), router.Services{}, router.Run{})
	require.NoError(t, err)
	assert.Equal(t, router.Outcome{}, outcome)
}

func TestErrorOfTheHandlerComesBack(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	r := router.New()
	r.Any(func(*router.Context) error { return broken }).Named("mine")
	outcome, err := r.Dispatch(t.Context(), text(t, "x"), router.Services{}, router.Run{})
	require.ErrorIs(t, err, broken)
	assert.Equal(t, "mine", outcome.Route)
}

func TestTypedHandlersGetTheirKind(t *testing.T) {
	t.Parallel()
	var got []string
	r := router.New()
	note := func(p xmlmsg.Payload) error { got = append(got, string(p.Kind())); return nil }
	r.Text(func(_ *router.Context, p *xmlmsg.Text) error { return note(p) })
	r.Image(func(_ *router.Context, p *xmlmsg.Image) error { return note(p) })
	r.File(func(_ *router.Context, p *xmlmsg.File) error { return note(p) })
	router.On(r.Group, func(_ *router.Context, p *xmlmsg.FileNotice) error { return note(p) })
	r.Link(func(_ *router.Context, p *xmlmsg.Link) error { return note(p) })
	r.GroupInvite(func(_ *router.Context, p *xmlmsg.GroupInvite) error { return note(p) })
	r.Raw(func(_ *router.Context, p *xmlmsg.Raw) error { return note(p) })
	app := func(appType, more string) string {
		return "<msg><appmsg><title>t</title><type>" + appType + "</type>" + more + "</appmsg></msg>"
	}
	for _, e := range []*callback.Event{
		text(t, "x"), message(t, 3, "wxid_alice", `<msg><img aeskey="00"/></msg>`),
		message(t, 49, "wxid_alice", app("6", "")), message(t, 49, "wxid_alice", app("74", "")), message(t, 49, "wxid_alice", app("5", "")),
		message(t, 49, "wxid_alice", app("5", "<url>https://example.com/addchatroombyinvite</url>")), message(t, 49, "wxid_alice", "<msg"),
	} {
		serve(t, r, e)
	}
	assert.Equal(t, []string{"text", "image", "file", "file_notice", "link", "group_invite", "raw"}, got)
}

func TestObserversSeeEverythingAndConsumeNothing(t *testing.T) {
	t.Parallel()
	var log []string
	r := router.New()
	r.Any(trace(&log, "handler", nil))
	r.Observe(trace(&log, "observer", errors.New("broken")))
	r.Observe(func(*router.Context) error { panic("worse") })
	r.Observe(trace(&log, "group observer", nil), match.Group())
	serve(t, r, text(t, "x"))
	serve(t, r, groupText(t, "x"))
	assert.Equal(t, []string{"observer", "handler", "observer", "group observer", "handler"}, log)
}

func TestMiddlewareRunsAroundItsGroup(t *testing.T) {
	t.Parallel()
	var log []string
	around := func(name string) router.Middleware {
		return func(next router.Handler) router.Handler {
			return func(c *router.Context) error {
				log = append(log, name+" in "+c.Route())
				err := next(c)
				log = append(log, name+" out")
				return err
			}
		}
	}
	r := router.New()
	g := r.Where(match.Group())
	g.Any(trace(&log, "in the group", nil)).Named("g")
	g.Use(around("second"), around("third")) // also for routes that are there already
	r.Any(trace(&log, "outside", nil)).Named("o")
	r.Use(around("first"))
	serve(t, r, groupText(t, "x"))
	serve(t, r, text(t, "x"))
	assert.Equal(t, []string{
		"first in ", "second in g", "third in g", "in the group", "third out", "second out", "first out",
		"first in ", "outside", "first out",
	}, log)
}

func TestGroupsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	var log []string
	r := router.New()
	early := r.Where(match.Keyword("x"))
	r.Any(trace(&log, "root", nil))
	early.Where(match.Private()).Any(trace(&log, "nested", nil)) // registered last, but its group came first
	serve(t, r, text(t, "x"))
	assert.Equal(t, []string{"nested"}, log)
}

func TestCapturesBelongToTheirRoute(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.Any(func(*router.Context) error { return nil }, match.Regexp(`(?P<id>\d+)`), match.Group())
	var id, order string
	r.Any(func(c *router.Context) error {
		id, order = c.Capture("id"), c.Capture("order")
		return nil
	}, match.Regexp(`查单 (?P<order>\d+)`))
	serve(t, r, text(t, "查单 7"))
	assert.Equal(t, "7", order)
	assert.Empty(t, id, "what a route captured that did not match after all")
}

func TestMisuseFailsAtRegistration(t *testing.T) {
	t.Parallel()
	fails := func(want string, f func(*router.Router)) {
		t.Helper()
		defer func() {
			t.Helper()
			got := fmt.Sprint(recover())
			assert.Contains(t, got, want)
			assert.Contains(t, got, "router_test.go:", "the sentence must name the place")
		}()
		f(router.New())
	}
	ok := func(*router.Context) error { return nil }
	fails("the text handler at", func(r *router.Router) { r.Text(nil) })
	fails("the handler at", func(r *router.Router) { r.Any(nil) })
	fails("the observer at", func(r *router.Router) { r.Observe(nil) })
	fails("matcher 2 is nil", func(r *router.Router) { r.Any(ok, match.Private(), nil) })
	fails("the middleware is nil", func(r *router.Router) { r.Use(nil) })
	fails("comes after the start", func(r *router.Router) { r.Freeze(); r.Any(ok) })
	fails("comes after the start", func(r *router.Router) { g := r.Where(match.Group()); r.Freeze(); g.Any(ok) })
}

func TestRoutesThatCanNeverRun(t *testing.T) {
	t.Parallel()
	ok := func(*router.Context) error { return nil }
	txt := func(*router.Context, *xmlmsg.Text) error { return nil }
	for name, test := range map[string]struct {
		register func(r *router.Router)
		conflict bool
	}{
		"the same twice":       {func(r *router.Router) { r.Any(ok, match.In("a")); r.Any(ok, match.In("a")) }, true},
		"a wider one first":    {func(r *router.Router) { r.Any(ok); r.Text(txt, match.In("a")) }, true},
		"a narrower one first": {func(r *router.Router) { r.Text(txt, match.In("a")); r.Any(ok) }, false},
		"the wider one passes": {func(r *router.Router) { r.Any(ok).Passes(); r.Text(txt) }, false},
		"other kinds": {func(r *router.Router) {
			r.Text(txt)
			r.Image(func(*router.Context, *xmlmsg.Image) error { return nil })
		}, false},
		"an observer": {func(r *router.Router) { r.Observe(ok); r.Any(ok); r.Observe(ok) }, false},
		"by the matchers of a group": {func(r *router.Router) { r.Where(match.In("a", "b")).Any(ok); r.Where(match.In("a")).Text(txt) },
			true},
		"other words":                 {func(r *router.Router) { r.Text(txt, match.Keyword("a")); r.Text(txt, match.Keyword("b")) }, false},
		"plugins do not know another": {func(r *router.Router) { r.LiveGroup("").Any(ok); r.LiveGroup("").Any(ok); r.Any(ok) }, false},
		"twice in a plugin":           {func(r *router.Router) { g := r.LiveGroup(""); g.Any(ok); g.Where(match.Group()).Any(ok) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				v := recover()
				if !test.conflict {
					assert.Nil(t, v)
					return
				}
				require.NotNil(t, v)
				assert.Equal(t, 2, strings.Count(fmt.Sprint(v), "router_test.go:"), "the sentence must name both places: %v", v)
			}()
			test.register(router.New())
		})
	}
}

func TestLiveGroupsComeAndGo(t *testing.T) {
	t.Parallel()
	var log []string
	r := router.New()
	r.Freeze()
	g := r.LiveGroup("")
	serve(t, r, text(t, "x"))
	g.Any(trace(&log, "live", nil))
	serve(t, r, text(t, "x"))
	r.Remove(g)
	serve(t, r, text(t, "x"))
	assert.Equal(t, []string{"live"}, log)
}

func TestContextIsAContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	r := router.New()
	r.Use(func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			ctx, cancel := context.WithCancel(context.WithValue(c, key{}, "value"))
			cancel()
			return next(c.WithContext(ctx))
		}
	})
	r.Any(func(c *router.Context) error {
		assert.Equal(t, "value", c.Value(key{}))
		return c.Err()
	})
	require.ErrorIs(t, r.Serve(t.Context(), text(t, "x"), router.Services{}), context.Canceled)
}

// TestIndexChangesNothing compares the routes that the index finds with those that a scan finds.
func TestIndexChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "ab", "abc", "bc", "营业", "业时", "营业时间"})
		ids := rapid.SampledFrom([]string{"wxid_alice", "wxid_bob", groupA, groupB})
		matcher := rapid.Custom(func(rt *rapid.T) match.Matcher {
			switch rapid.IntRange(0, 6).Draw(rt, "matcher") {
			case 0:
				return match.Keyword(rapid.SliceOfN(word, 1, 3).Draw(rt, "words")...)
			case 1:
				return match.Exact(word.Draw(rt, "word"))
			case 2:
				return match.In(rapid.SliceOfN(ids, 1, 2).Draw(rt, "ids")...)
			case 3:
				return match.From(ids.Draw(rt, "id"))
			case 4:
				return match.Regexp(word.Draw(rt, "word") + `(\w?)`)
			case 5:
				return match.Or(match.Keyword(word.Draw(rt, "word")), match.Keyword(word.Draw(rt, "word")))
			default:
				return match.Private()
			}
		})
		r := router.New()
		var hits []int
		routes := rapid.SliceOfN(rapid.SliceOfN(matcher, 0, 3), 1, 12).Draw(rt, "routes")
		for i, ms := range routes {
			r.Any(func(*router.Context) error { hits = append(hits, i); return router.Next }, ms...).Passes()
		}
		from := rapid.SampledFrom([]string{"wxid_alice", "wxid_bob"}).Draw(rt, "from")
		said := strings.Join(rapid.SliceOfN(word, 0, 4).Draw(rt, "text"), "")
		e := message(t, 1, from, said)
		if rapid.Bool().Draw(rt, "in a group") {
			e = message(t, 1, groupA, from+":\n"+said)
		}
		var want []int
		for i, ms := range routes {
			if s := match.NewSubject(e, nil); len(ms) == 0 || match.And(ms...).Match(s) {
				want = append(want, i)
			}
		}
		require.NoError(rt, r.Serve(context.Background(), e, router.Services{}))
		require.Equal(rt, want, hits, "text %q", said)
	})
}
