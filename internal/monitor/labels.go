package monitor

import "sync"

// The bounds of the labels whose values come from outside: more values are counted together as OtherLabel.
const (
	maxRoutes   = 500
	maxReasons  = 100
	maxAccounts = 200
)

// OtherLabel is the value of a label that has too many.
const OtherLabel = "other"

// labels bounds the values of a label, so that the metrics cannot grow without end.
type labels struct {
	mu    sync.RWMutex
	limit int
	known map[string]bool
}

func newLabels(limit int) *labels { return &labels{limit: limit, known: map[string]bool{}} }

// of is the value under which v is counted.
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
