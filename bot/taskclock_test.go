package bot_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestTasksOnAVirtualClock has tasks that are due in days, that fail for hours, and turns.
func TestTasksOnAVirtualClock(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	log := stamp{sim: b.Simulator()}
	b.Task("note", func(t *bot.Task[string]) error {
		log.add(t.Data)
		return nil
	})
	b.Task("stubborn", func(t *bot.Task[struct{}]) error {
		if t.Attempt() == 30 {
			log.add("given in")
			return nil
		}
		return errors.New("it fails")
	}, bot.RetryFor(72*time.Hour), bot.Backoff(time.Minute, time.Minute))
	b.Text(func(c *router.Context, m *xmlmsg.Text) error { return c.Later("note", "k", 30*time.Second, m.Body) })
	sim := runs(t, b)
	for after, text := range map[time.Duration]string{10 * time.Hour: "ten hours", 49 * time.Hour: "two days", time.Minute: "a minute"} {
		require.NoError(t, b.Later(t.Context(), "note", text, after, text, bot.InChat(simulator.DefaultAppID, groupA)))
	}
	sim.Advance(10 * time.Second)
	sim.Friend("alice").Says("soon")
	sim.Advance(50 * time.Hour)
	assert.Equal(t, []string{"28 12:00:40 soon", "28 12:01:00 a minute", "28 22:00:00 ten hours", "30 13:00:00 two days"}, log.all())
	require.NoError(t, b.Later(t.Context(), "stubborn", "k", 0, nil))
	sim.Advance(time.Hour)
	require.Len(t, log.all(), 5)
	assert.Contains(t, log.all()[4], "given in")
}

// TestTheLastRunIsAtTheEnd runs tasks that keep failing once more when their time is up, whatever
// their rests were.
func TestTheLastRunIsAtTheEnd(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	const lasts = 10 * time.Minute
	var mu sync.Mutex
	last := map[string]time.Duration{}
	b.Task("failing", func(t *bot.Task[struct{}]) error {
		mu.Lock()
		defer mu.Unlock()
		last[t.Key] = t.Now().Sub(t.Due)
		return errors.New("it fails")
	}, bot.RetryFor(lasts))
	sim := runs(t, b)
	for i := range 20 {
		require.NoError(t, b.Later(t.Context(), "failing", strconv.Itoa(i), 0, nil))
	}
	sim.Advance(30 * time.Minute)
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, last, 20)
	for _, after := range last {
		assert.InDelta(t, lasts, after, float64(time.Second))
	}
}

// TestATurnOnAVirtualClock ends two seconds after its last message, and after twenty at the latest.
func TestATurnOnAVirtualClock(t *testing.T) {
	t.Parallel()
	b := virtual(t)
	turns(b, 2*time.Second)
	sim := runs(t, b)
	alice := sim.Friend("alice")
	alice.Says("one")
	sim.Advance(1900 * time.Millisecond)
	alice.Says("two")
	sim.Advance(1900 * time.Millisecond)
	alice.ExpectNothing()
	sim.Advance(100 * time.Millisecond)
	alice.ExpectText("2: text one, text two")
	for range 14 {
		alice.Says("more")
		sim.Advance(1500 * time.Millisecond)
	}
	alice.Expect("what has come within 20 seconds", func(m simulator.Message) bool { return m.ByBot() && m.Text[:3] == "14:" })
}
