package media

// The defaults, for the external tests.
const (
	DefaultTTL      = defaultTTL
	DefaultAttempts = defaultAttempts
	DefaultFilePort = defaultFilePort
)
