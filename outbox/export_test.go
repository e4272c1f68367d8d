package outbox

// The defaults, for the external tests.
const (
	DefaultSweep        = defaultSweep
	DefaultStale        = defaultStale
	DefaultProactiveTTL = defaultProactiveTTL
)
