package media

// The defaults, for the external tests.
const (
	DefaultTTL      = defaultTTL
	DefaultAttempts = defaultAttempts
	DefaultFilePort = defaultFilePort
)

// What only the external tests name.
var (
	VideoDuration = videoDuration
)

// What only the external tests name.
const (
	MaxName = maxName
)
