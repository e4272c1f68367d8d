// Package localhttp guards HTTP listeners that require no password because only this machine, or a
// guarded network, reaches them. A browser on the same machine reaches them, too, and any page can
// make it send requests; so can a tunnel. The guard refuses such requests.
package localhttp

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Config configures a guard. The zero value accepts the names of loopback only.
type Config struct {
	// Address is the configured address of the listener: "127.0.0.1:8080". Its host may be used as
	// well. On an address that stands for all of the machine, such as ":8080", every IP address may
	// be used, and the names that no public DNS has.
	Address string
	// Hosts are further names or addresses by which clients reach the listener; a port is ignored.
	Hosts []string
	// Direct refuses what a proxy or a tunnel has passed on from another machine, as far as its
	// headers tell.
	Direct bool
	// Refused is called for each request that is refused. nil is not called.
	Refused func(r *http.Request, why error)
	// Answer answers a request that is refused. nil means a 403 in plain text.
	Answer func(w http.ResponseWriter, r *http.Request, why error)
}

// The reasons for which a request is refused.
var (
	ErrHost      = errors.New("the Host is neither a loopback name nor the configured address of this listener")
	ErrOrigin    = errors.New("the request comes from a page of another origin")
	ErrCrossSite = errors.New("the browser says that another site made the request")
	ErrForwarded = errors.New("a proxy passed the request on from another machine")
)

// Guard answers 403 to requests that are not meant for this listener, and passes the others on to
// next.
func Guard(c Config, next http.Handler) http.Handler {
	g := newGuard(c)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.check(r); err != nil {
			if c.Refused != nil {
				c.Refused(r, err)
			}
			if c.Answer != nil {
				c.Answer(w, r, err)
				return
			}
			http.Error(w, "refused: "+err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// CheckHosts returns an error for a name that no request can have as its host.
func CheckHosts(hosts []string) error {
	for _, h := range hosts {
		if h == "" || strings.ContainsAny(h, "/*?#@, \t\r\n") {
			return fmt.Errorf("%q is not the name of a host: write it as in console.example.com, without https:// and without *", h)
		}
	}
	return nil
}

// Loopback reports whether a host, without a port, is a name or an address of this machine's
// loopback. Names are not looked up.
func Loopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

// guard is what Guard checks with.
type guard struct {
	hosts  []string
	all    bool // the address stands for the whole machine
	direct bool
}

func newGuard(c Config) *guard {
	g := &guard{direct: c.Direct}
	host, _, err := net.SplitHostPort(c.Address)
	ip, bad := netip.ParseAddr(host)
	switch {
	case c.Address == "":
	case err == nil && host == "", bad == nil && ip.IsUnspecified():
		g.all = true
	default:
		g.hosts = append(g.hosts, nameOf(c.Address))
	}
	for _, h := range c.Hosts {
		g.hosts = append(g.hosts, nameOf(h))
	}
	return g
}

// check is why a request is refused; nil if it is not.
func (g *guard) check(r *http.Request) error {
	if !g.meant(nameOf(r.Host)) {
		return ErrHost
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
	default:
		return ErrCrossSite
	}
	for _, origin := range r.Header.Values("Origin") {
		if !sameOrigin(origin, r) {
			return ErrOrigin
		}
	}
	if g.direct && forwarded(r.Header) {
		return ErrForwarded
	}
	return nil
}

// meant reports whether a request to a host is for this listener. A name that anybody can register
// must be configured: whoever owns it can let it point to this machine.
func (g *guard) meant(host string) bool {
	switch {
	case host == "":
		return false
	case Loopback(host), slices.Contains(g.hosts, host):
		return true
	case !g.all:
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") {
		return true
	}
	own, err := os.Hostname()
	return err == nil && strings.EqualFold(own, host) ||
		slices.ContainsFunc(private, func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}

// private lists the ends of names that no public DNS has: those of clusters, containers and home
// networks.
var private = []string{".local", ".internal", ".svc", ".home.arpa"} //nolint:gochecknoglobals // a table

// nameOf is the host of an address with or without a port, in small letters.
func nameOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().String()
	}
	return host
}

// sameOrigin reports whether a page was served from where its request goes. It returns false for
// "null", and for what is not an origin.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	return nameOf(u.Host) == nameOf(r.Host) && portOf(u.Host, u.Scheme) == portOf(r.Host, u.Scheme)
}

func portOf(host, scheme string) string {
	if _, port, err := net.SplitHostPort(host); err == nil && port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[scheme]
}

// forwarded reports whether headers name a client or a host of another machine. Programs on this
// machine have no reason to set them; proxies and tunnels add them by themselves.
func forwarded(h http.Header) bool {
	for _, name := range []string{
		"X-Forwarded-For", "X-Real-Ip", "X-Forwarded-Host", "Cf-Connecting-Ip", "True-Client-Ip", "X-Client-Ip", "Fly-Client-Ip",
	} {
		for _, value := range h.Values(name) {
			for part := range strings.SplitSeq(value, ",") {
				if part = strings.TrimSpace(part); part != "" && !Loopback(nameOf(part)) {
					return true
				}
			}
		}
	}
	for _, value := range h.Values("Forwarded") {
		if !forwardedHere(value) {
			return true
		}
	}
	return false
}

// forwardedHere reports whether all that a Forwarded header (RFC 7239) names is of this machine.
func forwardedHere(value string) bool {
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ';' }) {
		name, node, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "for", "host":
			if !Loopback(nameOf(strings.Trim(node, `"`))) {
				return false
			}
		}
	}
	return true
}
