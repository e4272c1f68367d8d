package monitor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// Incident is an open incident: an account that does not work.
type Incident struct {
	Account string    `json:"account"`
	State   State     `json:"state"`
	Cause   Cause     `json:"cause"`
	Since   time.Time `json:"since"`
}

// Incidents reads the open incidents of all accounts from the state of a bot. The bot may run in
// another process, or not at all.
func Incidents(ctx context.Context, s store.State) ([]Incident, error) {
	const page = 200
	var open []Incident
	for after := ""; ; {
		entries, err := s.List(ctx, recordKey, after, page)
		if err != nil {
			return nil, fmt.Errorf("monitor: %w", err)
		}
		for _, e := range entries {
			after = e.Key
			var r record
			if json.Unmarshal(e.Value, &r) == nil && r.Open { // the bot replaces a corrupt record
				open = append(open, Incident{strings.TrimPrefix(e.Key, recordKey), r.State, r.Cause, r.Since})
			}
		}
		if len(entries) < page {
			return open, nil
		}
	}
}
