package media

import (
	"net"
	"net/http"
)

// NewClient returns an HTTP client for links that other people or systems have a say in: it refuses
// whatever is not plain http or https, and every address that is not on the public internet, also
// after redirects. allowHosts are hosts, or hosts with ports, that may have any address:
// "10.0.0.5:9000". A refused request fails with ErrForbiddenHost.
func NewClient(allowHosts ...string) *http.Client {
	g := guard{resolver: net.DefaultResolver, allowed: allowHosts}
	return g.client()
}
