package router

// The defaults, for the external tests.
const (
	DefaultSplit      = defaultSplit
	DefaultAskTimeout = defaultAskTimeout
	DefaultTooLong    = defaultTooLong
)

// ReadDecision reads an answer to a question of AskOther.
var ReadDecision = readDecision
