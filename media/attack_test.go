package media_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestPartsThatLie: a server that sends a different range than it states, or not the whole rest,
// must not produce a file that looks complete.
func TestPartsThatLie(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	for name, c := range map[string]struct{ header, body string }{
		"not all of the rest":     {"bytes 5-7/10", "567"},
		"more than the rest":      {"bytes 5-9/10", "56789 and more"},
		"of a larger file":        {"bytes 5-9/99", "56789"},
		"less than it says":       {"bytes 5-9/10", "56"},
		"from somewhere else":     {"bytes 3-9/10", "3456789"},
		"of negative length":      {"bytes 5-1/10", ""},
		"without a total, short":  {"bytes 5-7/*", "567"},
		"without an end":          {"bytes 5-", "56789"},
		"with a total too large":  {"bytes 5-9/99999999999999999999", "56789"},
		"of nothing that is said": {"", "56789"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			first := &flaky{content: content, tag: `"1"`, breaks: []int{5}}
			var tries atomic.Int64
			s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, r *http.Request) {
				if tries.Add(1) != 2 {
					first.ServeHTTP(w, r)
					return
				}
				w.Header().Set("Content-Range", c.header)
				w.WriteHeader(http.StatusPartialContent)
				_, _ = io.WriteString(w, c.body)
			})
			f, _ := fetcher(t, s)
			file, err := f.Download(t.Context(), fileMessage(xmlmsg.File{Name: "a.txt"}))
			require.NoError(t, err)
			assert.Equal(t, content, read(t, file.Path))
		})
	}
}

// TestLengthsThatLie: a wrong length from a server must not raise the limit.
func TestLengthsThatLie(t *testing.T) {
	t.Parallel()
	for _, length := range []string{"9223372036854775807", "9223372036854775803", "-1", "1e3", "99999999999999999999"} {
		s := newService(t)
		var tries atomic.Int64
		first := &flaky{content: "0123456789", tag: `"1"`, breaks: []int{5}}
		s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, r *http.Request) {
			if tries.Add(1) == 1 {
				first.ServeHTTP(w, r)
				return
			}
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: %s\r\n\r\n56789%s",
				length, strings.Repeat("x", 2000))
		})
		f, dir := fetcher(t, s, func(c *media.Config) { c.MaxSize = 1000 })
		_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{Name: "a.txt"}))
		require.Error(t, err, length)
		for _, name := range listing(t, dir) {
			info, serr := os.Stat(filepath.Join(dir, name))
			require.NoError(t, serr)
			assert.LessOrEqual(t, info.Size(), int64(1000))
		}
	}
}

// TestBombs: compressed responses are not decompressed.
func TestBombs(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.CopyN(z, zeros{}, 10<<20)
		_ = z.Close()
	})
	f, _ := fetcher(t, s, func(c *media.Config) { c.MaxSize = 64 << 10 })
	file, err := f.Download(t.Context(), fileMessage(xmlmsg.File{Name: "a.bin"}))
	require.NoError(t, err)
	assert.Less(t, file.Size, int64(64<<10))
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestHostsInDisguise covers names and numbers for loopback that only some programs accept.
func TestHostsInDisguise(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.", "localhost", "LOCALHOST", "[::ffff:0:7f00:1]",
		"[fe80::1%25eth0]", "[::1%25lo]", "[64:ff9b:1::7f00:1]",
		"[3fff::1]", "[5f00::1]", "192.88.99.1", "①②⑦.⓪.⓪.①", "127。0。0。1",
	} {
		f, dir := fetcher(t, nil, func(c *media.Config) { c.Resolver, c.Attempts = everywhere{}, 1 })
		_, err := f.Download(t.Context(), sticker("http://"+host+":80/x"))
		require.ErrorIs(t, err, media.ErrForbiddenHost, host)
		assert.Empty(t, listing(t, dir))
	}
	for _, link := range []string{`http://example.com\@127.0.0.1/x`, `http:\\127.0.0.1\x`, "http://127.0.0.1#@example.com/",
		"http://example.com@127.0.0.1/", "http://127.0.0.1\t/", "http://127.0.0.1:port/", "\x00http://127.0.0.1/"} {
		f, _ := fetcher(t, nil, func(c *media.Config) { c.Resolver, c.Attempts = everywhere{}, 1 })
		_, err := f.Download(t.Context(), sticker(link))
		require.Error(t, err, link)
	}
}

// everywhere resolves every name to this machine.
type everywhere struct{}

func (everywhere) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// turning resolves a name to a public address first, and then to this machine.
type turning struct{ asked atomic.Int64 }

func (r *turning) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.asked.Add(1) == 1 {
		return []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("127.0.0.1")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// TestANameThatTurns: a name that changes between look-up and connection, or between two
// connections, must not give access to this machine.
func TestANameThatTurns(t *testing.T) {
	t.Parallel()
	inside := newService(t)
	inside.offers("-", "/x", bytesOf("GIF89a"))
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	require.NoError(t, err)
	f, _ := fetcher(t, nil, func(c *media.Config) { c.Resolver = &turning{} })
	for range 2 {
		_, err = f.Download(t.Context(), sticker("http://rebind.example:"+port+"/x"))
		require.ErrorIs(t, err, media.ErrForbiddenHost)
	}
	assert.Zero(t, inside.got())
}

// TestARedirectKeepsItsSecret: errors must not contain redirect targets, which may be signed links.
func TestARedirectKeepsItsSecret(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"http://cdn.example/%zz?sig=s3cret", "http://cdn.example:s3cret/", "://s3cret",
		"http://127.0.0.1:1/?sig=s3cret", "http://no-such.invalid/?sig=s3cret", "http://u:s3cret@cdn.example/", "s3cret://x"} {
		s := newService(t)
		s.offers("/message/downloadFile", "/f?sig=s3cret", nil)
		s.pages["/f"] = func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Location"] = []string{to}
			w.WriteHeader(http.StatusFound)
		}
		f, _ := fetcher(t, s, func(c *media.Config) { c.Resolver = names{} })
		_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{Name: "a.txt"}))
		require.Error(t, err, to)
		assert.NotContains(t, err.Error(), "s3cret", to)
	}
}

// TestLinksInTheDirectory: symbolic links for partial files, for a folder or for the file itself
// are not followed.
func TestLinksInTheDirectory(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	victim := filepath.Join(outside, "victim.txt")
	require.NoError(t, os.WriteFile(victim, []byte("mine"), 0o600))
	for name, prepare := range map[string]func(dir string) error{
		"unfinished": func(dir string) error { return os.Symlink(outside, filepath.Join(dir, ".partial")) },
		"folder":     func(dir string) error { return os.Symlink(outside, filepath.Join(dir, "A")) },
		"file": func(dir string) error {
			if err := os.Mkdir(filepath.Join(dir, "A"), 0o700); err != nil {
				return err
			}
			return os.Symlink(victim, filepath.Join(dir, "A", "victim.txt"))
		},
		"file that is missing": func(dir string) error {
			if err := os.Mkdir(filepath.Join(dir, "A"), 0o700); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(outside, "new.txt"), filepath.Join(dir, "A", "victim.txt"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.offers("/message/downloadFile", "/f", bytesOf("theirs"))
			f, dir := fetcher(t, s)
			require.NoError(t, os.MkdirAll(dir, 0o700))
			require.NoError(t, prepare(dir))
			m := fileMessage(xmlmsg.File{Name: "victim.txt"})
			m.Folder = []string{"A"}
			file, err := f.Download(t.Context(), m)
			if err == nil {
				place, rerr := filepath.EvalSymlinks(file.Path)
				require.NoError(t, rerr)
				assert.True(t, strings.HasPrefix(place, dir), place)
			}
			entries, rerr := os.ReadDir(outside)
			require.NoError(t, rerr)
			assert.Len(t, entries, 1, "nothing new outside")
			assert.Equal(t, "mine", read(t, victim))
		})
	}
}
