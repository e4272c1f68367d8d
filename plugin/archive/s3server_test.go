package archive_test

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// storage is a server with the requests of S3 that the plugin makes. It checks signatures and
// checksums as the real ones do, and keeps the objects in files.
type storage struct {
	*httptest.Server

	dir string

	mu      sync.Mutex
	objects map[string]object // by their names
	puts    int
	refuse  string // the code with which it answers all requests
	corrupt bool   // it hashes something else than it gets
}

type object struct {
	header http.Header
	file   string
}

const (
	testBucket = "chat"
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+synthetic"
)

func newStorage(t *testing.T) *storage {
	t.Helper()
	s := &storage{objects: map[string]object{}, dir: t.TempDir()}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// set changes what the server does.
func (s *storage) set(change func(*storage)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// contents are the names of the objects with what they hold.
func (s *storage) contents(t *testing.T) map[string]string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for name, o := range s.objects {
		data, err := os.ReadFile(o.file)
		require.NoError(t, err)
		all[name] = string(data)
	}
	return all
}

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, inBucket := strings.CutPrefix(r.URL.Path, "/"+testBucket+"/")
	switch code := signed(r); {
	case s.refuse != "":
		fail(w, r, map[string]int{"NoSuchBucket": http.StatusNotFound, "InternalError": http.StatusInternalServerError}[s.refuse], s.refuse)
	case code != "":
		fail(w, r, http.StatusForbidden, code)
	case !inBucket:
		fail(w, r, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		s.put(w, r, name)
	case r.Method == http.MethodDelete:
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodHead:
		o, ok := s.objects[name]
		if !ok {
			fail(w, r, http.StatusNotFound, "NoSuchKey")
			return
		}
		for key, values := range o.header {
			w.Header()[key] = values
		}
	default:
		fail(w, r, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func (s *storage) put(w http.ResponseWriter, r *http.Request, name string) {
	s.puts++
	at := filepath.Join(s.dir, strconv.Itoa(s.puts))
	f, err := os.Create(at)
	if err != nil {
		fail(w, r, http.StatusInternalServerError, "InternalError")
		return
	}
	defer f.Close()
	sum, tag := sha256.New(), md5.New()
	if s.corrupt {
		sum.Write([]byte("changed on the way"))
	}
	n, err := io.CopyBuffer(io.MultiWriter(f, sum, tag), struct{ io.Reader }{r.Body}, make([]byte, 32<<10))
	switch {
	case err != nil || n != r.ContentLength:
		fail(w, r, http.StatusBadRequest, "IncompleteBody")
		return
	case hex.EncodeToString(sum.Sum(nil)) != r.Header.Get("X-Amz-Content-Sha256"):
		fail(w, r, http.StatusBadRequest, "XAmzContentSHA256Mismatch")
		return
	}
	header := http.Header{
		"Content-Type":   r.Header["Content-Type"],
		"Content-Length": {strconv.FormatInt(n, 10)}, "Etag": {`"` + hex.EncodeToString(tag.Sum(nil)) + `"`},
		"Last-Modified": {"Mon, 05 Jan 2026 02:00:00 GMT"},
	}
	for key, values := range r.Header {
		if strings.HasPrefix(key, "X-Amz-Meta-") {
			header[key] = values
		}
	}
	s.objects[name] = object{header, at}
	w.Header().Set("ETag", header.Get("Etag"))
}

func fail(w http.ResponseWriter, r *http.Request, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_ = xml.NewEncoder(w).Encode(struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
		}{Code: code})
	}
}

// signed checks the signature of a request, version 4, and returns the code of what is wrong.
func signed(r *http.Request) string {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if !ok {
		return "AccessDenied"
	}
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[key] = value
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 || scope[0] != testKey {
		return "InvalidAccessKeyId"
	}
	names := strings.Split(fields["SignedHeaders"], ";")
	for _, must := range []string{"host", "x-amz-content-sha256", "x-amz-date"} {
		if !slices.Contains(names, must) {
			return "AccessDenied"
		}
	}
	var headers strings.Builder
	for _, name := range names {
		value := strings.Join(r.Header.Values(name), ",")
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		headers.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	request := strings.Join([]string{
		r.Method, canonical(r.URL.Path), query, headers.String(), fields["SignedHeaders"], r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	sum := sha256.Sum256([]byte(request))
	text := strings.Join([]string{
		"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), strings.Join(scope[1:], "/"), hex.EncodeToString(sum[:]),
	}, "\n")
	key := []byte("AWS4" + testSecret)
	for _, part := range append(scope[1:], text) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(key)), []byte(fields["Signature"])) {
		return "SignatureDoesNotMatch"
	}
	return ""
}

// canonical encodes a path as the signature wants it.
func canonical(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(part), "+", "%20")
	}
	return strings.Join(parts, "/")
}

// TestStorage shows that the server of these tests refuses what a real one refuses.
func TestStorage(t *testing.T) {
	t.Parallel()
	s := newStorage(t)
	for _, authorization := range []string{
		"", "AWS4-HMAC-SHA256 Credential=" + testKey + "/20260105/us-east-1/s3/aws4_request, " +
			"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=" + strings.Repeat("0", 64),
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.URL+"/"+testBucket+"/a", strings.NewReader("a"))
		require.NoError(t, err)
		r.Header.Set("Authorization", authorization)
		answer, err := s.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, http.StatusForbidden, answer.StatusCode)
	}
	assert.Empty(t, s.contents(t))
}
