package plugin

import (
	"math/rand/v2"
	"time"

	"github.com/hongyan-go/hongyan/outbox"
)

// Draw is a time of a range, drawn at random: how long a task waits. A handler that runs again
// draws another one, which does not matter, as the task is there already.
func Draw(r outbox.Range) time.Duration {
	return r.Min + rand.N(max(r.Max-r.Min, 0)+1) //nolint:gosec // it spreads sends, and keeps no secret
}
