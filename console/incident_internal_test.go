package console

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/bot"
)

// TestIncidents begin and end, and do not grow without bound.
func TestIncidents(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	s := newSeen(func() time.Time { return now })
	health := func(cause string) bot.Health {
		return bot.Health{Accounts: []bot.AccountHealth{{AppID: "wx_a", Cause: cause, Down: now.Add(-time.Minute)}, {AppID: "wx_b"}}}
	}
	s.incidentsAre(health(""))
	assert.Empty(t, s.incidentList())
	s.incidentsAre(health("sends"))
	s.incidentsAre(health("offline"))
	assert.Equal(t, []incident{{"wx_a", "offline", now.Add(-time.Minute), time.Time{}}}, s.incidentList())
	now = now.Add(time.Hour)
	s.incidentsAre(health(""))
	assert.Equal(t, now, s.incidentList()[0].Until)
	for range 3 * maxIncidents {
		s.incidentsAre(health("silence"))
		s.incidentsAre(health(""))
	}
	assert.Len(t, s.incidents, maxIncidents)
	s.waiting(7, 3*time.Second)
	s.waiting(2, time.Second)
	x := s.counts(48, 30*time.Minute)
	assert.Equal(t, 7, x.Queue[47])
	assert.InDelta(t, 3, x.Lag[47], 0)
}
