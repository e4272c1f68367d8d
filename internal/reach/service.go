package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// waitForIt is what to do about a service that does not answer.
func waitForIt() phrase.Text {
	return phrase.New("check the network and the base URL (service.base_url, HONGYAN_BASE_URL), or wait: the service may be down")
}

// Refused reports whether an error is a refusal by the service itself. An error with the HTTP
// status of a broken server is not.
func Refused(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Ret != 0 && e.HTTPStatus < http.StatusInternalServerError
}

// Service explains the error of a call that the service did not answer, or whose token it does not
// accept.
func Service(err error) *Problem {
	var e *api.Error
	answered := errors.As(err, &e) && e.HTTPStatus != 0
	switch {
	case errors.Is(err, api.ErrTokenInvalid), answered && e.Ret == http.StatusUnauthorized:
		return final(phrase.New("the service does not take the token: wrong or expired"),
			phrase.New("get the current one from its console, and set HONGYAN_TOKEN or service.token"))
	case errors.Is(err, context.DeadlineExceeded):
		return perhaps(phrase.New("the service does not answer in time"), waitForIt())
	case answered && errors.Is(err, api.ErrNotEnvelope):
		return gateway(e.HTTPStatus)
	case answered && e.Ret != 0 && e.HTTPStatus >= http.StatusInternalServerError:
		return perhaps(phrase.New("the service has an error of its own (HTTP %d)", e.HTTPStatus), waitForIt())
	case answered && e.Ret != 0:
		return perhaps(phrase.New("the service refuses the call: %v", e),
			phrase.New("try again in a minute; if that stays, ask those who run the service"))
	case answered:
		return perhaps(phrase.New("the answer of the service breaks off"), waitForIt())
	}
	return unanswered(err)
}

// gateway explains a status that does not come from the service itself.
func gateway(status int) *Problem {
	var why phrase.Text
	do := waitForIt()
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		why = phrase.New("it does not let this bot through")
		do = phrase.New("check the token (HONGYAN_TOKEN, service.token), the network, and whether the gateway allows this address")
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		why = phrase.New("there is no service under the base URL")
		do = phrase.New("correct the base URL (service.base_url, HONGYAN_BASE_URL) and the provider: its path must end like " +
			"/finder/v2/api; else check the network")
	case http.StatusTooManyRequests:
		why = phrase.New("too many calls")
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		why = phrase.New("it does not reach the service")
	}
	cause := phrase.New("a gateway answers in place of the service (HTTP %d)", status)
	if !why.IsZero() {
		cause = phrase.New("%v: %v", cause, why)
	}
	return perhaps(cause, do)
}

// unanswered explains why there is no answer at all.
func unanswered(err error) *Problem {
	cause := phrase.New("the service cannot be reached")
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return perhaps(phrase.New("%v: the name %s does not resolve", cause, dns.Name),
			phrase.New("correct the base URL (service.base_url, HONGYAN_BASE_URL), or check the network and its DNS"))
	case errors.As(err, &dns):
		return perhaps(phrase.New("%v: the DNS server does not answer for %s", cause, dns.Name), waitForIt())
	case errors.Is(err, syscall.ECONNREFUSED):
		return perhaps(phrase.New("%v: nothing listens at its address", cause), waitForIt())
	case badTLS(err):
		return perhaps(phrase.New("%v: its TLS certificate does not hold", cause), waitForIt())
	case errors.Is(err, http.ErrSchemeMismatch):
		return perhaps(phrase.New("%v: it speaks no TLS", cause),
			phrase.New("write the base URL with http:// (service.base_url, HONGYAN_BASE_URL)"))
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return perhaps(phrase.New("%v: there is no route to it", cause), waitForIt())
	}
	return perhaps(cause, waitForIt())
}

// badTLS reports whether an error is about a certificate or the handshake.
func badTLS(err error) bool {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		alert   tls.AlertError
	)
	return errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) || errors.As(err, &record) ||
		errors.As(err, &alert)
}

// Hosted reports whether the service of a base URL is somewhere else, and not a container or a
// simulator near by.
func Hosted(ctx context.Context, base string) bool {
	u, err := url.Parse(base)
	return base == "" || err == nil && !Local(ctx, u.Hostname())
}

// Registration explains why the service of a base URL did not register a callback URL. If the
// service did not reach the URL, Registration tries it from this machine.
func Registration(ctx context.Context, u *url.URL, base string, err error) *Problem {
	if found := Service(err); found.Final || !errors.Is(err, api.ErrCallbackProbe) {
		return found
	}
	near := Local(ctx, u.Hostname())
	if near && Hosted(ctx, base) {
		return Unreachable(u)
	}
	if seen := Try(ctx, u); seen != nil {
		return seen
	}
	if near {
		p := Unreachable(u)
		p.Final = false // a container near by may reach it later
		return p
	}
	return perhaps(phrase.New("the URL answers from here, and the service does not reach it: %v", err),
		phrase.New("look for a firewall, an allow list (callback.allow_from) or a slow answer: it waits for three seconds"))
}
