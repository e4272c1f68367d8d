package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
)

// TestSchedulesAreOperated: run once now, paused and resumed, by a person and by a program; each is
// noted.
func TestSchedulesAreOperated(t *testing.T) {
	t.Parallel()
	w := start(t, console.Config{})
	w.Friend("alice").Says("几点开门")
	w.Friend("alice").ExpectText("营业时间 9:00-18:00") // now the account is known
	p, api := person(t, w), program(t, w)
	name := url.Values{"name": {"welcome/digest"}}
	type schedule struct {
		Name   string
		Paused bool
		Next   time.Time
	}
	state := func() (x struct{ Schedules []schedule }) {
		api.json("tasks?view=schedules", &x)
		x.Schedules = slices.DeleteFunc(x.Schedules, func(s schedule) bool { return s.Name != "welcome/digest" })
		require.Len(t, x.Schedules, 1)
		return x
	}
	require.Eventually(t, func() bool { // its record is there a moment after the start
		return p.post("schedules/run", name).status == http.StatusOK && api.post("schedules/run", name).status == http.StatusOK
	}, time.Minute, 10*time.Millisecond)
	w.Friend("alice").ExpectText("晚安")
	assert.False(t, state().Schedules[0].Next.IsZero())
	got := p.post("schedules/pause", name)
	assert.Contains(t, got.body, "welcome/digest")
	assert.True(t, state().Schedules[0].Paused)
	assert.True(t, state().Schedules[0].Next.IsZero())
	assert.Equal(t, http.StatusOK, api.post("schedules/resume", name).status)
	assert.False(t, state().Schedules[0].Paused)
	assert.Equal(t, http.StatusNotFound, api.post("schedules/run", url.Values{"name": {"<none>"}}).status)
	assert.Equal(t, http.StatusUnprocessableEntity, api.post("schedules/explode", name).status)
	var about struct{ Audit []struct{ What, On string } }
	api.json("about", &about)
	assert.Equal(t, "welcome/digest resume", about.Audit[2].On)
}
