package media_test

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// flaky serves content and breaks off after the given numbers of bytes.
type flaky struct {
	mu      sync.Mutex
	content string
	tag     string // empty: without ranges
	breaks  []int
	ranges  []string
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ranges = append(f.ranges, r.Header.Get("Range"))
	if f.tag != "" {
		w.Header().Set("ETag", f.tag)
	}
	if len(f.breaks) == 0 {
		if f.tag == "" {
			_, _ = io.WriteString(w, f.content)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(f.content))
		return
	}
	n := f.breaks[0]
	f.breaks = f.breaks[1:]
	from := 0
	if f.tag != "" {
		w.Header().Set("Accept-Ranges", "bytes")
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(f.content)-1, len(f.content)))
			w.Header().Set("Content-Length", strconv.Itoa(len(f.content)-from))
			w.WriteHeader(http.StatusPartialContent)
		}
	}
	if from == 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(f.content)))
	}
	_, _ = io.WriteString(w, f.content[from:from+n])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestResume(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 10_000)
	m := fileMessage(xmlmsg.File{Name: "a.txt", MD5: md5Of(content), Size: int64(len(content))})
	for name, c := range map[string]struct {
		tag    string
		breaks []int
		ranges []string
	}{
		"in one go":          {`"1"`, nil, []string{""}},
		"in three":           {`"1"`, []int{30_000, 20_000}, []string{"", "bytes=30000-", "bytes=50000-"}},
		"nothing came first": {`"1"`, []int{0}, []string{"", ""}},
		"without ranges":     {"", []int{30_000}, []string{"", ""}},
		"a weak tag":         {`W/"1"`, []int{30_000}, []string{"", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			page := &flaky{content: content, tag: c.tag, breaks: c.breaks}
			s.offers("/message/downloadFile", "/f", page.ServeHTTP)
			f, dir := fetcher(t, s)
			file, err := f.Download(t.Context(), m)
			require.NoError(t, err)
			assert.Equal(t, content, read(t, file.Path))
			assert.Equal(t, c.ranges, page.ranges)
			assert.Equal(t, []string{"a.txt"}, listing(t, dir))
			assert.Len(t, s.called(), 1, "one link is enough")
		})
	}
}

// TestResumeInAnotherProcess resumes what an earlier fetcher has left, if the file has not changed.
func TestResumeInAnotherProcess(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("abcdefghij", 10_000)
	for name, c := range map[string]struct {
		tag   string
		first string
	}{"the same": {`"1"`, "bytes=30000-"}, "changed meanwhile": {`"2"`, "bytes=30000-"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			page := &flaky{content: content, tag: `"1"`, breaks: []int{30_000}}
			s.offers("/message/downloadFile", "/f", page.ServeHTTP)
			f, dir := fetcher(t, s, func(c *media.Config) { c.Attempts, c.Clock = 1, nil })
			m := fileMessage(xmlmsg.File{Name: "a.txt"})
			_, err := f.Download(t.Context(), m)
			require.ErrorContains(t, err, "broke off")
			assert.Len(t, listing(t, dir), 2, "the beginning and its note are kept")

			page.tag, page.content = c.tag, strings.ToUpper(content)+"x"
			again, _ := fetcher(t, s, func(c *media.Config) { c.Dir, c.Clock = dir, nil })
			if c.tag == `"1"` {
				page.content = content
			}
			file, err := again.Download(t.Context(), m)
			require.NoError(t, err)
			assert.Equal(t, page.content, read(t, file.Path))
			assert.Equal(t, []string{"", c.first}, page.ranges, "the server decides in one request whether the rest fits")
			assert.Equal(t, []string{"a.txt"}, listing(t, dir))
		})
	}
}

// TestOldBeginningsGo: old partial files are removed.
func TestOldBeginningsGo(t *testing.T) {
	t.Parallel()
	s := newService(t)
	page := &flaky{content: "0123456789", tag: `"1"`, breaks: []int{5}}
	s.offers("/message/downloadFile", "/f", page.ServeHTTP)
	f, dir := fetcher(t, s, func(c *media.Config) { c.Attempts, c.Clock = 1, nil })
	m := fileMessage(xmlmsg.File{Name: "a.txt"})
	_, err := f.Download(t.Context(), m)
	require.Error(t, err)
	require.Len(t, listing(t, dir), 2)
	later, _ := fetcher(t, s, func(c *media.Config) {
		c.Dir, c.Clock = dir, clock.Func(func() time.Time { return time.Now().Add(media.Remembered + time.Hour) })
	})
	m.Key = "wx_a:78"
	_, err = later.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, []string{"a.txt"}, listing(t, dir))
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadFile", "/told", bytesOf(strings.Repeat("x", 1001)))
	s.offers("/message/downloadVideo", "/endless", func(w http.ResponseWriter, _ *http.Request) {
		for range 100_000 {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	f, dir := fetcher(t, s, func(c *media.Config) { c.MaxSize = 1000 })
	_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{Size: 1001}))
	require.ErrorIs(t, err, media.ErrTooLarge)
	assert.Empty(t, s.called(), "the message says so: no call is needed")
	_, err = f.Download(t.Context(), fileMessage(xmlmsg.File{}))
	require.ErrorIs(t, err, media.ErrTooLarge)
	_, err = f.Download(t.Context(), media.Message{AppID: "wx_a", XML: "<msg/>", Payload: &xmlmsg.Video{}, Key: "wx_a:1"})
	require.ErrorIs(t, err, media.ErrTooLarge)
	assert.Empty(t, listing(t, dir))
}

func TestStalled(t *testing.T) {
	t.Parallel()
	s := newService(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "01234")
		w.(http.Flusher).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	f, dir := fetcher(t, s, func(c *media.Config) { c.Stall, c.Attempts = 20*time.Millisecond, 2 })
	_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{}))
	require.ErrorContains(t, err, "nothing came for too long")
	assert.Equal(t, 2, s.got())
	assert.Empty(t, listing(t, dir))
	quick, _ := fetcher(t, s, func(c *media.Config) { c.Timeout, c.Attempts = 20*time.Millisecond, 1 })
	_, err = quick.Download(t.Context(), fileMessage(xmlmsg.File{}))
	require.ErrorContains(t, err, "deadline")
}

func TestAnswersOfTheLink(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{500: 3, 503: 3, 429: 3, 403: 1, 401: 1, 204: 1} {
		s := newService(t)
		s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		f, dir := fetcher(t, s)
		_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{}))
		require.ErrorContains(t, err, fmt.Sprint("HTTP ", status))
		assert.NotContains(t, err.Error(), s.URL)
		assert.Equal(t, want, s.got(), status)
		assert.Empty(t, listing(t, dir))
	}
}

// TestMemoryIsFlat downloads 20 MB with little memory.
func TestMemoryIsFlat(t *testing.T) { //nolint:paralleltest // it measures the allocations of the process
	const size = 20 << 20
	sum := md5.New()
	block := []byte(strings.Repeat("hongyan ", 4096))
	for range size / len(block) {
		sum.Write(block)
	}
	s := newService(t)
	s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, _ *http.Request) {
		for range size / len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	f, _ := fetcher(t, s)
	m := fileMessage(xmlmsg.File{Size: size, MD5: hex.EncodeToString(sum.Sum(nil))})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := f.Download(t.Context(), m)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20), "bytes allocated for 20 MB, by both sides")
}

// TestAServerThatMindsNoIfRange: a server that ignores If-Range sends the rest of another file,
// which must not be used.
func TestAServerThatMindsNoIfRange(t *testing.T) {
	t.Parallel()
	s := newService(t)
	page := &flaky{content: "0123456789", tag: `"1"`, breaks: []int{5}}
	s.offers("/message/downloadFile", "/f", func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-Range")
		defer func() { page.tag, page.content = `"2"`, "abcdefghij" }()
		page.ServeHTTP(w, r)
	})
	f, _ := fetcher(t, s)
	file, err := f.Download(t.Context(), fileMessage(xmlmsg.File{Name: "a.txt"}))
	require.NoError(t, err)
	assert.Equal(t, "abcdefghij", read(t, file.Path))
	assert.Equal(t, []string{"", "bytes=5-", ""}, page.ranges)
}
