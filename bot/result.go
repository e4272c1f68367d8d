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
	if dropped := droppedBy(err); dropped != nil {
		b.logger.Info("message done: a gate dropped its answer", zap.String("event", key),
			zap.String("route", outcome.Route), zap.String("gate", dropped.Gate), zap.String("reason", dropped.Reason))
		err = nil
	}
	b.counters.handled(outcome, err)
	return worker.Result{
		Err: err, Retry: !router.IsPermanent(err), Final: router.IsFinal(err),
		Stack: failure.StackOf(err), Reported: err != nil && failure.Reported(err),
	}
}

// droppedBy returns how a gate dropped an answer, if nothing else failed; nil if not.
func droppedBy(err error) *outbox.RefusedError {
	var refused *outbox.RefusedError
	if !router.IsFinal(err) || !errors.As(err, &refused) || refused.Gate == "" {
		return nil
	}
	return refused
}
