package contacts

// The defaults, for the external tests.
const (
	DefaultTTL = defaultTTL
)
