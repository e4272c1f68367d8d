package llm

// Events is events.
var Events = events
