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
	// ErrNotDownloadable means that the message has nothing to download: a text, or a file whose upload has only begun.
	ErrNotDownloadable = errors.New("media: the message has nothing to download")
	// ErrTooLarge means that the media is larger than Config.MaxSize. Nothing of it is kept.
	ErrTooLarge = errors.New("media: larger than allowed: raise MaxSize if it is wanted")
	// ErrForbiddenHost means that a link leads to where a bot must not be sent: a private network, this machine, or no web server at all.
	ErrForbiddenHost = errors.New("media: the link leads to an address that is not allowed: list the host in AllowHosts if it is yours")
	// ErrChecksum means that what came is not what the message announces. It is removed, unless Config.KeepMismatched is set.
	ErrChecksum = errors.New("media: the download is not what the message announces")
	// ErrExpired means that the media is gone: a link lives seven days, and WeChat keeps videos and files for about two weeks.
	ErrExpired = errors.New("media: the media is gone: links live seven days, videos and files two weeks")
	// ErrNoClient means that the Fetcher was made without a Client: it can only save what a message carries itself.
	ErrNoClient = errors.New("media: no Client: the service cannot be asked for links")
)

// errStalled ends a download from which nothing comes any more.
var errStalled = errors.New("media: nothing came for too long")

// The errors of links that lead nowhere, however often they are followed.
var (
	errRedirects = fmt.Errorf("media: the link redirects in a circle, or more than %d times", maxRedirects)
	errNoHost    = errors.New("media: the host of the link is not known")
)

// lasting tells whether an error of a connection is about the link or the server, and not about this try.
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

// cause is an error without the link, which is a secret for as long as it lives.
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
