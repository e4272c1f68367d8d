package router

import "time"

// Now returns the time of the clock of the bot, which tests move: use it instead of time.Now.
// Another run of the handler has another time; that of the message is Event.Time.
func (c *Context) Now() time.Time { return c.services.now() }
