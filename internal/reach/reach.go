// Package reach finds out why one side does not reach the other: why the service cannot post to a
// callback URL, and why a call of the service has no answer. A bot logs it at its start, and the
// commands of hongyan print it.
package reach

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// Timeout is how long a callback URL may take to answer. The service waits for three seconds.
const Timeout = 3 * time.Second

// Problem is why something does not work, and what to do: a line each.
type Problem struct { //nolint:errname // an error only where a command ends with it
	Cause phrase.Text `json:"cause"`
	Do    phrase.Text `json:"do"`
	// Sure means that the service fails in the same way as this machine.
	Sure bool `json:"-"`
	// Final means that the configuration is wrong: no change elsewhere can fix it.
	Final bool `json:"-"`
}

// Error is both lines.
func (p *Problem) Error() string { return p.Phrase().String() }

// Phrase is both lines.
func (p *Problem) Phrase() phrase.Text { return phrase.New("%v\n  → %v", p.Cause, p.Do) }

// sure is a problem that the service has as well; perhaps may be a problem of this machine only.
func sure(cause, do phrase.Text) *Problem    { return &Problem{Cause: cause, Do: do, Sure: true} }
func perhaps(cause, do phrase.Text) *Problem { return &Problem{Cause: cause, Do: do} }

// final is a problem of the configuration itself.
func final(cause, do phrase.Text) *Problem {
	return &Problem{Cause: cause, Do: do, Sure: true, Final: true}
}

// Shown is a callback URL without what may be its secret.
func Shown(u *url.URL) string {
	s := u.Scheme + "://" + u.Host
	if strings.Trim(u.Path, "/") != "" {
		s += "/…"
	}
	return s
}

// Read reads a callback URL.
func Read(target string) (*url.URL, *Problem) {
	u, err := url.Parse(target)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, final(phrase.New("the callback URL is not an http or https URL"),
			phrase.New("write it like https://bot.example.com/callback/SECRET"))
	case strings.Trim(u.Path, "/") == "":
		return nil, final(phrase.New("the callback URL has no path"),
			phrase.New("add the path and the secret of the bot: %s/callback/SECRET", Shown(u)))
	}
	return u, nil
}

// Local reports whether a host is an address that only this machine, or its network, reaches. It
// returns false for a name that does not resolve.
func Local(ctx context.Context, host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return inside(ip)
	}
	if name := strings.ToLower(strings.TrimSuffix(host, ".")); name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true // by its name, also where nothing resolves it
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
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

// Unreachable says that the service cannot reach an address. If it is written as an address, only
// another URL fixes that.
func Unreachable(u *url.URL) *Problem {
	_, err := netip.ParseAddr(u.Hostname())
	return &Problem{
		Cause: phrase.New("%s is a loopback or private address: the service cannot reach it", u.Hostname()),
		Do:    phrase.New("use a public name or address, or a tunnel to this machine; docs/en/operations.md shows three ways"),
		Sure:  true, Final: err == nil || localhttp.Loopback(u.Hostname()),
	}
}

// Try posts the probe of the service to a callback URL, and returns what is wrong with the answer;
// nil if nothing is.
func Try(ctx context.Context, u *url.URL) *Problem {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(`{"testMsg":"hongyan callback check"}`))
	if err != nil {
		return final(phrase.New("the callback URL cannot be asked"), phrase.New("write it like https://bot.example.com/callback/SECRET"))
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return unreached(u, err)
	}
	_ = response.Body.Close()
	return answered(u, response.StatusCode)
}

// unreached explains an error of the connection. The error itself holds the URL with its secret,
// and is not shown.
func unreached(u *url.URL, err error) *Problem {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return sure(phrase.New("the name %s does not resolve", u.Hostname()), phrase.New("correct the name, or its DNS record"))
	case badTLS(err):
		return sure(
			phrase.New("the TLS certificate of %s does not hold: self-signed, expired, or for another name", u.Host),
			phrase.New("get a certificate that browsers trust, or register the URL with http://"),
		)
	case errors.Is(err, http.ErrSchemeMismatch):
		return sure(phrase.New("the server at %s speaks no TLS", address(u)),
			phrase.New("register the URL with http://, or give the server a certificate"))
	case errors.Is(err, syscall.ECONNREFUSED):
		return perhaps(
			phrase.New("nothing listens at %s", address(u)),
			phrase.New("start the bot, check that it listens there (listen, HONGYAN_LISTEN) and that the port is forwarded to it"),
		)
	}
	return perhaps(
		phrase.New("no answer from %s within %s: NAT or a firewall", address(u), Timeout.String()),
		phrase.New("open the port, or forward it in the router; without a public address use a tunnel (docs/en/operations.md)"),
	)
}

func address(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
}

// answered explains the status of an answer.
func answered(u *url.URL, status int) *Problem {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized:
		return sure(phrase.New("the secret in the URL is not that of the bot (HTTP 401)"),
			phrase.New("use the value of callback.secret, or HONGYAN_CALLBACK_SECRET, as the end of the path"))
	case http.StatusForbidden:
		return perhaps(phrase.New("the bot, or a proxy before it, refuses this address (HTTP 403)"),
			phrase.New("check callback.allow_from, the rules of the proxy, and that the bot knows its callback.public_url: the "+
				"service must be allowed"))
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return sure(phrase.New("there is a server at %s, but no bot under this path (HTTP %d)", u.Host, status),
			phrase.New("correct the path: it is /callback/SECRET unless callback.path says otherwise, and a proxy must pass it on "+
				"unchanged"))
	case http.StatusServiceUnavailable:
		return sure(phrase.New("the bot cannot store what it gets (HTTP 503)"),
			phrase.New("look into its log, and at the space of its disk"))
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return sure(phrase.New("the proxy at %s does not reach the bot (HTTP %d)", u.Host, status),
			phrase.New("start the bot, and correct the upstream of the proxy"))
	}
	if status >= 300 && status < 400 {
		return sure(phrase.New("%s redirects (HTTP %d), and the service does not follow", u.Host, status),
			phrase.New("register the URL that it redirects to; often https:// in place of http://"))
	}
	return sure(phrase.New("%s answers with HTTP %d in place of 200", u.Host, status),
		phrase.New("look into the log of the bot, and of the proxy before it"))
}
