package monitor

// Names lists the metrics that a bot can have, each with its type: "hongyan_sends_total counter". A test compares docs/metrics.md with it.
func Names() []string {
	return append(NewMetrics().names, newGauges(nil).names...)
}
