package middleware

// What only the external tests name.
const (
	DroppedLoop       = droppedLoop
	DroppedNotAllowed = droppedNotAllowed
)
