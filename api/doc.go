// Package api is a client of the VideosApi / GeWe HTTP API.
//
// A [Client] has a field for each module: Login, Contacts, Group, Message and so on. Each endpoint
// is a method. Its arguments are the appId of the account and the fields of the call, or a request
// struct if there are more than two. All methods share one call (call.go), which handles timeouts,
// the envelope of the answer and errors. An [*Error] says whether the request may have been
// executed: a send that timed out must not simply be repeated.
//
// The service is inconsistent about JSON types, and the client accepts the variants: numbers in
// strings, null, and [] or {} for a missing value. docs/en/api.md in the repository lists every
// endpoint with its method.
//
// The service takes media as public URLs and downloads them itself; nothing is uploaded.
package api
