package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/store"
)

// auditLog is the log of what was done in the console, auditKept how long it is kept.
const (
	auditLog  = pluginName + "/audit"
	auditKept = 90 * 24 * time.Hour
)

// deed is something that a person did in the console.
type deed struct {
	Time   time.Time `json:"time"`
	Who    string    `json:"who"`  // how the person came in
	From   string    `json:"from"` // the address
	What   string    `json:"what"` // the action
	On     string    `json:"on,omitempty"`
	Failed string    `json:"failed,omitempty"` // why it was not done
}

// note writes down that something was done, or was refused.
func (c *Console) note(r *http.Request, who, what, on string, failure error) {
	d := deed{Time: time.Now().UTC(), Who: who, From: remote(r), What: what, On: on}
	fields := []zap.Field{zap.String("action", what), zap.String("who", who), zap.String("from", d.From)}
	if on != "" {
		fields = append(fields, zap.String("on", on))
	}
	if failure != nil {
		d.Failed = failure.Error()
		c.log.Warn("console: an action failed", append(fields, zap.Error(failure))...)
	} else {
		c.log.Info("console: action", fields...)
	}
	data, err := json.Marshal(d)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeTime)
		defer cancel()
		_, _, err = c.back.Log().Append(ctx, auditLog, store.Line{Data: data}, auditKept)
	}
	if err != nil {
		c.log.Error("console: what was done could not be written down", zap.Error(err))
	}
}

// deeds are the last ones, the latest first.
func (c *Console) deeds(ctx context.Context, most int) ([]deed, error) {
	lines, err := c.back.Log().Read(ctx, auditLog, store.LineQuery{Limit: most, Newest: true})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	all := make([]deed, 0, len(lines))
	for i := len(lines) - 1; i >= 0; i-- {
		var d deed
		if json.Unmarshal(lines[i].Data, &d) == nil { // else of a later version
			all = append(all, d)
		}
	}
	return all, nil
}

// storeTime bounds what a page asks of the store.
const storeTime = 2 * time.Second
