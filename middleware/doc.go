// Package middleware holds what runs around handlers, one piece a file. The pitfall of each is in its
// comment. Package bot installs Log, Recover, Drop, Allow, JoinFiles, LoopGuard, RateLimit and Timeout, in
// this order from the outside, and after Allow one of its own: in a group with several accounts one handles the message.
package middleware
