// Package api is a client of the VideosApi / GeWe HTTP API.
//
// A [Client] has a service for each module: Login, Message, Contacts, Group. Each endpoint is a method with a request struct; all of
// them go through one call (call.go), which knows timeouts, the answer's envelope and the errors. An [*Error] tells
// whether the request may have been executed: a send that timed out must not be repeated on a guess.
//
// The service takes media as public URLs and fetches them itself; nothing is uploaded.
package api
