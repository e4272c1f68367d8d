package monitor_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/monitor"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCounts(t *testing.T) {
	t.Parallel()
	m := monitor.NewMetrics()
	m.Callback(monitor.Accepted)
	m.Callback(monitor.Accepted)
	m.Callback(monitor.Duplicate)
	m.Event(monitor.Failed)
	m.Drop("self")
	m.Send("/message/postText", monitor.SendSent)
	m.Send("/message/postFile", monitor.SendSent)
	m.Send("/message/postFile", monitor.SendUnknown)
	m.Gated("hold")
	assert.Equal(t, monitor.Counts{
		Callbacks: map[string]int{monitor.Accepted: 2, monitor.Duplicate: 1, monitor.Refused: 0},
		Events:    map[string]int{monitor.Handled: 0, monitor.Unhandled: 0, monitor.Failed: 1},
		Drops:     map[string]int{"self": 1},
		Sends:     map[string]int{monitor.SendSent: 2, monitor.SendUnknown: 1},
		Gated:     map[string]int{"hold": 1},
	}, m.Counts())
}

// TestLabelsAreBounded counts what is beyond the bound together: nothing that comes from outside
// makes the metrics grow without end.
func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	m := monitor.NewMetrics()
	for i := range 1000 {
		m.Drop(fmt.Sprint("reason ", i))
	}
	drops := m.Counts().Drops
	assert.Len(t, drops, 101)
	assert.Equal(t, 900, drops[monitor.OtherLabel])
	assert.Equal(t, 1, drops["reason 99"])
}

type executed api.Executed

func (executed) Error() string            { return "failed" }
func (e executed) Executed() api.Executed { return api.Executed(e) }

func TestOutcomeOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, monitor.SendSent},
		{errors.New("anything"), monitor.SendUnknown},
		{executed(api.ExecutedUnknown), monitor.SendUnknown},
		{executed(api.ExecutedYes), monitor.SendUnknown},
		{fmt.Errorf("wrapped: %w", executed(api.ExecutedNo)), monitor.SendRefused},
	} {
		assert.Equal(t, c.want, monitor.OutcomeOf(c.err), "%v", c.err)
	}
}

// TestEveryMetricIsDocumented compares the names that can appear with the table, both ways.
func TestEveryMetricIsDocumented(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/en/metrics.md")
	require.NoError(t, err)
	types := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(hongyan_\\w+)` \\| (counter|gauge|histogram) "+
		"").FindAllStringSubmatch(string(document), -1) {
		types[m[1]] = m[2]
	}
	metrics := monitor.NewMetrics()
	w := newWorld(t, func(c *monitor.Config) { c.Metrics = metrics })
	assert.ElementsMatch(t, metrics.Names(), slices.Collect(maps.Keys(types)))
	metrics.Rejected(http.StatusUnauthorized)
	metrics.Drop("self")
	metrics.Ran("route", time.Second, true)
	metrics.Stuck("route")
	metrics.Send("/message/postText", monitor.SendSent)
	metrics.Budget(app, "day", 1)
	w.callback()
	w.fall()
	_, text := get(t, w.Monitor, "/metrics")
	typed := regexp.MustCompile(`(?m)^# TYPE (hongyan_\w+) (\w+)$`).FindAllStringSubmatch(text, -1)
	require.Greater(t, len(typed), 20)
	for _, m := range typed {
		assert.Equal(t, types[m[1]], m[2], m[1])
	}

	alerts, err := os.ReadFile("../../docs/alerts.yml")
	require.NoError(t, err)
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(alerts, &rules))
	require.NotEmpty(t, rules.Groups[0].Rules)
	for _, r := range rules.Groups[0].Rules {
		names := regexp.MustCompile(`hongyan_\w+`).FindAllString(r.Expr, -1)
		require.NotEmpty(t, names, r.Alert)
		for _, name := range names {
			assert.Contains(t, types, name, r.Alert)
		}
	}
}
