package media

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// The errors of downloads.
var (
	// ErrNotDownloadable means that the message has nothing to download: it is a text, for example,
	// or a file whose upload has only begun.
	ErrNotDownloadable = errors.New("media: the message has nothing to download")
	// ErrTooLarge means that the media is larger than Config.MaxSize. Nothing of it is kept.
	ErrTooLarge = errors.New("media: larger than allowed: raise MaxSize to download it")
	// ErrForbiddenHost means that a link does not lead to a web server on the public internet: it
	// leads to a private network or to this machine, for example.
	ErrForbiddenHost = errors.New("media: the link leads to an address that is not allowed: list the host in AllowHosts if it is yours")
	// ErrChecksum means that the file differs from what the message announced. It is removed,
	// unless Config.KeepMismatched is set.
	ErrChecksum = errors.New("media: the downloaded file differs from what the message announced")
	// ErrExpired means that the media is gone: links are valid for seven days, and WeChat keeps
	// videos and files for about two weeks.
	ErrExpired = errors.New("media: the media is gone: links are valid for seven days, videos and files are kept for two weeks")
	// ErrNoClient means that the Fetcher has no Client: it can only save what the message itself
	// contains.
	ErrNoClient = errors.New("media: no Client: set Config.Client, which asks the service for links")
)

// errStalled ends a download that receives no data.
var errStalled = errors.New("media: nothing came for too long")

// The errors of links for which a retry cannot help.
var (
	errRedirects = fmt.Errorf("media: the link redirects in a circle, or more than %d times", maxRedirects)
	errNoHost    = errors.New("media: the host of the link is not known")
)

// lasting reports whether a connection error would occur again with the same link.
func lasting(err error) bool {
	var (
		dns         *net.DNSError
		link        *url.Error
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.Is(err, ErrForbiddenHost), errors.Is(err, errRedirects), errors.Is(err, errNoHost), errors.Is(err, http.ErrSchemeMismatch):
		return true
	case errors.As(err, &dns):
		return !dns.IsTemporary && !dns.IsTimeout
	case errors.As(err, &certificate):
		return true
	}
	return errors.As(err, &link) && strings.Contains(link.Err.Error(), "Location header")
}

// cause returns an error without the link, which is a secret while it is valid.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		if strings.Contains(u.Err.Error(), "Location header") { // it quotes the link
			return errors.New("media: a redirect that leads nowhere")
		}
		return u.Err
	}
	return err
}
