package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/store"
)

// gatewayName is the name of the plugin gateway, and the prefix of what it keeps.
const gatewayName = "gateway"

// gatewayView is the page of the gateway.
type gatewayView struct {
	Installed bool       `json:"installed"`
	Last      string     `json:"last_event,omitempty"`
	LastAt    time.Time  `json:"last_event_at,omitzero"`
	Cursors   []consumer `json:"consumers"`
	Tokens    []token    `json:"tokens"`
}

// token is what a client of the gateway may do. The secret is not in the store.
type token struct {
	Name     string    `json:"name"`
	May      []string  `json:"may"`
	Chats    []string  `json:"chats,omitempty"`    // the only ones
	Accounts []string  `json:"accounts,omitempty"` // the only ones
	Rate     int       `json:"rate"`               // requests a minute
	Used     time.Time `json:"used,omitzero"`
}

// consumer is a worker or a webhook that reads the events.
type consumer struct {
	Name    string `json:"name"`
	Webhook bool   `json:"webhook,omitempty"`
	Cursor  uint64 `json:"cursor,string"`
	Behind  int    `json:"behind"` // events that it has not taken; maxBehind means that or more
}

// maxBehind bounds how many events are counted.
const maxBehind = 1000

func (c *Console) gatewayPage(r *http.Request) (web.Page, error) {
	v, err := c.gateway(r.Context())
	return web.Page{Name: "gateway", Title: c.text(r, "nav.gateway"), Nav: "gateway", Data: v}, err
}

// gateway is what the store tells of the gateway.
func (c *Console) gateway(ctx context.Context) (gatewayView, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	v := gatewayView{Cursors: []consumer{}, Tokens: []token{}}
	for _, p := range c.bot.Plugins(ctx, "", "") {
		v.Installed = v.Installed || p.Name == gatewayName
	}
	lines, err := c.back.Log().Read(ctx, gatewayName, store.LineQuery{Limit: 1, Newest: true})
	if err != nil {
		return v, fmt.Errorf("console: %w", err)
	}
	if len(lines) > 0 {
		v.Last, v.LastAt = strconv.FormatUint(lines[0].Seq, 10), lines[0].Time
	}
	for _, prefix := range []string{"gateway/consumer/", "gateway/webhook/"} {
		entries, err := c.back.State().List(ctx, prefix, "", maxBehind)
		if err != nil {
			return v, fmt.Errorf("console: %w", err)
		}
		for _, e := range entries {
			x := consumer{Name: strings.TrimPrefix(e.Key, prefix), Webhook: prefix == "gateway/webhook/"}
			var kept struct {
				Cursor uint64 `json:"cursor,string"`
			}
			if json.Unmarshal(e.Value, &kept) != nil {
				continue // of another version
			}
			x.Cursor = kept.Cursor
			after, err := c.back.Log().Read(ctx, gatewayName, store.LineQuery{After: x.Cursor, Limit: maxBehind})
			if err != nil {
				return v, fmt.Errorf("console: %w", err)
			}
			x.Behind = len(after)
			v.Cursors = append(v.Cursors, x)
		}
	}
	if v.Tokens, err = c.tokens(ctx); err != nil {
		return v, err
	}
	slices.SortFunc(v.Cursors, func(a, b consumer) int { return strings.Compare(a.Name, b.Name) })
	return v, nil
}

// tokens are those of the gateway, as it has noted them.
func (c *Console) tokens(ctx context.Context) ([]token, error) {
	const prefix = "gateway/token/"
	entries, err := c.back.State().List(ctx, prefix, "", maxBehind)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	list := []token{}
	for _, e := range entries {
		x := token{}
		if json.Unmarshal(e.Value, &x) != nil {
			continue // of another version
		}
		x.Name = strings.TrimPrefix(e.Key, prefix)
		list = append(list, x)
	}
	return list, nil
}
