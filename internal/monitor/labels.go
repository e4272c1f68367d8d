package monitor

import "sync"

// The bounds for labels whose values come from outside. Further values are counted as OtherLabel.
const (
	maxRoutes   = 500
	maxReasons  = 100
	maxAccounts = 200
)

// OtherLabel is the label value for the values beyond the bound.
const OtherLabel = "other"

// labels bounds the number of values of a label, so that the metrics cannot grow without limit.
type labels struct {
	mu    sync.RWMutex
	limit int
	known map[string]bool
}

func newLabels(limit int) *labels { return &labels{limit: limit, known: map[string]bool{}} }

// of returns the value under which v is counted.
func (l *labels) of(v string) string {
	l.mu.RLock()
	known := l.known[v]
	l.mu.RUnlock()
	if known {
		return v
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.known[v] {
		if len(l.known) >= l.limit {
			return OtherLabel
		}
		l.known[v] = true
	}
	return v
}
