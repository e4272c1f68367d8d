package simulator

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/pages"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// newPages makes the chat page.
func (s *Simulator) newPages() (*pages.Pages, error) {
	c := pages.Config{
		World: s.world, API: s.api, Faults: s.faults, Out: s.out, Traces: s.traces, Token: s.config.Token, BaseURL: s.BaseURL,
		Reports: s.config.Reports, HideSecret: hideSecret,
		HideCall:   func(c endpoint.Call) []byte { return hideCallbacks([]Call{Call(c)})[0].Body },
		AddContact: func(c world.Contact) error { return s.AddContact(Contact(c)) },
	}
	switch given := s.config.Clock.(type) {
	case *clock.Virtual:
		c.Advance = func(ctx context.Context, d time.Duration) error { return given.Advance(ctx, d) }
	case *clock.Ahead:
		c.Advance = func(_ context.Context, d time.Duration) error { given.Move(d); return nil }
	}
	return pages.New(c)
}
