package media_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/fetchtest"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/store/memory"
)

// fileServer returns a file server on loopback and its clock.
func fileServer(t *testing.T, configure ...func(*media.FileServerConfig)) (*media.FileServer, *manualClock) {
	t.Helper()
	cl := newClock()
	var s *media.FileServer
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	c := media.FileServerConfig{BaseURL: func() string { return server.URL + "/" }, Clock: clock.Func(cl.Now)}
	for _, f := range configure {
		f(&c)
	}
	s = media.NewFileServer(c)
	return s, cl
}

func tempFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// fetch requests a link and returns the response and its body.
func fetch(t *testing.T, method, link string, header ...string) (fetchtest.Answer, string) {
	t.Helper()
	answer := fetchtest.Do(t, method, link, "", header...)
	return answer, answer.Body
}

func status(t *testing.T, link string) int {
	t.Helper()
	response, _ := fetch(t, http.MethodGet, link)
	return response.Status
}

// TestALinkWhenTheClockIsSetBack: a link is valid for its TTL, also after a restart, and not until
// the clock has caught up.
func TestALinkWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"while the bot runs": false, "between two runs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			back := memory.New(memory.Config{})
			t.Cleanup(func() { assert.NoError(t, back.Close()) })
			var s *media.FileServer
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r) }))
			t.Cleanup(server.Close)
			cl := newClock()
			c := media.FileServerConfig{BaseURL: func() string { return server.URL }, Clock: clock.Func(cl.Now), State: back.State()}
			s = media.NewFileServer(c)
			link, err := s.Put(t.Context(), media.Object{Path: tempFile(t, "a.txt", "a")})
			require.NoError(t, err)
			if restart {
				s = media.NewFileServer(c)
			}
			cl.advance(-24 * time.Hour)
			assert.Equal(t, 200, status(t, link))
			cl.advance(media.DefaultTTL - time.Second)
			assert.Equal(t, 200, status(t, link))
			cl.advance(2 * time.Second)
			assert.Equal(t, 404, status(t, link))
		})
	}
}

func TestFileServer(t *testing.T) {
	t.Parallel()
	s, cl := fileServer(t)
	link, err := s.Put(t.Context(), media.Object{Path: tempFile(t, "报表 1%.pdf", "%PDF-1.4 hello")})
	require.NoError(t, err)
	response, body := fetch(t, http.MethodGet, link)
	assert.Equal(t, http.StatusOK, response.Status)
	assert.Equal(t, "%PDF-1.4 hello", body)
	assert.Equal(t, "application/pdf", response.Header.Get("Content-Type"))
	assert.Equal(t, "attachment; filename*=utf-8''%E6%8A%A5%E8%A1%A8%201%25.pdf", response.Header.Get("Content-Disposition"))
	assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, "private, no-store", response.Header.Get("Cache-Control"))

	response, body = fetch(t, http.MethodGet, link, "Range", "bytes=9-")
	assert.Equal(t, http.StatusPartialContent, response.Status)
	assert.Equal(t, "hello", body)
	response, body = fetch(t, http.MethodHead, link)
	assert.Equal(t, http.StatusOK, response.Status)
	assert.Equal(t, int64(14), response.Length)
	assert.Empty(t, body)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		response, _ = fetch(t, method, link)
		assert.Equal(t, http.StatusMethodNotAllowed, response.Status, method)
		assert.Equal(t, "GET, HEAD", response.Header.Get("Allow"))
	}
	cl.advance(media.DefaultTTL - time.Second)
	assert.Equal(t, http.StatusOK, status(t, link))
	cl.advance(time.Second)
	assert.Equal(t, http.StatusGone, status(t, link))
}

func TestLinksCannotBeChanged(t *testing.T) {
	t.Parallel()
	s, cl := fileServer(t)
	link, err := s.Put(t.Context(), media.Object{Path: tempFile(t, "a.txt", "a")})
	require.NoError(t, err)
	other, err := s.Put(t.Context(), media.Object{Path: tempFile(t, "b.txt", "b"), TTL: time.Hour})
	require.NoError(t, err)
	base, _, _ := strings.Cut(link, media.FilesPath)
	p := strings.Split(strings.TrimPrefix(link, base+media.FilesPath), "/")
	q := strings.Split(strings.TrimPrefix(other, base+media.FilesPath), "/")
	require.Len(t, p, 4)
	at := func(parts ...string) string { return base + media.FilesPath + strings.Join(parts, "/") }
	require.Equal(t, http.StatusOK, status(t, at(p...)))
	for name, bad := range map[string]string{
		"another object":         at(q[0], p[1], p[2], p[3]),
		"a later end":            at(p[0], q[1], p[2], p[3]),
		"the signature of other": at(p[0], p[1], q[2], p[3]),
		"another name":           at(p[0], p[1], p[2], "b.txt"),
		"no signature":           at(p[0], p[1], "", p[3]),
		"half a signature":       at(p[0], p[1], p[2][:20], p[3]),
		"no name":                at(p[0], p[1], p[2]),
		"more":                   at(p[0], p[1], p[2], p[3], "x"),
		"a directory":            base + media.FilesPath,
		"a path":                 at(p[0], p[1], p[2], "..%2f..%2fetc%2fpasswd"),
		"no number":              at(p[0], "x", p[2], p[3]),
	} {
		assert.Equal(t, http.StatusNotFound, status(t, bad), name)
	}
	cl.advance(2 * time.Hour)
	assert.Equal(t, http.StatusNotFound, status(t, at(p[0], p[1], q[2], p[3])), "a wrong signature reveals nothing afterwards, either")
	elsewhere, _ := fileServer(t)
	fresh, err := elsewhere.Put(t.Context(), media.Object{Path: tempFile(t, "a.txt", "a")})
	require.NoError(t, err)
	_, path, _ := strings.Cut(fresh, media.FilesPath)
	assert.Equal(t, http.StatusNotFound, status(t, base+media.FilesPath+path), "another file server has another key")
}

func TestOnlyTheFileThatWasOffered(t *testing.T) {
	t.Parallel()
	s, _ := fileServer(t)
	path := tempFile(t, "a.txt", "first")
	link, err := s.Put(t.Context(), media.Object{Path: path})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("second one"), 0o600))
	assert.Equal(t, http.StatusNotFound, status(t, link), "the file has changed")
	require.NoError(t, os.Remove(path))
	assert.Equal(t, http.StatusNotFound, status(t, link))
	require.NoError(t, os.Symlink("/etc/passwd", path))
	assert.Equal(t, http.StatusNotFound, status(t, link))

	_, err = s.Put(t.Context(), media.Object{Path: t.TempDir()})
	require.ErrorIs(t, err, media.ErrNotRegular)
	_, err = s.Put(t.Context(), media.Object{Path: filepath.Join(t.TempDir(), "none")})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = s.Put(t.Context(), media.Object{Reader: strings.NewReader("x")})
	require.ErrorContains(t, err, "FileServerConfig.Dir")
	_, err = media.NewFileServer(media.FileServerConfig{}).Put(t.Context(), media.Object{Path: path})
	require.ErrorIs(t, err, media.ErrNoPublicURL)
	require.ErrorContains(t, err, "HONGYAN_PUBLIC_URL", "it says what to set")
}

func TestCopies(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "files")
	s, cl := fileServer(t, func(c *media.FileServerConfig) { c.Dir = dir })
	path := tempFile(t, "a.txt", "copied")
	link, err := s.Put(t.Context(), media.Object{Path: path, Copy: true, TTL: time.Hour})
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	_, body := fetch(t, http.MethodGet, link)
	assert.Equal(t, "copied", body)
	link, err = s.Put(t.Context(), media.Object{Reader: strings.NewReader("made"), Name: "../x.csv"})
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(link, "/_x.csv"), link)
	_, body = fetch(t, http.MethodGet, link)
	assert.Equal(t, "made", body)
	names := listing(t, dir)
	require.Len(t, names, 2)
	assertMode(t, filepath.Join(dir, names[0]), 0o600)
	cl.advance(time.Hour)
	assert.Equal(t, http.StatusGone, status(t, link))
	assert.Empty(t, listing(t, dir), "what has expired is removed")
	_, err = s.Put(t.Context(), media.Object{Reader: io.MultiReader(strings.NewReader("x"), failing{})})
	require.ErrorIs(t, err, errFailing)
	assert.Empty(t, listing(t, dir))
}

var errFailing = errors.New("it fails")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errFailing }

func TestTheFileServerIsBounded(t *testing.T) {
	t.Parallel()
	s, cl := fileServer(t, func(c *media.FileServerConfig) { c.MaxObjects, c.MaxBytes, c.Dir = 2, 10, t.TempDir() })
	put := func(content string) error {
		_, err := s.Put(t.Context(), media.Object{Path: tempFile(t, "a", content)})
		return err
	}
	require.NoError(t, put("12345"))
	require.ErrorIs(t, put("123456"), media.ErrFileServerFull)
	_, err := s.Put(t.Context(), media.Object{Reader: strings.NewReader("123456")})
	require.ErrorIs(t, err, media.ErrFileServerFull)
	require.NoError(t, put("12345"))
	require.ErrorIs(t, put(""), media.ErrFileServerFull)
	cl.advance(media.DefaultTTL)
	require.NoError(t, put("1234567890"))
}

func TestMaxDownloads(t *testing.T) {
	t.Parallel()
	s, _ := fileServer(t)
	link, err := s.Put(t.Context(), media.Object{Path: tempFile(t, "a", "x"), MaxDownloads: 2})
	require.NoError(t, err)
	response, _ := fetch(t, http.MethodHead, link)
	assert.Equal(t, http.StatusOK, response.Status)
	assert.Equal(t, []int{200, 200, 410, 410}, []int{status(t, link), status(t, link), status(t, link), status(t, link)})
}

// TestLinksSurviveARestart: another file server with the same state serves the links of the first,
// and removes their copies.
func TestLinksSurviveARestart(t *testing.T) {
	t.Parallel()
	state, dir := memory.New(memory.Config{}).State(), t.TempDir()
	with := func(c *media.FileServerConfig) { c.State, c.Dir = state, dir }
	first, _ := fileServer(t, with)
	link, err := first.Put(t.Context(), media.Object{Path: tempFile(t, "a", "x")})
	require.NoError(t, err)
	copied, err := first.Put(t.Context(), media.Object{Reader: strings.NewReader("y"), MaxDownloads: 1})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status(t, copied))

	second, cl := fileServer(t, with)
	own, err := second.Put(t.Context(), media.Object{Path: tempFile(t, "b", "z")})
	require.NoError(t, err)
	base, _, _ := strings.Cut(own, media.FilesPath)
	moved := func(link string) string {
		_, path, _ := strings.Cut(link, media.FilesPath)
		return base + media.FilesPath + path
	}
	assert.Equal(t, http.StatusOK, status(t, moved(link)))
	assert.Equal(t, http.StatusGone, status(t, moved(copied)), "what was used up stays used up")
	require.Len(t, listing(t, dir), 1)
	cl.advance(time.Hour)
	assert.Equal(t, http.StatusGone, status(t, moved(link)))
	assert.Empty(t, listing(t, dir))
}
