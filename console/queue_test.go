package console_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
	"github.com/hongyan-go/hongyan/store"
)

// TestAnOperatorMends goes the way of a person: something failed, why, mend it, retry it.
func TestAnOperatorMends(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Trouble(t)
	p, api := person(t, w), program(t, w)

	var o struct {
		Needs []struct {
			What, Why, Link string
			Count           int
		}
		Counts map[string]int
	}
	api.json("", &o)
	what := map[string]int{}
	for _, n := range o.Needs {
		what[n.What] += n.Count
	}
	assert.Equal(t, map[string]int{"unknown": 1, "dead": 3, "hold": 1}, what, "the letter that waits for the unknown send counts once")

	var q queue
	api.json("queue?view=dead", &q)
	require.Equal(t, 4, q.Match)
	var sheets string
	for _, g := range q.Groups {
		if g.Source == "sheets" {
			sheets = g.ID
			assert.Equal(t, []any{2, 2}, []any{g.Count, g.Chats})
			assert.Equal(t, "sheets: 503 from http://tables.example.com", g.Reason)
		}
	}
	require.NotEmpty(t, sheets)
	page := p.get("queue?view=dead&group=" + sheets)
	assert.Contains(t, page.body, "/console/queue/preview?action=retry")
	preview := "queue/preview?view=dead&action=retry&all=1&group=" + sheets + "&upto=" + q.Upto
	assert.Contains(t, p.get(preview).body, "2")

	w.Mended.Store(true)
	got := p.post("queue/dead/retry", url.Values{"all": {"1"}, "group": {sheets}, "upto": {q.Upto}})
	require.Contains(t, got.place, "/console/works/")
	w.Friend("alice").ExpectText("记下了：表格 一 " + consoletest.Secret)
	w.Friend("bob").ExpectText("记下了：表格 二 " + consoletest.Secret)
	var work struct{ Total, Done, Failed, Gone int }
	require.Eventually(t, func() bool {
		api.json(got.place[len("/console/"):], &work)
		return work.Done == 2
	}, time.Minute, 5*time.Millisecond)
	api.json("queue?view=dead&group="+sheets, &q)
	assert.Zero(t, q.Match)
}

// TestDecisions of unknown, held and refused sends.
func TestDecisions(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Trouble(t)
	p, api := person(t, w), program(t, w)
	only := func(view string) string {
		var q queue
		api.json("queue?view="+view, &q)
		for _, x := range q.Items {
			if view != "failed" || x.State == string(store.Refused) {
				return x.Key
			}
		}
		t.Fatal("there is none: " + view)
		return ""
	}
	held := only("held")
	got := p.post("queue/held/release", url.Values{"ref": {held}})
	assert.Equal(t, http.StatusOK, got.status)
	w.Friend("bob").ExpectText("收到 回声 工资 " + consoletest.Secret)

	unknown := only("unknown")
	got = api.post("queue/unknown/release", url.Values{"ref": {unknown}})
	assert.Equal(t, http.StatusUnprocessableEntity, got.status, "that is no action of an unknown send")
	got = api.post("queue/unknown/sent", url.Values{"ref": {unknown}})
	assert.Equal(t, http.StatusOK, got.status, got.body)
	s, err := w.Store.Ledger().Get(t.Context(), unknown)
	require.NoError(t, err)
	assert.Equal(t, store.Sent, s.State)
	got = api.post("queue/unknown/sent", url.Values{"ref": {unknown}})
	assert.Equal(t, http.StatusUnprocessableEntity, got.status, "it is not unknown any more")

	failed := only("failed")
	got = api.do(http.MethodPost, "queue/failed/resend", nil, map[string]string{"Content-Type": "application/json"})
	assert.Equal(t, http.StatusBadRequest, got.status, "an empty body is no JSON")
	got = api.post("queue/failed/resend", url.Values{"ref": {failed}})
	assert.Equal(t, http.StatusOK, got.status, got.body)
	w.Friend("alice").ExpectText("收到 回声 一 " + consoletest.Secret)
	assert.Equal(t, http.StatusUnprocessableEntity, api.post("queue/failed/resend", nil).status, "nothing is selected")
	assert.Equal(t, http.StatusNotFound, api.post("queue/dead/drop", url.Values{"ref": {"12345"}}).status)
	assert.Equal(t, http.StatusNotFound, api.post("queue/dead/drop", url.Values{"ref": {"-1"}}).status)
}

// TestTextIsShownOnDemand and that is noted.
func TestTextIsShownOnDemand(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Trouble(t)
	p, api := person(t, w), program(t, w)
	var q queue
	api.json("queue?view=dead", &q)
	path := "dead/" + q.Items[len(q.Items)-1].Seq
	assert.NotContains(t, p.get(path).body, consoletest.Secret)
	assert.Contains(t, p.get(path+"?text=1").body, consoletest.Secret)
	assert.Contains(t, p.get("about").body, path[len("dead/"):])
	assert.NotContains(t, p.get("log").body, consoletest.Secret)
}

// TestTheKillSwitch stops all sending, is in sight on every page, and ends.
func TestTheKillSwitch(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	p := person(t, w)
	p.post("stop", url.Values{"reason": {"<b>fire</b>"}})
	w.Friend("alice").Says("几点开门")
	for _, path := range []string{"", "log", "rules", "about", "tasks"} {
		page := p.get(path).body
		assert.Contains(t, page, "&lt;b&gt;fire&lt;/b&gt;", path)
		assert.Contains(t, page, `action="/console/resume"`, path)
	}
	p.post("resume", url.Values{"back": {"/console/log"}})
	w.Friend("alice").ExpectText("营业时间 9:00-18:00")
	assert.NotContains(t, p.get("").body, "fire</b>")
}
