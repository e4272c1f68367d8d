package monitor_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TestFailuresAreReportedOnce: new ones after an hour, or when the others were settled; the alerts
// themselves, and what gates and people have decided, are none.
func TestFailuresAreReportedOnce(t *testing.T) {
	t.Parallel()
	back := memory.New(memory.Config{})
	defer back.Close()
	var got []monitor.Failure
	ahead := time.Duration(0)
	review := func(after time.Duration) []monitor.Failure {
		t.Helper()
		ahead += after
		got = nil
		m, err := monitor.New(monitor.Config{ // another process each time
			Store: back, Metrics: monitor.NewMetrics(), Online: func(context.Context, string) (bool, error) { return true, nil },
			Failed: func(f monitor.Failure) { got = append(got, f) }, Clock: clock.Func(func() time.Time { return time.Now().Add(ahead) }),
		})
		require.NoError(t, err)
		m.Review(t.Context())
		return got
	}
	reserve := func(key, endpoint string, state store.SendState, result string) store.Send {
		s, added, err := back.Ledger().Reserve(t.Context(), store.Send{
			Key: key, Account: "wx_a", Target: "wxid_x", Endpoint: endpoint, State: store.Held, Source: "route",
		})
		require.NoError(t, err)
		require.True(t, added)
		if state != store.Held {
			s.State, s.Result = state, []byte(result)
			s, err = back.Ledger().Update(t.Context(), s)
			require.NoError(t, err)
		}
		return s
	}
	assert.Empty(t, review(0))
	held := reserve("held", "/message/postText", store.Held, "")
	assert.Empty(t, review(0), "others may follow")
	first := review(3 * time.Second)
	require.Len(t, first, 1)
	assert.Equal(t, monitor.HeldSend, first[0].Kind)
	assert.Contains(t, first[0].Text, `hongyan outbox release or drop "held"`)
	assert.Empty(t, review(2*time.Hour), "nothing is new")

	reserve("unknown", "/message/postText", store.Unknown, "")
	assert.Len(t, review(3*time.Second), 1, "another kind")
	second := reserve("unknown2", "/message/postText", store.Unknown, "")
	assert.Empty(t, review(time.Minute), "within the hour")
	assert.Len(t, review(time.Hour), 1)

	held.State = store.Refused
	_, err := back.Ledger().Update(t.Context(), held)
	require.NoError(t, err)
	assert.Empty(t, review(time.Second))
	reserve("held2", "/message/postText", store.Held, "")
	assert.Len(t, review(time.Second), 1, "the others were settled")
	assert.Equal(t, "unknown2", second.Key)

	for key, result := range map[string]string{"a": `{"refused":"gate"}`, "b": `{"refused":"dropped"}`, "c": `{"refused":"dry run"}`} {
		reserve(key, "/message/forwardFile", store.Refused, result)
	}
	reserve("key/wx_a/monitor/1", "/message/forwardFile", store.Unknown, "")
	reserve("text", "/message/postText", store.Refused, `{"refused":"service"}`)
	assert.Empty(t, review(2*time.Hour))
	reserve("file", "/message/forwardFile", store.Refused, `{"refused":"service"}`)
	lost := review(3 * time.Second)
	require.Len(t, lost, 1)
	assert.Equal(t, monitor.LostForward, lost[0].Kind)
}
