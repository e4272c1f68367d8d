// Package replay keeps the callbacks of a running account, without what they tell of people, and runs them through a bot again without
// an account: what would the bot call?
//
// A [Recorder] writes what a [Redactor] makes of each body. A [Player] takes bodies, recorded or written by hand, through the routes of a
// bot or a bare router, and keeps the calls that they make; nothing reaches a network. [Check] has the assertions for a test.
package replay
