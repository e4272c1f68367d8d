// Package middleware contains the middleware of handlers, one per file. Each comment names a
// pitfall. Package bot installs Log, Recover, Drop, Allow, JoinFiles, LoopGuard, RateLimit and
// Timeout, in this order from the outside, and after Allow one of its own, by which only one of
// several accounts in a group handles a message.
package middleware
