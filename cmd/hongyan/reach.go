package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// reachTimeout is how long a callback URL may take to answer. The service waits for three seconds.
const reachTimeout = 3 * time.Second

// problem is why something does not work, and what to do: a line each.
type problem struct {
	Cause string `json:"cause"`
	Do    string `json:"do"`
	// sure means that the service cannot have more luck: what was seen from here it will see, too.
	sure bool
}

// Error is both lines.
func (p *problem) Error() string { return p.Cause + "\n  → " + p.Do }

// shown is a callback URL without what may be its secret.
func shown(u *url.URL) string {
	s := u.Scheme + "://" + u.Host
	if strings.Trim(u.Path, "/") != "" {
		s += "/…"
	}
	return s
}

// readCallback reads a callback URL.
func readCallback(target string) (*url.URL, *problem) {
	u, err := url.Parse(target)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, &problem{"the callback URL is no http or https URL", "write it like https://bot.example.com/callback/SECRET", true}
	case strings.Trim(u.Path, "/") == "":
		return nil, &problem{"the callback URL has no path", "add the path and the secret of the bot: " + shown(u) + "/callback/SECRET", true}
	}
	return u, nil
}

// local tells whether a host is an address that only this machine, or its network, reaches. A name that does not resolve is none.
func local(ctx context.Context, host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return inside(ip)
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	for _, ip := range ips {
		if !inside(ip) {
			return false
		}
	}
	return err == nil && len(ips) > 0
}

func inside(ip netip.Addr) bool {
	ip = ip.Unmap()
	shared := netip.MustParsePrefix("100.64.0.0/10") // behind the NAT of a provider
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || shared.Contains(ip)
}

// localProblem says that the service cannot reach an address.
func localProblem(u *url.URL) *problem {
	return &problem{
		u.Hostname() + " is a loopback or private address: the service cannot reach it",
		"use a public name or address, or a tunnel to this machine; docs/operations.md shows three ways", true,
	}
}

// reach posts to a callback URL what the service posts to try it, and says what is wrong with the answer; nil if nothing is.
func reach(ctx context.Context, u *url.URL) *problem {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(`{"testMsg":"hongyan callback check"}`))
	if err != nil {
		return &problem{"the callback URL cannot be asked", "write it like https://bot.example.com/callback/SECRET", true}
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return unreached(u, err)
	}
	_ = response.Body.Close()
	return answered(u, response.StatusCode)
}

// unreached says what an error of the way means. The error itself holds the URL with its secret, and is not shown.
func unreached(u *url.URL, err error) *problem {
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	switch {
	case errors.As(err, &dns):
		return &problem{"the name " + u.Hostname() + " does not resolve", "correct the name, or its DNS record", true}
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid), errors.As(err, &record), errors.As(err, &alert):
		return &problem{
			"the TLS certificate of " + u.Host + " does not hold: self-signed, expired, or for another name",
			"get a certificate that browsers trust, or register the URL with http://", true,
		}
	case errors.Is(err, http.ErrSchemeMismatch):
		return &problem{"the server at " + address(u) + " speaks no TLS", "register the URL with http://, or give the server a certificate", true}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &problem{
			"nobody listens at " + address(u),
			"start the bot, check that it listens there (listen, HONGYAN_LISTEN) and that the port is forwarded to it", false,
		}
	}
	return &problem{
		"no answer from " + address(u) + " within " + reachTimeout.String() + ": NAT or a firewall",
		"open the port, or forward it in the router; without a public address use a tunnel (docs/operations.md)", false,
	}
}

func address(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// answered says what the status of an answer means.
func answered(u *url.URL, status int) *problem {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		return &problem{"the secret in the URL is not that of the bot (HTTP 401)", "use the value of callback.secret, or HONGYAN_CALLBACK_SECRET, as the end of the path", true}
	case http.StatusForbidden:
		return &problem{"the bot, or a proxy before it, refuses this address (HTTP 403)", "check callback.allow_from, and the rules of the proxy: the service must be allowed", false}
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return &problem{fmt.Sprintf("there is a server at %s, but no bot under this path (HTTP %d)", u.Host, status), "correct the path: it is /callback/SECRET unless callback.path says otherwise, and a proxy must pass it on unchanged", true}
	case http.StatusServiceUnavailable:
		return &problem{"the bot cannot store what it gets (HTTP 503)", "look into its log, and at the space of its disk", true}
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return &problem{fmt.Sprintf("the proxy at %s does not reach the bot (HTTP %d)", u.Host, status), "start the bot, and correct the upstream of the proxy", true}
	}
	if status >= 300 && status < 400 {
		return &problem{fmt.Sprintf("%s redirects (HTTP %d), and the service does not follow", u.Host, status), "register the URL that it redirects to; often https:// in place of http://", true}
	}
	return &problem{fmt.Sprintf("%s answers with HTTP %d in place of 200", u.Host, status), "look into the log of the bot, and of the proxy before it", true}
}
