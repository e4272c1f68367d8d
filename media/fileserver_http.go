package media

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// link returns the path of an object's link: /files/<id>/<expiry>/<signature>/<name>.
func (s *FileServer) link(id string, expires int64, name string) string {
	return fmt.Sprintf("%s%s/%d/%s/%s", FilesPath, id, expires, s.sign(id, strconv.FormatInt(expires, 10), name), url.PathEscape(name))
}

// sign returns the signature over all parts of a link.
func (s *FileServer) sign(id, expires, name string) string {
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprintf(mac, "hongyan file 1\n%s\n%s\n%s", id, expires, name)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// ServeHTTP responds with
//
//	200, 206  the file, or the requested range of it
//	404       a link with a wrong signature, or whose file has changed or is gone
//	405       anything but GET and HEAD
//	410       a link that has expired, or whose downloads are used up
//	503       the shared state is unavailable
func (s *FileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	content, changed, name, status := s.open(r)
	if content == nil {
		http.Error(w, http.StatusText(status), status)
		return
	}
	defer content.Close()
	h := w.Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "sandbox")
	http.ServeContent(w, r, name, changed, content)
}

// open returns the content for a request, or nil and the status of the response.
func (s *FileServer) open(r *http.Request) (content io.ReadSeekCloser, changed time.Time, name string, status int) {
	no := func(status int) (io.ReadSeekCloser, time.Time, string, int) { return nil, time.Time{}, "", status }
	id, expires, signature, name, ok := parts(r.URL.Path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || s.load(r.Context()) != nil {
		return no(http.StatusNotFound)
	}
	// The signature is checked first, so that an invalid link reveals nothing.
	if !hmac.Equal([]byte(signature), []byte(s.sign(id, expires, name))) {
		return no(http.StatusNotFound)
	}
	s.sweep(context.WithoutCancel(r.Context()))
	at, err := strconv.ParseInt(expires, 10, 64)
	switch {
	case err != nil:
		return no(http.StatusNotFound)
	case !time.Unix(at, 0).After(s.config.Clock.Now()):
		return no(http.StatusGone)
	}
	o, err := s.find(r.Context(), id)
	switch {
	case err != nil:
		return no(http.StatusServiceUnavailable)
	case o == nil:
		return no(http.StatusNotFound)
	case o.Left == 0:
		return no(http.StatusGone)
	}
	content, changed, ok = s.contentOf(r.Context(), id, o)
	if !ok {
		return no(http.StatusNotFound)
	}
	if o.Left > 0 && r.Method == http.MethodGet {
		may, err := s.use(context.WithoutCancel(r.Context()), id, o)
		if err != nil || !may {
			_ = content.Close()
			if err != nil {
				return no(http.StatusServiceUnavailable)
			}
			return no(http.StatusGone)
		}
	}
	return content, changed, name, 0
}

// contentOf opens the content of an object. It reports false if the file has changed or is gone.
func (s *FileServer) contentOf(ctx context.Context, id string, o *offered) (io.ReadSeekCloser, time.Time, bool) {
	if o.Spread {
		return &chunks{ctx: ctx, state: s.config.State, id: id, size: o.Size}, o.Changed, true
	}
	file, info, err := openRegular(o.Path)
	if err != nil {
		return nil, time.Time{}, false
	}
	if info.Size() != o.Size || !info.ModTime().Equal(o.Changed) { // the file has changed
		_ = file.Close()
		return nil, time.Time{}, false
	}
	return file, o.Changed, true
}

// parts splits the path of a link.
func parts(path string) (id, expires, signature, name string, ok bool) {
	rest, ok := strings.CutPrefix(path, FilesPath)
	p := strings.Split(rest, "/")
	if !ok || len(p) != 4 {
		return "", "", "", "", false
	}
	return p[0], p[1], p[2], p[3], true
}
