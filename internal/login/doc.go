// Package login is the login of an account as a state machine, which asks the service and returns
// what the person has to do next.
//
// [Flow.Start] begins an [Attempt], and [Attempt.Next] waits for its next [Event]: a code to scan,
// a number to type, a page to open, and one [Final] event at the end. The package has no user
// interface, so that a terminal, a web page and a test can use it.
//
// The device (appId) is stored in the state as soon as the service has made it, and used again:
// risk control reacts to another device of the same account. A new device is made for the very
// first login, and with [Request].NewDevice, never silently.
//
// A login is tried once. A code that was not scanned is made a second time; after that the person
// has to begin again.
package login
