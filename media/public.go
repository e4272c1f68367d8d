package media

import (
	"context"
	"fmt"
	"net"
	"net/url"
)

// CheckPublic returns ErrForbiddenHost for a link that does not lead to a web server on the public
// internet, and an error for one whose host has no address: for links of others that the service
// is to fetch. allow lists hosts, with or without port, that may have any address. A name can lead
// elsewhere by the time it is fetched.
func CheckPublic(ctx context.Context, link string, allow ...string) error {
	u, err := url.Parse(link)
	if err != nil {
		return fmt.Errorf("%w: not a valid URL", ErrForbiddenHost)
	}
	if err := checkURL(u); err != nil {
		return err
	}
	g := guard{resolver: net.DefaultResolver, allowed: allow}
	if g.exempt(ctx, u.Hostname(), u.Port()) {
		return nil
	}
	addrs, err := g.lookup(ctx, u.Hostname())
	if err != nil {
		return err
	}
	for _, addr := range addrs {
		if forbidden(addr) {
			return ErrForbiddenHost
		}
	}
	return nil
}
