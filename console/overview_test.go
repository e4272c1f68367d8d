package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
)

// TestTheOverviewShowsALogin with its code, where it was begun, and a new code when that has ended.
func TestTheOverviewShowsALogin(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Friend("alice").Says("几点开门")
	w.Friend("alice").ExpectText("营业时间 9:00-18:00")
	p, api := person(t, w), program(t, w)
	assert.NotContains(t, p.get("").body, "code.png")
	got := p.post("accounts/new/login", url.Values{"region": {"310000"}, "back": {"/console/"}})
	require.Equal(t, http.StatusOK, got.status)
	stage := func() string {
		var o struct {
			Login *struct{ Login *struct{ Stage string } }
		}
		api.json("?login=new", &o)
		if o.Login == nil || o.Login.Login == nil {
			return ""
		}
		return o.Login.Login.Stage
	}
	require.Eventually(t, func() bool { return stage() == "code" }, time.Minute, 10*time.Millisecond)
	page := p.get("?login=new").body
	assert.Contains(t, page, "accounts/new/code.png", "it is shown right there")
	assert.Contains(t, page, url.QueryEscape("login-code/new"), "and is live")
	assert.NotContains(t, p.get("").body, "code.png", "a page that did not ask has no code")
	p.post("accounts/new/cancel", nil)
	require.Eventually(t, func() bool { return stage() == "cancelled" }, time.Minute, 10*time.Millisecond)
	assert.Contains(t, p.get("?login=new").body, "accounts/new/again")
	p.post("accounts/new/again", nil)
	require.Eventually(t, func() bool { return stage() == "code" }, time.Minute, 10*time.Millisecond)
	p.post("accounts/new/cancel", nil)
}

// TestTheOverviewHasADay of what waited, and how long.
func TestTheOverviewHasADay(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Trouble(t)
	var o struct {
		Day  struct{ In, Out, Refused []int }
		Load struct {
			Waiting []int
			Lag     []float64 `json:"longest_wait_seconds"`
		}
	}
	program(t, w).json("", &o)
	sum := func(list []int) (n int) {
		for _, x := range list {
			n += x
		}
		return n
	}
	assert.Len(t, o.Day.In, 144)
	assert.Equal(t, []int{6, 1, 2}, []int{sum(o.Day.In), sum(o.Day.Out), sum(o.Day.Refused)})
	assert.Len(t, o.Load.Waiting, 48)
	assert.Len(t, o.Load.Lag, 48)
	page := person(t, w).get("").body
	assert.Equal(t, 4, strings.Count(page, "<svg viewBox"))
}
