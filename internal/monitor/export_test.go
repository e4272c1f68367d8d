package monitor

import (
	"regexp"

	"github.com/prometheus/client_golang/prometheus"
)

// Names returns the names of all metrics of a bot that are its own, whether they have a value or
// not.
func (m *Metrics) Names() []string {
	out := make(chan *prometheus.Desc)
	go func() { // ended by the end of Describe
		m.registry.Describe(out)
		close(out)
	}()
	name := regexp.MustCompile(`fqName: "(` + namespace + `_\w+)"`)
	var names []string
	for d := range out {
		if found := name.FindStringSubmatch(d.String()); found != nil {
			names = append(names, found[1])
		}
	}
	return names
}
