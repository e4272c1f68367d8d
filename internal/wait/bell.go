package wait

import (
	"sync"

	"github.com/hongyan-go/hongyan/internal/clock"
)

// Bell ends the rest of a Loop, the next one if it does not rest. A virtual clock does not move
// from the ring until the loop rests again. Make it with NewBell.
type Bell struct {
	mu      sync.Mutex
	rung    chan struct{} // of capacity 1
	resting clock.Lot
}

// NewBell makes a bell.
func NewBell() *Bell { return &Bell{rung: make(chan struct{}, 1)} }

// Ring rings the bell.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.resting.Release()
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// park parks work until the bell is rung, unless that has happened already, and returns what ends
// that.
func (b *Bell) park(w *clock.Work) (unpark func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rung) == 0 {
		b.resting.Park(w)
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.resting.Leave(w)
	}
}
