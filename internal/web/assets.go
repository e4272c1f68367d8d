package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed static vendored/*.js templates/*.html
var files embed.FS

// asset is a file for browsers, with the hash of its content in its name.
type asset struct {
	kind   string
	plain  []byte
	packed []byte
}

// assets are the files by the names under which browsers fetch them.
type assets struct {
	files map[string]asset
	names map[string]string // app.js → app.0123456789ab.js
}

// newAssets reads the files. htmx and its extension are one file: htmx starts itself as soon as its
// file has run in a document that is parsed, and an extension in a file of its own would sometimes
// come too late.
func newAssets() *assets {
	a := &assets{files: map[string]asset{}, names: map[string]string{}}
	for name, parts := range map[string][]string{
		"app.js": {"static/app.js"}, "htmx.js": {"vendored/htmx.min.js", "vendored/hx-sse.min.js"},
		"app.css": {"static/app.css", "static/console.css"}, "icon.svg": {"static/icon.svg"},
	} {
		var content [][]byte
		for _, part := range parts {
			b, _ := files.ReadFile(part) // it is embedded
			content = append(content, b)
		}
		between := "\n" // a semicolon would break the first rule of a style sheet
		if path.Ext(name) == ".js" {
			between = "\n;"
		}
		a.add(name, bytes.Join(content, []byte(between)))
	}
	return a
}

func (a *assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is valid
	_, _ = z.Write(content)                                    // a buffer takes all
	_ = z.Close()
	kind := map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[ext]
	a.names[name] = hashed
	a.files[hashed] = asset{kind: kind, plain: content, packed: packed.Bytes()}
}

// ServeHTTP serves the file that the last element of the path names.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[path.Base(r.URL.Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	content := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		content = f.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // the browser is gone
	}
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.ReplaceAll(q, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
