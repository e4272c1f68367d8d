// Package login takes an account through its login: a state machine that asks the service and says what the person has to do next.
//
// [Flow.Start] begins a [Session], and [Session.Next] waits for its next [Event]: a code to scan, a number to type, a page to open, and
// one [Final] event at the end. The package draws nothing and reads no keyboard, so that a terminal, a web page and a test use the same
// machine.
//
// The device (appId) is remembered in the state as soon as the service has made it, and used again: another device for the same account is
// what risk control looks for. A new one is made for the very first login, and when [Request].NewDevice says so, never silently.
//
// A login is tried once. A code that nobody scanned is drawn a second time, and then a person has to begin again.
package login
