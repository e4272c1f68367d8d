package botfile

import (
	"errors"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/hongyan-go/hongyan/middleware"
)

// loopGuard is the section about conversations with other bots; it may be off.
type loopGuard struct {
	Rounds int      `yaml:"rounds"`
	Pause  duration `yaml:"pause"`
	Mute   duration `yaml:"mute"`
}

// UnmarshalYAML reads either.
func (g *loopGuard) UnmarshalYAML(n ast.Node) error {
	if _, scalar := n.(ast.ScalarNode); scalar {
		return readScalar(n, func(s string) error {
			if s != off {
				return fmt.Errorf("%q is not off: write off, or rounds, pause and mute below loop_guard", s)
			}
			g.Rounds = -1
			return nil
		})
	}
	type plain loopGuard // without this method
	if err := yaml.NodeToValue(n, (*plain)(g), yaml.Strict()); err != nil {
		return err
	}
	if g.Rounds < 0 || g.Pause < 0 || g.Mute < 0 {
		err := errors.New("loop_guard: rounds, pause and mute must be positive; write loop_guard: off to have none")
		return &lineError{firstLine(n), err}
	}
	return nil
}

// config is the configuration of the middleware; nil without the section.
func (g *loopGuard) config() *middleware.LoopGuardConfig {
	if g == nil {
		return nil
	}
	return &middleware.LoopGuardConfig{Rounds: g.Rounds, Pause: time.Duration(g.Pause), Mute: time.Duration(g.Mute)}
}
