package model

// Events is events.
var Events = events
