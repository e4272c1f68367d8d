// Package api is a client of the VideosApi / GeWe HTTP API.
//
// A [Client] has a service for each module: Login, Contacts, Group, Message and so on. Each endpoint is a method: its arguments are the
// appId of the account, and what else the call wants, or a request struct where that is more than two values. All of them go through
// one call (call.go), which knows timeouts, the answer's envelope and the errors. An [*Error] tells
// whether the request may have been executed: a send that timed out must not be repeated on a guess.
//
// The service is loose about types, and the client reads what it means: numbers written as strings, null, and [] or {} for nothing.
// docs/api.md in the repository lists every endpoint with its method.
//
// The service takes media as public URLs and fetches them itself; nothing is uploaded.
package api
