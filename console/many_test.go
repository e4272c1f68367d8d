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
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

// TestManyDeadLetters are on pages of bounded size, by reason, and counted exactly; what is done to
// a group is done to all of it.
func TestManyDeadLetters(t *testing.T) {
	t.Parallel()
	const many = 1500
	w := consoletest.Start(t, console.Config{}, consoletest.Dead(t, many))
	p, api := person(t, w), program(t, w)
	var q struct {
		Counts struct{ Dead int }
		Groups []struct {
			ID, Reason string
			Count      int
		}
		Items []struct{ Seq string }
		Match int
		Next  string
	}
	api.json("queue?view=dead", &q)
	page := p.get("queue?view=dead")
	assert.Less(t, len(page.body), 200<<10)
	assert.NotContains(t, page.body, consoletest.Secret)
	assert.Equal(t, []int{many, many, 100, 7}, []int{q.Counts.Dead, q.Match, len(q.Items), len(q.Groups)})
	seen := map[string]bool{}
	for next, pages := "", 0; pages == 0 || next != ""; pages++ {
		q.Items, q.Next = nil, ""
		api.json("queue?"+url.Values{"view": {"dead"}, "before": {next}}.Encode(), &q)
		for _, x := range q.Items {
			require.False(t, seen[x.Seq])
			seen[x.Seq] = true
		}
		next = q.Next
	}
	assert.Len(t, seen, many)
	group := q.Groups[0]
	preview := p.get("queue/preview?" + url.Values{"view": {"dead"}, "action": {"drop"}, "all": {"1"}, "group": {group.ID}}.Encode())
	assert.Contains(t, preview.body, group.Reason)
	got := api.post("queue/dead/drop", url.Values{"all": {"1"}, "group": {group.ID}})
	require.Equal(t, http.StatusOK, got.status, got.body)
	work := got.body[strings.Index(got.body, `"work": "`)+9:]
	work, _, _ = strings.Cut(work, `"`)
	var x struct {
		Total, Done, Failed int
		Ended               time.Time
	}
	require.Eventually(t, func() bool {
		api.json("works/"+work, &x)
		return !x.Ended.IsZero()
	}, time.Minute, 10*time.Millisecond)
	assert.Equal(t, []int{group.Count, group.Count, 0}, []int{x.Total, x.Done, x.Failed})
	api.json("queue?view=dead", &q)
	assert.Equal(t, many-group.Count, q.Counts.Dead)
}
