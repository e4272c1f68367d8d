package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/internal/worker"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
)

// newMonitor makes the monitor of the accounts.
func (b *Bot) newMonitor() (*monitor.Monitor, error) {
	a := b.config.Alarm
	c := monitor.Config{
		Clock: b.config.Clock,
		Store: b.store, Metrics: b.counters.Metrics, Online: b.client.Login.CheckOnline, Reconnect: b.client.Login.Reconnect,
		LoginPage: b.loginPage,
		Webhook:   a.Webhook, Owners: b.alarmed, Send: b.tellOwner, Quiet: a.Quiet, Silence: a.Silence, Daytime: a.Daytime,
		Pause: b.pauseAccount, Resume: b.resumeAccount, AllPaused: b.allPaused, Failed: b.reportFailure,
		SwitchedOff: b.switches.broken, Reasons: b.notReady,
		Data: b.config.Data, Logger: b.logger.Named("monitor"),
	}
	for _, account := range b.config.Accounts {
		c.Accounts = append(c.Accounts, account.AppID)
	}
	m, err := monitor.New(c)
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	return m, nil
}

// observeTransport times and traces the calls of the API client.
func (b *Bot) observeTransport(next http.RoundTripper) http.RoundTripper {
	return b.counters.Transport(b.tracer.Transport(b.reports.transport(next)))
}

// observeHTTP counts and traces the requests of the service.
func (b *Bot) observeHTTP(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, span := b.tracer.Callback(r.Context())
		if b.tracer != nil {
			r = r.WithContext(ctx)
		}
		answer := &answer{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		var err error
		if answer.status >= http.StatusBadRequest {
			err = errors.New(http.StatusText(answer.status))
			if answer.status != http.StatusServiceUnavailable { // counted where the inbox refused it
				b.counters.Rejected(answer.status)
			}
		}
		span.End(err)
	})
}

// answer remembers the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// observeAccept records the result of a delivery.
func (b *Bot) observeAccept(ctx context.Context, d callback.Delivery, added bool, err error) {
	b.counters.received(added, err)
	if b.accounts.has(d.AppID) {
		b.monitor.Arrived(d.AppID)
	}
	if added {
		b.tracer.Accepted(ctx, d.Key)
	}
}

// observeRuns traces the runs of events, and records how long they waited for the first.
func (b *Bot) observeRuns(handle worker.Handler) worker.Handler {
	return func(ctx context.Context, lease store.Lease, entered func(string)) worker.Result {
		if lease.Attempt == 1 {
			b.counters.Delayed(max(0, b.config.Clock.Now().Sub(lease.Received)))
		}
		ctx, span := b.tracer.Handle(ctx, lease.Key, lease.Attempt)
		result := handle(ctx, lease, entered)
		span.End(result.Err)
		return result
	}
}

// heard records what an event says about its account.
func (b *Bot) heard(e *callback.Event, received time.Time) {
	switch e.Kind() {
	case callback.KindOffline:
		b.monitor.LoggedOut(e.AppID, received)
	case callback.KindStatus: // of the service's own connection
	default:
		b.monitor.Event(e.AppID, received)
	}
}

// observeRoute times and traces the handler of a route.
func (b *Bot) observeRoute(next router.Handler) router.Handler {
	return func(c *router.Context) (err error) {
		ctx, span := b.tracer.Route(c)
		if b.tracer != nil {
			c = c.WithContext(ctx)
		}
		start, returned := b.config.Clock.Now(), false
		defer func() {
			route := c.Outcome().Route
			if !returned { // it panics
				err = errPanic
			}
			if route != "" {
				b.counters.Ran(route, b.config.Clock.Now().Sub(start), err != nil)
				span.Name("route " + route)
			}
			span.End(err)
		}()
		err = next(c)
		returned = true
		return err
	}
}

// errPanic stands for a panic of a handler in metrics and traces.
var errPanic = errors.New("bot: panic")

// post makes the call of each send.
func (b *Bot) post(ctx context.Context, m api.Send) (*api.SentMessage, error) {
	ctx, span := b.tracer.Send(ctx, api.EndpointOf(m))
	began := b.config.Clock.Now()
	sent, err := b.client.Message.Send(ctx, m)
	b.monitor.Sent(api.AccountOf(m), api.TargetOf(m), began, err)
	span.End(err, "hongyan.outcome", monitor.OutcomeOf(err))
	return sent, err
}
