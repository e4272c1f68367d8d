package router

// The defaults, for the external tests.
const (
	DefaultSplit      = defaultSplit
	DefaultAskTimeout = defaultAskTimeout
	DefaultTooLong    = defaultTooLong
)
