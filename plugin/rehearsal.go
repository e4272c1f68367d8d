package plugin

import (
	"context"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Rehearsal is for how long a plugin only rehearses, from the first time that it is set up with it
// on; Always is without end, and 0 not at all. In a file it is true, false or a duration.
type Rehearsal time.Duration

// Always is a rehearsal without end.
const Always Rehearsal = -1

// UnmarshalText reads true, false or a duration above 0.
func (r *Rehearsal) UnmarshalText(text []byte) error {
	switch word := strings.ToLower(strings.TrimSpace(string(text))); word {
	case "true", "yes", "on":
		*r = Always
	case "false", "no", conf.Off:
		*r = 0
	default:
		d, err := conf.ParseDuration(word)
		if err != nil || d <= 0 {
			return phrase.Errorf("%q is neither true, false nor a duration such as 72h", text)
		}
		*r = Rehearsal(d)
	}
	return nil
}

// ConfWords implements conf.Worded.
func (Rehearsal) ConfWords() string { return "yes or no, or duration" }

// rehearsed is the key of when a rehearsal began.
const rehearsed = "rehearsed"

// Begin notes in the store of a plugin when its rehearsal began, and returns whether it still goes
// on. A rehearsal that has ended begins anew only after one of another length, or none.
func (r Rehearsal) Begin(ctx context.Context, h *bot.Handle) (on func() bool, err error) {
	type begun struct {
		At  time.Time
		For time.Duration
	}
	var since begun
	found, err := h.Store().Get(ctx, rehearsed, &since)
	switch {
	case err != nil:
		return nil, err //nolint:wrapcheck // it says what failed
	case r <= 0 && found:
		err = h.Store().Delete(ctx, rehearsed)
	case r > 0 && since.For != time.Duration(r):
		since = begun{h.Now(), time.Duration(r)}
		err = h.Store().Set(ctx, rehearsed, since, 0)
	}
	end := since.At.Add(time.Duration(r))
	return func() bool { return r < 0 || r > 0 && h.Now().Before(end) }, err
}
