package media

import (
	"net"
	"net/http"
)

// NewClient returns a client for requests to other systems, such as webhooks. Like downloads it
// refuses addresses that are not public, whatever name, redirect or DNS record leads to them; allow
// lists hosts, or hosts with ports, that may have any address. Errors of such addresses are
// ErrForbiddenHost. The client has no timeout.
func NewClient(allow ...string) *http.Client {
	return (&guard{resolver: net.DefaultResolver, allowed: allow}).client()
}
