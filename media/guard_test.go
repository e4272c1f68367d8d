package media_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// names is a resolver for names that do not exist.
type names map[string]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if ip, ok := n[host]; ok {
		return []netip.Addr{netip.MustParseAddr(ip)}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// sticker returns a message with a link that the sender chose.
func sticker(link string) media.Message {
	return media.Message{AppID: "wx_a", Payload: &xmlmsg.Emoji{CDNURL: link}}
}

func TestLinksOfStrangers(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "100.64.0.1",
		"100.100.100.200", "168.63.129.16", "192.0.0.8", "198.18.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "[::1]", "[::]",
		"[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]",
		"[fd00:ec2::254]", "[ff02::1]",
		"[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001::1]", "[fec0::1]", "loopback.example", "mapped.example",
		"metadata.example", "lan.example",
	} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			f, dir := fetcher(t, nil, func(c *media.Config) {
				c.Resolver = names{"loopback.example": "127.0.0.1", "mapped.example": "::ffff:127.0.0.1",
					"metadata.example": "169.254.169.254", "lan.example": "192.168.0.10"}
			})
			_, err := f.Download(t.Context(), sticker("http://"+host+"/x"))
			require.ErrorIs(t, err, media.ErrForbiddenHost)
			assert.Empty(t, listing(t, dir))
		})
	}
	for _, link := range []string{
		"file:///etc/passwd", "ftp://example.com/x", "gopher://127.0.0.1/", "//example.com/x", "/etc/passwd",
		"example.com/x", "http:///x", "http://", "http://a:b@example.com/x",
		"http://user@example.com/", "data:text/plain,x", "javascript:alert(1)",
	} {
		f, _ := fetcher(t, nil)
		_, err := f.Download(t.Context(), sticker(link))
		require.ErrorIs(t, err, media.ErrForbiddenHost, link)
	}
	for _, link := range []string{"http://[::1", "http://a b/", "%zz"} {
		f, _ := fetcher(t, nil)
		_, err := f.Download(t.Context(), sticker(link))
		require.Error(t, err, link)
		assert.NotContains(t, err.Error(), link, "a link is a secret")
	}
}

// TestTheServiceMayBePrivate: the service's own host is allowed for links that it returned, but no
// other port of it.
func TestTheServiceMayBePrivate(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadEmojiMd5", "/f", bytesOf("GIF89a"))
	f, _ := fetcher(t, s)
	_, err := f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Emoji{MD5: md5Of("x")}})
	require.NoError(t, err)
	_, err = f.Download(t.Context(), sticker(s.URL+"/f"))
	require.ErrorIs(t, err, media.ErrForbiddenHost, "the same link, from a sender")

	other := newService(t)
	other.offers("/message/downloadEmojiMd5", "/f", bytesOf("secret"))
	s.links["/message/downloadEmojiMd5"] = other.URL + "/f"
	_, err = f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Emoji{MD5: md5Of("x")}})
	require.ErrorIs(t, err, media.ErrForbiddenHost, "another port of the service's host")
	assert.Zero(t, other.got())
}

// to redirects to target.
func to(target string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, target, http.StatusFound) }
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	inside := newService(t)
	inside.offers("-", "/secret", bytesOf("GIF89a"))
	s := newService(t)
	s.offers("-", "/ok", bytesOf("GIF89a"))
	s.offers("-", "/once", to("/ok"))
	s.offers("-", "/loop", to("/loop"))
	s.offers("-", "/inside", to(inside.URL+"/secret"))
	s.offers("-", "/named", to(strings.Replace(inside.URL, "127.0.0.1", "loopback.example", 1)+"/secret"))
	s.offers("-", "/file", to("file:///etc/passwd"))
	s.offers("-", "/user", to("http://a:b@example.com/"))
	host := strings.TrimPrefix(s.URL, "http://")
	f, dir := fetcher(t, nil, func(c *media.Config) {
		c.AllowHosts, c.Resolver = []string{host}, names{"loopback.example": "127.0.0.1"}
	})
	_, err := f.Download(t.Context(), sticker(s.URL+"/once"))
	require.NoError(t, err)
	for _, path := range []string{"/inside", "/named", "/file", "/user"} {
		_, err := f.Download(t.Context(), sticker(s.URL+path))
		require.ErrorIs(t, err, media.ErrForbiddenHost, path)
	}
	_, err = f.Download(t.Context(), sticker(s.URL+"/loop"))
	require.ErrorContains(t, err, "redirects")
	assert.Zero(t, inside.got())
	assert.Len(t, listing(t, dir), 1)
}

// TestLinksThatLeadNowhereAreNotTriedAgain counts the attempts for errors that a retry cannot fix.
func TestLinksThatLeadNowhereAreNotTriedAgain(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("-", "/self", to("/self"))
	s.offers("-", "/a", to("/b"))
	s.offers("-", "/b", to("/a"))
	s.offers("-", "/nameless", to("http://nowhere.invalid/x"))
	s.offers("-", "/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://[broken/s3cret")
		w.WriteHeader(http.StatusFound)
	})
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)
	for name, c := range map[string]struct {
		link, says string
		tries      int
	}{
		"itself":              {s.URL + "/self", "redirects", 1},
		"a circle":            {s.URL + "/a", "redirects", 1},
		"no such name":        {"http://nowhere.invalid/x", "no such host", 1},
		"to no such name":     {s.URL + "/nameless", "no such host", 1},
		"no address":          {"http://empty.example/x", "not known", 1},
		"no location":         {s.URL + "/broken", "leads nowhere", 1},
		"certificate":         {tls.URL, "certificate", 1},
		"no TLS":              {strings.Replace(s.URL, "http:", "https:", 1), "HTTP response to HTTPS client", 1},
		"DNS is down for now": {"http://later.example/x", "server misbehaving", media.DefaultAttempts},
		"nothing listens":     {"http://127.0.0.1:1/x", "refused", media.DefaultAttempts},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := newClock()
			f, _ := fetcher(t, nil, func(c *media.Config) {
				c.AllowHosts = []string{"127.0.0.1", "empty.example", "later.example", "nowhere.invalid"}
				c.Resolver, c.Wait = shaky{}, cl.Wait
			})
			_, err := f.Download(t.Context(), sticker(c.link))
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "s3cret")
			assert.Len(t, cl.waited(), c.tries-1, "a rest before each further try")
		})
	}
}

// shaky is a resolver that returns errors.
type shaky struct{}

func (shaky) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case "empty.example":
		return nil, nil
	case "later.example":
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// TestFilesOfAContainer: a link without a host is relative to the file port.
func TestFilesOfAContainer(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"20261125/wx_a/1.gif":            "/download/20261125/wx_a/1.gif",
		"/20261125/wx_a/1.gif":           "/download/20261125/wx_a/1.gif",
		"/download/20261125/1.gif":       "/download/20261125/1.gif",
		"a.gif?x=1":                      "/download/a.gif",
		"../../etc/passwd":               "",
		"/download/../../../etc/passwd":  "",
		"//other.example/x":              "",
		"%2e%2e/%2e%2e/passwd":           "",
		"http://other.example/x":         "lookup",
		"http://files.example/elsewhere": "/elsewhere",
	} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			files := newService(t)
			files.offers("-", want, bytesOf("GIF89a"))
			s := newService(t)
			s.links["/message/downloadEmojiMd5"] = link
			_, port, err := net.SplitHostPort(files.Listener.Addr().String())
			require.NoError(t, err)
			f, _ := fetcher(t, s, func(c *media.Config) {
				c.FileBase = "http://files.example:" + port + "/download"
				c.Resolver = names{"files.example": "127.0.0.1"}
			})
			link := strings.Replace(link, "files.example", "files.example:"+port, 1)
			s.links["/message/downloadEmojiMd5"] = link
			_, err = f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Emoji{MD5: md5Of("x")}})
			switch want {
			case "":
				require.ErrorIs(t, err, media.ErrForbiddenHost)
				assert.Zero(t, files.got())
			case "lookup":
				require.ErrorContains(t, err, "no such host")
			default:
				require.NoError(t, err)
			}
		})
	}
	_, err := media.New(media.Config{Dir: t.TempDir(), FileBase: "files.example"})
	require.ErrorContains(t, err, "FileBase")
}

// TestTheFilePortOfAContainer: the file port is found without configuration.
func TestTheFilePortOfAContainer(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.links["/message/downloadEmojiMd5"] = "a.gif"
	f, _ := fetcher(t, s, func(c *media.Config) { c.Attempts = 1 })
	_, err := f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Emoji{MD5: md5Of("x")}})
	require.ErrorContains(t, err, fmt.Sprintf("127.0.0.1:%s: connect", media.DefaultFilePort), "nothing listens there")
}
