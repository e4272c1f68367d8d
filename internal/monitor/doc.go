// Package monitor knows how a bot is doing: it counts, traces, judges whether accounts and store still work, tells a person when they
// do not, and answers the questions of /livez, /readyz and /metrics.
//
// [Metrics] counts. [Monitor] judges: from callbacks, sends and a few paced questions to the service it derives the state of each account,
// and keeps one incident for as long as an account does not work. [Tracer] makes OpenTelemetry spans. [Admin] is the HTTP side.
// docs/metrics.md lists every metric and the rules.
package monitor
