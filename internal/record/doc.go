// Package record keeps the callbacks of a running account, without what they reveal about people.
//
// A [Recorder] writes what a [Redactor] makes of each body. A [Tee] is a callback URL that records
// what it gets and forwards it to a bot.
package record
