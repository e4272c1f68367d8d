package monitor

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Counts holds the values of the counters of Metrics.
type Counts struct {
	Callbacks map[string]int // by result
	Events    map[string]int // by result
	Drops     map[string]int // by reason
	Sends     map[string]int // by outcome
	Gated     map[string]int // by verdict
}

// Counts reads the counters.
func (m *Metrics) Counts() Counts {
	return Counts{
		Callbacks: sum(m.callbacks, "result"), Events: sum(m.events, "result"), Drops: sum(m.drops, "reason"),
		Sends: sum(m.sends, "outcome"), Gated: sum(m.gated, "verdict"),
	}
}

// sum adds up the series of a counter by one of its labels.
func sum(c prometheus.Collector, label string) map[string]int {
	series := make(chan prometheus.Metric)
	go func() { // ends when all is read, below
		defer close(series)
		c.Collect(series)
	}()
	sums := map[string]int{}
	for s := range series {
		var m dto.Metric
		if s.Write(&m) != nil {
			continue
		}
		for _, pair := range m.GetLabel() {
			if pair.GetName() == label {
				sums[pair.GetValue()] += int(m.GetCounter().GetValue())
			}
		}
	}
	return sums
}
