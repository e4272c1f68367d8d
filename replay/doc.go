// Package replay runs recorded callbacks through a bot again, without an account: what would the
// bot call?
//
// A [Player] takes bodies, recorded or written by hand, through the routes of a bot or a bare
// router, and keeps the calls that they make; nothing reaches a network. [Check] has the assertions
// for a test. bot.Config.Record keeps the callbacks of a running bot; `hongyan record` those of any
// other.
package replay
