package gateway

import (
	"context"
	"fmt"
	"strings"

	"encoding/json"

	"github.com/hongyan-go/hongyan/store"
)

// Forget deletes the events of a person from the log of the gateway, also of one that is running:
// those that the person has caused, and those of the private chat. It returns how many they were.
func Forget(ctx context.Context, back store.Store, wxid string) (n int, err error) {
	for after := uint64(0); ; {
		lines, err := back.Log().Read(ctx, logName, store.LineQuery{After: after, Limit: eventPage})
		if err != nil {
			return n, fmt.Errorf("gateway: the log of the events: %w", err)
		}
		for _, l := range lines {
			after = l.Seq
			x, err := parse(l)
			if err != nil || !isOf(x, wxid) {
				continue
			}
			if err := back.Log().Forget(ctx, logName, l.Key); err != nil {
				return n, fmt.Errorf("gateway: the log of the events: %w", err)
			}
			n++
		}
		if len(lines) < eventPage {
			return n, nil
		}
	}
}

// isOf reports whether an event is of a person.
func isOf(x event, wxid string) bool {
	if x.Chat.ID == wxid {
		return true
	}
	var who struct {
		Sender personView `json:"sender"`
	}
	return strings.Contains(string(x.Event), wxid) && json.Unmarshal(x.Event, &who) == nil && who.Sender.ID == wxid
}
