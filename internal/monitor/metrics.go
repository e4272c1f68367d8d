package monitor

import (
	"math"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/hongyan-go/hongyan/api"
)

// The results of a callback that was well-formed.
const (
	Accepted  = "accepted"  // it is in the inbox
	Duplicate = "duplicate" // it was there already
	Refused   = "refused"   // the inbox could not take it: the service got a 503
)

// The results of an event.
const (
	Handled   = "handled"   // a route handled it
	Unhandled = "unhandled" // no route matched
	Failed    = "failed"    // a run ended in an error
)

// The outcomes of a send, as package store names its states.
const (
	SendSent    = "sent"
	SendRefused = "refused" // nothing was sent
	SendUnknown = "unknown" // it may have been sent
)

// Metrics counts what a bot does. Use NewMetrics to make one. All methods are safe for concurrent
// use.
type Metrics struct {
	registry *prometheus.Registry

	callbacks, rejected, drops, events     *prometheus.CounterVec
	errors, stuck, sends, gated            *prometheus.CounterVec
	probes, incidents, notices, reconnects *prometheus.CounterVec
	retries, dead                          prometheus.Counter
	delay, pacing                          prometheus.Histogram
	handler, call                          *prometheus.HistogramVec
	budget                                 *prometheus.GaugeVec

	routes, reasons, accounts *labels
}

// NewMetrics returns counters at zero with their own registry.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		routes:   newLabels(maxRoutes), reasons: newLabels(maxReasons), accounts: newLabels(maxAccounts),
	}
	m.callbacks = m.counters("callbacks_total", "Callbacks that were well-formed, by what became of them.", "result")
	m.rejected = m.counters("callbacks_rejected_total", "Requests that the callback listener turned away, by HTTP status.", "status")
	m.drops = m.counters("drops_total", "Events that middleware stopped, by reason.", "reason")
	m.events = m.counters("events_total", "Runs of events through the routes, by result.", "result")
	m.errors = m.counters("handler_errors_total", "Runs of a route's handler that ended in an error or a panic.", "route")
	m.stuck = m.counters("handlers_stuck_total", "Handlers that ran for too long.", "route")
	m.sends = m.counters("sends_total", "Messages of the bot, by endpoint and outcome.", "endpoint", "outcome")
	m.gated = m.counters("sends_gated_total", "Messages that a gate or a dry run kept from leaving at once, by verdict.", "verdict")
	m.probes = m.counters("account_probes_total", "Questions whether an account is online, by answer.", "answer")
	m.incidents = m.counters("account_incidents_total", "Incidents that were opened, by cause.", "cause")
	m.reconnects = m.counters("account_reconnections_total", "Reconnections of an account that were tried.", "result")
	m.notices = m.counters("notices_total", "Notices about incidents, by channel.", "channel", "result")
	m.retries = m.counters("retries_total", "Messages that were put back to be tried again.").WithLabelValues()
	m.dead = m.counters("dead_total", "Messages that were given up.").WithLabelValues()
	m.delay = m.histograms("handling_delay_seconds", "Time from a callback's arrival to the beginning of its first run.",
		spread(0.001, 3600)).
		WithLabelValues().(prometheus.Histogram)
	m.handler = m.histograms("handler_seconds", "Time that a route's handler ran.", spread(0.001, 300), "route")
	m.call = m.histograms("api_call_seconds", "Time that the service took for an API call, by endpoint and HTTP status; 0 without an "+
		"answer.",
		spread(0.01, 120), "endpoint", "status")
	m.pacing = m.histograms("pacing_wait_seconds", "Time that a send waited for its turn.",
		spread(0.01, 3600)).WithLabelValues().(prometheus.Histogram)
	m.budget = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: namespace, Name: "pacing_budget_left", Help: "Sends that an account has left in a window.",
	}, []string{"account", "window"})
	m.registry.MustRegister(m.budget, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, result := range []string{Accepted, Duplicate, Refused} { // an alert can use a series that exists from the start
		m.callbacks.WithLabelValues(result)
	}
	for _, result := range []string{Handled, Unhandled, Failed} {
		m.events.WithLabelValues(result)
	}
	return m
}

const namespace = "hongyan"

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	return v
}

func (m *Metrics) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(v)
	return v
}

// spread returns bucket bounds from least to most, each about three times the one before.
func spread(least, most float64) []float64 {
	var bounds []float64
	for b := least; b < most; b *= 10 {
		for _, bound := range []float64{b, 3 * b} {
			if bound < most {
				bounds = append(bounds, math.Round(bound*1e6)/1e6) // 0.3, not 0.30000000000000004
			}
		}
	}
	return append(bounds, most)
}

// Callback counts a well-formed callback: Accepted, Duplicate or Refused.
func (m *Metrics) Callback(result string) { m.callbacks.WithLabelValues(result).Inc() }

// Rejected counts a request that was turned away with an HTTP status.
func (m *Metrics) Rejected(status int) { m.rejected.WithLabelValues(strconv.Itoa(status)).Inc() }

// Drop counts an event that middleware stopped.
func (m *Metrics) Drop(reason string) { m.drops.WithLabelValues(m.reasons.of(reason)).Inc() }

// Event counts a run through the routes: Handled, Unhandled or Failed.
func (m *Metrics) Event(result string) { m.events.WithLabelValues(result).Inc() }

// Delayed records how long an event waited for its first run.
func (m *Metrics) Delayed(d time.Duration) { m.delay.Observe(d.Seconds()) }

// Ran records a run of a route's handler.
func (m *Metrics) Ran(route string, took time.Duration, failed bool) {
	route = m.routes.of(route)
	m.handler.WithLabelValues(route).Observe(took.Seconds())
	if failed {
		m.errors.WithLabelValues(route).Inc()
	}
}

// Stuck counts a handler that runs for too long.
func (m *Metrics) Stuck(route string) { m.stuck.WithLabelValues(m.routes.of(route)).Inc() }

// Retry counts a message that is put back for another attempt.
func (m *Metrics) Retry() { m.retries.Inc() }

// Dead counts a message that is given up.
func (m *Metrics) Dead() { m.dead.Inc() }

// Send counts a message of the bot by its outcome, one of the final states of package store.
func (m *Metrics) Send(endpoint, outcome string) { m.sends.WithLabelValues(endpoint, outcome).Inc() }

// Gated counts a message that did not leave at its turn, by the verdict.
func (m *Metrics) Gated(verdict string) { m.gated.WithLabelValues(verdict).Inc() }

// Waited records how long a send waited for its turn.
func (m *Metrics) Waited(d time.Duration) { m.pacing.Observe(d.Seconds()) }

// Budget sets how many sends an account has left in a window, such as "hour" or "day".
func (m *Metrics) Budget(account, window string, left int) {
	m.budget.WithLabelValues(m.accounts.of(account), window).Set(float64(left))
}

// OutcomeOf returns the outcome of a send by its error. Nothing was sent only if the error says so.
func OutcomeOf(err error) string {
	switch {
	case err == nil:
		return SendSent
	case api.ExecutedOf(err) == api.ExecutedNo:
		return SendRefused
	default:
		return SendUnknown
	}
}
