package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// tokenPrefix is the prefix of the keys of what the console shows of tokens; their names follow.
const tokenPrefix = "gateway/token/"

const (
	maxTokens = 1000        // whose notes are looked at
	useNoted  = time.Minute // how often the use of a token is written down at most
)

// tokenNote is what the store has of a token: what it may do, and when it was used, in any process.
// It never has the secret.
type tokenNote struct {
	May      []string  `json:"may"`
	Chats    []string  `json:"chats,omitempty"`
	Accounts []string  `json:"accounts,omitempty"`
	Rate     int       `json:"rate"`
	Used     time.Time `json:"used,omitzero"`
}

// noteTokens makes the notes those of the tokens.
func (g *Gateway) noteTokens(ctx context.Context, tokens []*holder) error {
	entries, err := g.back.State().List(ctx, tokenPrefix, "", maxTokens)
	if err != nil {
		return fmt.Errorf("gateway: the tokens: %w", err)
	}
	known := map[string]tokenNote{}
	for _, e := range entries {
		var note tokenNote
		name := strings.TrimPrefix(e.Key, tokenPrefix)
		if !slices.ContainsFunc(tokens, func(who *holder) bool { return who.name == name }) {
			if err := g.back.State().Delete(ctx, e.Key); err != nil {
				return fmt.Errorf("gateway: the tokens: %w", err)
			}
		} else if json.Unmarshal(e.Value, &note) == nil {
			known[name] = note
		}
	}
	for _, who := range tokens {
		if now, was := who.note(known[who.name].Used), known[who.name]; !reflect.DeepEqual(now, was) {
			if err := g.putNote(ctx, who, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (who *holder) note(used time.Time) tokenNote {
	return tokenNote{May: who.May, Chats: who.Chats, Accounts: who.Accounts, Rate: who.perMinute(), Used: used}
}

func (g *Gateway) putNote(ctx context.Context, who *holder, note tokenNote) error {
	data, err := json.Marshal(note)
	if err == nil {
		_, err = g.back.State().Put(ctx, tokenPrefix+who.name, data, 0)
	}
	if err != nil {
		return fmt.Errorf("gateway: the token %s: %w", who.name, err)
	}
	return nil
}

// noteUse writes down that a token is used. A store that does not take that stops no request.
func (g *Gateway) noteUse(ctx context.Context, who *holder) {
	now := g.h.Now()
	last := who.used.Load()
	if now.Sub(time.Unix(0, last)).Abs() < useNoted || !who.used.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	if err := g.putNote(ctx, who, who.note(now.UTC())); err != nil {
		g.h.Logger().Debug("the use of a token is not written down", zap.Error(err))
	}
}
