package media

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Resolver resolves host names; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

const (
	dialTimeout  = 15 * time.Second
	maxRedirects = 5
)

// guard dials for downloads and refuses addresses that are not public. It checks the address that
// is dialled, so the name, redirects and changing DNS records make no difference.
type guard struct {
	resolver Resolver
	allowed  []string // hosts, or hosts with ports, that may have any address
	service  []string // the same, for links that the service itself returned
}

type fromService struct{}

// trusting marks the requests for a link that the service returned.
func trusting(ctx context.Context) context.Context {
	return context.WithValue(ctx, fromService{}, true)
}

// client returns an HTTP client that dials through the guard. It does not reuse connections: one
// that was opened for a trusted link must not serve another link.
func (g *guard) client() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: g.dial, DisableKeepAlives: true, DisableCompression: true,
			TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= maxRedirects {
				return errRedirects
			}
			return checkURL(r.URL)
		},
	}
}

// checkURL refuses everything but plain http and https URLs.
func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%w: neither http nor https", ErrForbiddenHost)
	case u.Hostname() == "":
		return fmt.Errorf("%w: no host", ErrForbiddenHost)
	case u.User != nil:
		return fmt.Errorf("%w: it contains a user name or a password", ErrForbiddenHost)
	}
	return nil
}

// dial connects to the first permitted address of a host.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	exempt := g.exempt(ctx, host, port)
	addrs, err := g.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout, Control: func(_, actual string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(actual)
		if err != nil || !exempt && forbidden(ap.Addr()) {
			return ErrForbiddenHost
		}
		return nil
	}}
	var errs []error
	for _, addr := range addrs {
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		errs = append(errs, err)
	}
	return nil, errors.Join(errs...)
}

func (g *guard) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	if len(addrs) == 0 {
		return nil, errNoHost
	}
	return addrs, nil
}

func (g *guard) exempt(ctx context.Context, host, port string) bool {
	names := []string{strings.ToLower(host), strings.ToLower(net.JoinHostPort(host, port))}
	listed := func(list []string) bool {
		return slices.ContainsFunc(list, func(h string) bool { return slices.Contains(names, strings.ToLower(h)) })
	}
	return listed(g.allowed) || ctx.Value(fromService{}) != nil && listed(g.service)
}

// special lists networks that are not part of the public internet and that netip does not know.
var special = []netip.Prefix{ //nolint:gochecknoglobals // a table
	netip.MustParsePrefix("0.0.0.0/8"),        // this network
	netip.MustParsePrefix("100.64.0.0/10"),    // carrier-grade NAT
	netip.MustParsePrefix("168.63.129.16/32"), // metadata of a cloud
	netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),     // documentation
	netip.MustParsePrefix("192.88.99.0/24"),   // relays of 6to4
	netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"),  // documentation
	netip.MustParsePrefix("203.0.113.0/24"),   // documentation
	netip.MustParsePrefix("240.0.0.0/4"),      // reserved, and broadcast
	netip.MustParsePrefix("::/96"),            // IPv4-compatible
	netip.MustParsePrefix("::ffff:0:0:0/96"),  // IPv4-translated
	netip.MustParsePrefix("64:ff9b::/96"),     // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),   // NAT64 of a site
	netip.MustParsePrefix("100::/64"),         // discard
	netip.MustParsePrefix("2001::/23"),        // protocol assignments, Teredo
	netip.MustParsePrefix("2001:db8::/32"),    // documentation
	netip.MustParsePrefix("2002::/16"),        // 6to4
	netip.MustParsePrefix("3fff::/20"),        // documentation
	netip.MustParsePrefix("5f00::/16"),        // segment routing
	netip.MustParsePrefix("fec0::/10"),        // site-local
}

// forbidden reports whether an address is not on the public internet.
func forbidden(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return !addr.IsGlobalUnicast() || addr.IsPrivate() ||
		slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(addr) })
}
