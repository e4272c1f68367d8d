package bot

import (
	"context"
	"fmt"
	"net/http"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
)

// Dry is what a bot has in place of the world if it is only to show what it would do.
type Dry struct {
	// HTTPClient answers the calls in place of the service. It is required.
	HTTPClient *http.Client
}

// dryURL is where the calls of a dry bot go: no resolver knows it.
const dryURL = "http://service.invalid"

// DryBot is a bot that is not run, but asked by Try what it would do. Package replay uses it.
type DryBot struct{ *Bot }

// NewDry makes a DryBot of a configuration. It needs no token, keeps everything in memory, takes
// the events of all accounts, and messages of every age unless MaxAge is set, does not wait between
// sends, and logs only to a Logger that is given.
func NewDry(c Config, d Dry) (*DryBot, error) {
	if d.HTTPClient == nil {
		return nil, phrase.Errorf("bot: NewDry without an HTTPClient: it would call %s", dryURL)
	}
	if c.Simulator && c.Allow.empty() {
		c.Allow.Everyone = true
	}
	pace := outbox.Unlimited()
	c.Simulator, c.Token, c.BaseURL, c.Pace = false, "dry", dryURL, &pace
	c.Accounts, c.Data, c.Files.Dir, c.Record, c.Recording = nil, "", "", nil, Recording{}
	c.Store = memory.New(memory.Config{Clock: c.Clock})
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	if c.MaxAge == 0 {
		c.MaxAge = router.AnyAge
	}
	c.dry = d
	b, err := New(c)
	if err != nil {
		return nil, err
	}
	return &DryBot{b}, nil
}

// Router is the router of the bot.
func (b *DryBot) Router() *router.Router { return b.router }

// Try takes one body through the middleware and the routes now, without inbox, lanes and retries,
// with services of the caller. A probe, and an event of an account that is not the bot's, reach no
// route. The event is nil if the body cannot be read.
func (b *DryBot) Try(ctx context.Context, body []byte, s router.Services, run router.Run) (*callback.Event, router.Outcome, error) {
	decoder := callback.Decoder{Wxid: b.accounts.wxid}
	e, err := decoder.Decode(body)
	switch {
	case err != nil:
		return nil, router.Outcome{}, fmt.Errorf("bot: %w", err)
	case e.Kind() == callback.KindPing:
		return e, router.Outcome{}, nil
	case !b.accounts.know(e.AppID, e.Wxid):
		return e, router.Outcome{Dropped: droppedAccount}, nil
	}
	if s.Tasks == nil {
		s.Tasks = b.tasks // they are kept, and never due
	}
	s.Owners = b.config.Owners
	outcome, err := b.router.Dispatch(ctx, e, s, run)
	return e, outcome, err
}
