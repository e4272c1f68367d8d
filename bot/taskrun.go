package bot

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/task"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/internal/worker"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// The rests of tasks with RetryFor.
const (
	firstRest = time.Second
	mostRest  = 30 * time.Minute
)

// answersWithin is how long after its message a task may be due for its sends to be answers.
const answersWithin = 10 * time.Minute

// handle runs a task that is due.
func (ts *tasks) handle(ctx context.Context, x task.Trigger, lease store.Lease, entered func(string)) worker.Result {
	switch void, err := ts.runner.Void(ctx, x); {
	case err != nil:
		return worker.Result{Err: fmt.Errorf("bot: task %s: %w", x.Name, err), Retry: true}
	case void:
		return worker.Result{}
	}
	if !ts.knows(x.Name) {
		return ts.park(ctx, x, lease)
	}
	k := ts.find("", x.Name)
	if k == nil {
		k = &taskKind{name: x.Name} // a turn
	}
	if off, err := ts.waitsForSwitch(ctx, k, x, lease); off || err != nil {
		return worker.Result{Err: err, Retry: true}
	}
	ctx, end := ts.watch(ctx, k, x)
	defer end()
	outcome, err := ts.run(ctx, k, x, lease, entered)
	switch {
	case errors.Is(err, router.ErrNoBatch):
		return ts.park(ctx, x, lease)
	case errors.Is(context.Cause(ctx), errReplaced):
		ts.bot.logger.Debug("a task has ended: a newer one takes its place, or it was cancelled", zap.String("task", x.Name))
		return worker.Result{}
	}
	result := ts.bot.result(lease.Key, outcome, err)
	if result.Err != nil && result.Retry {
		result.Rest, result.Retry = ts.rest(k, lease)
	}
	return result
}

// park puts a task aside until its plugin is installed.
func (ts *tasks) park(ctx context.Context, x task.Trigger, lease store.Lease) worker.Result {
	if err := ts.runner.Park(ctx, x, lease.Item); err != nil {
		return worker.Result{Err: fmt.Errorf("bot: task %s: %w", x.Name, err), Retry: true}
	}
	ts.bot.logger.Warn("a task is due, and this program does not have it: it waits until it is registered; hongyan tasks list shows it",
		zap.String("task", x.Name))
	if ts.knows(x.Name) { // it was registered meanwhile
		ts.changed()
	}
	return worker.Result{}
}

// waitsForSwitch puts a task aside whose plugin is off in its chat, until it is switched on. It
// reports whether it did.
func (ts *tasks) waitsForSwitch(ctx context.Context, k *taskKind, x task.Trigger, lease store.Lease) (bool, error) {
	e, err := ts.eventOf(x)
	if err != nil || ts.on(ctx, k, x, e) {
		return false, nil //nolint:nilerr // an event that cannot be read fails when it runs
	}
	if err := ts.runner.Park(ctx, x, lease.Item); err != nil {
		return false, fmt.Errorf("bot: task %s: %w", x.Name, err)
	}
	if ts.on(ctx, k, x, e) { // it was switched on meanwhile
		ts.changed()
	}
	return true, nil
}

// on reports whether the plugin of a task, or of the route of a turn, is on in the chat of its
// event.
func (ts *tasks) on(ctx context.Context, k *taskKind, x task.Trigger, e *callback.Event) bool {
	chat := e.Conversation.ID
	if x.Anywhere {
		chat = ""
	}
	return ts.bot.enabled(ctx, k.plugin, e.AppID, chat) &&
		(k.function.IsValid() || !ts.bot.router.BatchOff(x.Name, e))
}

// run calls the function of a task.
func (ts *tasks) run(ctx context.Context, k *taskKind, x task.Trigger, lease store.Lease, entered func(string)) (router.Outcome, error) {
	e, err := ts.eventOf(x)
	if err != nil {
		return router.Outcome{}, err
	}
	run := router.Run{Key: x.ItemKey(), Attempt: lease.Attempt, Received: x.Received, Entered: entered, Anywhere: x.Anywhere}
	around := ts.around(k) //nolint:contextcheck // Timeout takes it from the router.Context
	if !k.function.IsValid() {
		return ts.bot.router.RunBatch(ctx, x.Name, x.Data, ts.bot.services, run, around)
	}
	run.Proactive = len(x.Body) == 0 || x.Due.Sub(e.Time) > answersWithin
	return ts.bot.router.RunTask(ctx, e, ts.bot.services, run, k.plugin, "task:"+k.name, around(func(c *router.Context) error {
		argument, v := k.newRun()
		if err := argument.begin(c, x); err != nil {
			return err
		}
		err, _ := k.function.Call([]reflect.Value{v})[0].Interface().(error)
		if errors.Is(context.Cause(ctx), errReplaced) {
			return nil // it does not matter, and is no failure to log
		}
		return err
	}))
}

// around is what runs around the function of a task.
func (ts *tasks) around(k *taskKind) router.Middleware {
	timeout := k.timeout
	if timeout == 0 {
		timeout = ts.bot.config.Timeout
	}
	ms := []router.Middleware{
		middleware.Log(middleware.LogConfig{Text: ts.bot.config.LogText, Clock: ts.bot.config.Clock}), middleware.Recover(),
		ts.bot.loopGuard, middleware.Timeout(timeout), ts.bot.observeRoute,
	}
	return func(next router.Handler) router.Handler {
		for i := len(ms) - 1; i >= 0; i-- {
			next = ms[i](next)
		}
		return next
	}
}

// rest is the time until another run of a task that has failed, and whether there is one. 0 is for
// the worker to say.
func (ts *tasks) rest(k *taskKind, lease store.Lease) (time.Duration, bool) {
	first, most := k.rests()
	switch {
	case k.retryFor > 0:
		left := k.retryFor - ts.since(lease)
		return min(wait.Between(lease.Attempt, first, most), left), left > 0 // the last run is at the end
	case k.first > 0:
		return wait.Between(lease.Attempt, first, most), lease.Attempt < ts.bot.config.MaxAttempts
	}
	return 0, true
}

// since is how long a task has been in the inbox.
func (ts *tasks) since(lease store.Lease) time.Duration {
	return ts.bot.config.Clock.Now().Sub(lease.Received)
}

func (k *taskKind) rests() (first, most time.Duration) {
	if k.first > 0 {
		return k.first, max(k.first, k.most)
	}
	return firstRest, mostRest
}

// maxCounted bounds what attempts counts.
const maxCounted = 100_000

// attempts is how often a task with RetryFor may have been run by now: more leases are crashes.
func (ts *tasks) attempts(lease store.Lease) int {
	if lease.Attempt <= ts.bot.config.MaxAttempts {
		return 0
	}
	x, ok, err := task.Parse(lease.Body)
	if !ok || err != nil {
		return 0
	}
	k := ts.find("", x.Name)
	if k == nil || k.retryFor == 0 {
		return 0
	}
	first, most := k.rests()
	n := 2 // the first, and the one at the end
	for left := ts.since(lease); left > 0 && n < maxCounted; n++ {
		left -= max(wait.Doubled(n, first, most)/2, time.Millisecond)
	}
	return max(n, ts.bot.config.MaxAttempts)
}

// watchEvery is how often a run asks whether another process has asked for a newer task.
const watchEvery = 500 * time.Millisecond

// watch returns the context of a run, which ends when a newer task takes its place. The function
// must be called at the end of the run.
func (ts *tasks) watch(ctx context.Context, k *taskKind, x task.Trigger) (context.Context, func()) {
	if !k.newest {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	r := &runningTask{lane: task.Lane(x.Name, x.Key), cancel: cancel}
	ts.mu.Lock()
	ts.running[r] = true
	ts.mu.Unlock()
	watched := make(chan struct{})
	go func() { // the function that is returned waits for it
		defer close(watched)
		ask := func() {
			if void, err := ts.runner.Void(ctx, x); err == nil && void {
				cancel(errReplaced)
			}
		}
		if ask(); isShared(ts.bot.store) {
			wait.Every(ctx, ts.bot.config.Clock, watchEvery, ask)
		}
	}()
	return ctx, func() {
		ts.mu.Lock()
		delete(ts.running, r)
		ts.mu.Unlock()
		cancel(nil)
		<-watched
	}
}
