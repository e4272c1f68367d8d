package bot

import (
	"errors"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/failure"
	"github.com/hongyan-go/hongyan/internal/worker"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// result counts a run of a handler, and says what the worker does about its error. An answer that a
// gate dropped is not a failure: the item is done, and the log has a line for it.
func (b *Bot) result(key string, outcome router.Outcome, err error) worker.Result {
	if gate := droppedBy(err); gate != "" {
		b.logger.Info("message done: a gate dropped its answer", zap.String("event", key),
			zap.String("route", outcome.Route), zap.String("gate", gate))
		err = nil
	}
	b.counters.handled(outcome, err)
	return worker.Result{
		Err: err, Retry: !router.IsPermanent(err), Final: router.IsFinal(err),
		Stack: failure.StackOf(err), Reported: err != nil && failure.Reported(err),
	}
}

// droppedBy returns the gate that dropped an answer, if nothing else failed; "" if not.
func droppedBy(err error) string {
	var refused *outbox.RefusedError
	if !router.IsFinal(err) || !errors.As(err, &refused) {
		return ""
	}
	return refused.Gate
}
