package app

import (
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/middleware"
)

// loopGuard is the section about conversations with other bots; it may be off.
type loopGuard struct {
	Rounds int           `yaml:"rounds"`
	Pause  time.Duration `yaml:"pause"`
	Mute   time.Duration `yaml:"mute"`

	off bool
}

// UnmarshalShort reads off.
func (g *loopGuard) UnmarshalShort(value string) error {
	if value != conf.Off {
		return phrase.Errorf("%q is not off: write off, or rounds, pause and mute below loop_guard", value)
	}
	g.off = true
	return nil
}

// config is the configuration of the middleware; nil without the section.
func (g *loopGuard) config(mistake func(path string, err error)) *middleware.LoopGuardConfig {
	switch {
	case g == nil:
		return nil
	case g.off:
		return &middleware.LoopGuardConfig{Rounds: -1}
	case g.Rounds < 0 || g.Pause < 0 || g.Mute < 0:
		mistake("loop_guard", errors.New("rounds, pause and mute must be positive; write loop_guard: off to have none"))
	}
	return &middleware.LoopGuardConfig{Rounds: g.Rounds, Pause: g.Pause, Mute: g.Mute}
}
