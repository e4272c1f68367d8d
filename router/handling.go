package router

import (
	"slices"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/handling"
)

// Value returns the value that middleware has set for a key, as every context.Context does.
func (c *Context) Value(key any) any {
	switch key {
	case handling.Key{}:
		return (*handled)(c)
	case runsKey{}:
		return c
	}
	return c.Context.Value(key)
}

// handled is a context as handling.Event.
type handled Context

func (h *handled) Answers() []api.Send {
	h.run.mu.Lock()
	defer h.run.mu.Unlock()
	return slices.Clone(h.run.answers)
}

func (h *handled) DropAfterObservers(reason string) {
	h.run.outcome.Dropped, h.run.observeOnly = reason, true
}

func (h *handled) InTask() bool { return h.run.task }

func (h *handled) Typed(only bool) { h.run.typed, h.run.typedOnly = true, only }

func (h *handled) TakenByForm(appID string) (bool, error) { return (*Context)(h).takenByForm(appID) }

func (h *handled) ListenOnly() { h.run.listenOnly = true }
