package simulator

import (
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/pages"
)

// newPages makes the chat page.
func (s *Simulator) newPages() (*pages.Pages, error) {
	c := pages.Config{
		World: s.world, API: s.api, Faults: s.faults, Out: s.out, Traces: s.traces, Token: s.config.Token, BaseURL: s.BaseURL,
		Reports: s.config.Reports, HideSecret: hideSecret,
		HideCall: func(c endpoint.Call) []byte { return hideCallbacks([]Call{Call(c)})[0].Body },
		Advance:  s.advancer(), Player: s.player,
		EditWorld: s.editWorld, LoadWorld: s.loadWorld, SaveWorld: s.saveWorld, ResetWorld: s.resetWorld,
	}
	return pages.New(c)
}
