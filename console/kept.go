package console

import (
	"context"
	"encoding/json"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/store"
)

// kept finds the callback of an event in the log of the gateway; nil if that is not installed, or
// does not keep it any more.
func (c *Console) kept(ctx context.Context, key string) *callback.Event {
	lines, err := c.back.Log().Read(ctx, "gateway", store.LineQuery{Key: key, Limit: 1})
	if err != nil || len(lines) == 0 {
		return nil
	}
	var stored struct {
		Body json.RawMessage `json:"body"`
		Wxid string          `json:"wxid"`
	}
	if json.Unmarshal(lines[0].Data, &stored) != nil || len(stored.Body) == 0 {
		return nil
	}
	decoder := callback.Decoder{Wxid: func(string) string { return stored.Wxid }}
	e, err := decoder.Decode(stored.Body)
	if err != nil {
		return nil
	}
	return e
}
