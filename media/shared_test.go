package media_test

import (
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// cluster returns two file servers with one state that have both loaded the list. Links point to
// the first.
func cluster(t *testing.T, configure ...func(*media.FileServerConfig)) (one, two *media.FileServer, atTwo func(link string) string) {
	t.Helper()
	state := memory.New(memory.Config{}).State()
	servers := [2]*httptest.Server{}
	files := [2]*media.FileServer{}
	for i := range files {
		servers[i] = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { files[i].ServeHTTP(w, r) }))
		t.Cleanup(servers[i].Close)
		c := media.FileServerConfig{BaseURL: func() string { return servers[i].URL }, State: state}
		for _, f := range configure {
			f(&c)
		}
		files[i] = media.NewFileServer(c)
		link, err := files[i].Put(t.Context(), media.Object{Path: tempFile(t, "first.txt", "x")}) // reads the list
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status(t, link))
	}
	return files[0], files[1], func(link string) string { return strings.Replace(link, servers[0].URL, servers[1].URL, 1) }
}

// TestEveryProcessServesALink offers a file in one process and fetches it from another that had
// loaded the list before.
func TestEveryProcessServesALink(t *testing.T) {
	t.Parallel()
	one, _, atTwo := cluster(t)
	path := tempFile(t, "a.txt", "hello")
	link, err := one.Put(t.Context(), media.Object{Path: path})
	require.NoError(t, err)
	for range 2 {
		response, body := fetch(t, http.MethodGet, atTwo(link))
		assert.Equal(t, http.StatusOK, response.Status)
		assert.Equal(t, "hello", body)
	}
	bad := atTwo(link)
	bad = bad[:len(bad)-1] + "x"
	assert.Equal(t, http.StatusNotFound, status(t, bad), "without a valid signature nothing is looked up")
}

// TestEveryMachineServesALink removes the file, as if it had never been on the other machine.
func TestEveryMachineServesALink(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789abcdef", (store.MaxValue+100_000)/16)
	one, _, atTwo := cluster(t, func(c *media.FileServerConfig) { c.CopyToState, c.MaxShared = true, int64(len(content)) })
	for name, object := range map[string]media.Object{
		"file":   {Path: tempFile(t, "a.bin", content)},
		"reader": {Reader: strings.NewReader(content), Name: "b.bin"},
	} {
		link, err := one.Put(t.Context(), object)
		require.NoError(t, err, name)
		if object.Path != "" {
			require.NoError(t, os.Remove(object.Path))
		}
		for _, l := range []string{link, atTwo(link)} {
			response, body := fetch(t, http.MethodGet, l)
			assert.Equal(t, http.StatusOK, response.Status)
			assert.Equal(t, int64(len(content)), response.Length)
			assert.Len(t, body, len(content))
			assert.Equal(t, sha256.Sum256([]byte(content)), sha256.Sum256([]byte(body)), name)
			response, body = fetch(t, http.MethodGet, l, "Range", "bytes=524280-524299")
			assert.Equal(t, http.StatusPartialContent, response.Status)
			assert.Equal(t, content[524280:524300], body, "across two chunks")
		}
	}
	for name, object := range map[string]media.Object{
		"file":   {Path: tempFile(t, "a.bin", content+"x")},
		"reader": {Reader: strings.NewReader(content + "x")},
	} {
		_, err := one.Put(t.Context(), object)
		require.ErrorIs(t, err, media.ErrNotShared, name)
		require.ErrorContains(t, err, "files.shared")
	}
	link, err := one.Put(t.Context(), media.Object{Path: tempFile(t, "empty", "")})
	require.NoError(t, err)
	response, _ := fetch(t, http.MethodGet, atTwo(link))
	assert.Equal(t, http.StatusOK, response.Status)
}

// TestSeveralProcessesCountFetches downloads a link with a download limit from two processes at
// once.
func TestSeveralProcessesCountFetches(t *testing.T) {
	t.Parallel()
	one, _, atTwo := cluster(t)
	link, err := one.Put(t.Context(), media.Object{Path: tempFile(t, "a.txt", "a"), MaxDownloads: 3})
	require.NoError(t, err)
	var mu sync.Mutex
	codes := map[int]int{}
	var all sync.WaitGroup
	for i := range 10 {
		target := link
		if i%2 == 1 {
			target = atTwo(link)
		}
		all.Go(func() {
			code := status(t, target)
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	all.Wait()
	assert.Equal(t, map[int]int{http.StatusOK: 3, http.StatusGone: 7}, codes)
}

// TestADownloadOfAnotherMachineIsNotMistaken has a file of the same name and size at the path where
// another machine stored the download.
func TestADownloadOfAnotherMachineIsNotMistaken(t *testing.T) {
	t.Parallel()
	state := memory.New(memory.Config{}).State()
	s := newService(t)
	s.offers("/message/downloadFile", "/f", bytesOf("right"))
	f, dir := fetcher(t, s, func(c *media.Config) { c.State = state })
	m := fileMessage(xmlmsg.File{Name: "a.txt"})
	file, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "a.txt"), file.Path)
	again, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, file.Path, again.Path)
	assert.Equal(t, 1, s.got(), "it is known")
	require.NoError(t, os.WriteFile(file.Path, []byte("wrong"), 0o600))
	again, err = f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, "right", read(t, again.Path))
}
