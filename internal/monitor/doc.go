// Package monitor watches a bot: it counts, traces, decides whether accounts and store still work,
// notifies a person when they do not, and serves /livez, /readyz and /metrics.
//
// [Metrics] counts. [Monitor] derives the state of each account from callbacks, sends and a few
// paced probes of the service, and keeps one incident open for as long as an account does not work.
// [Tracer] makes OpenTelemetry spans. [Monitor.Admin] is the HTTP handler. docs/en/metrics.md lists
// every metric and the rules.
package monitor
