package record_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/replay"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// dir is a directory that only its owner can enter.
func dir(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "rec")
}

func recorder(t *testing.T, c record.Config) *record.Recorder {
	t.Helper()
	r, err := record.New(c)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	return r
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	require.NoError(t, err)
	return names
}

func TestRecordAndRead(t *testing.T) {
	t.Parallel()
	c := record.Config{Dir: dir(t), Clock: clock.Func(noon)}
	r := recorder(t, c)
	for _, body := range []string{`{"a":"wxid_alice"}`, "", "no JSON \xff wxid_alice", `{"b":"wxid_alice"}`} {
		require.NoError(t, r.Record([]byte(body)))
	}
	require.NoError(t, r.Close())
	require.ErrorIs(t, r.Record(nil), record.ErrClosed)

	entries, err := replay.Read(c.Dir)
	require.NoError(t, err)
	require.Len(t, entries, 4)
	assert.Equal(t, noon(), entries[0].Received)
	assert.Empty(t, entries[1].Body)
	assert.False(t, json.Valid(entries[2].Body))
	key, err := record.ReadKey(filepath.Join(c.Dir, record.KeyFile))
	require.NoError(t, err)
	alice := record.NewRedactor(key).ID("wxid_alice")
	for _, i := range []int{0, 2, 3} {
		assert.Contains(t, string(entries[i].Body), alice)
		assert.NotContains(t, string(entries[i].Body), "alice")
	}

	for _, name := range append(files(t, c.Dir), filepath.Join(c.Dir, record.KeyFile)) {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	info, err := os.Stat(c.Dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	again := recorder(t, c) // goes on with the same pseudonyms, in another file
	require.NoError(t, again.Record([]byte(`{"c":"wxid_alice"}`)))
	entries, err = replay.Read(c.Dir)
	require.NoError(t, err)
	require.Len(t, entries, 5)
	assert.Contains(t, string(entries[4].Body), alice)
}

func TestForgetKey(t *testing.T) {
	t.Parallel()
	c := record.Config{Dir: dir(t)}
	recorder(t, c)
	require.FileExists(t, filepath.Join(c.Dir, record.KeyFile))
	c.ForgetKey = true
	r := recorder(t, c)
	require.NoError(t, r.Record([]byte(`{"a":"wxid_alice"}`)))
	assert.NoFileExists(t, filepath.Join(c.Dir, record.KeyFile))
}

func TestOpenDirectory(t *testing.T) {
	t.Parallel()
	c := record.Config{Dir: dir(t)}
	require.NoError(t, os.Mkdir(c.Dir, 0o755))
	_, err := record.New(c)
	require.ErrorContains(t, err, "chmod 700")
	_, err = record.New(record.Config{})
	require.Error(t, err)
	require.NoError(t, os.Chmod(c.Dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(c.Dir, record.KeyFile), []byte("short"), 0o600))
	_, err = record.New(c)
	require.ErrorContains(t, err, "is no key")
}

// TestBounds records far more than there is room for.
func TestBounds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]record.Config{
		"total": {MaxFile: 1000, MaxTotal: 5000},
		"files": {MaxFile: 1000, MaxFiles: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Dir = dir(t)
			now := noon()
			c.Clock = clock.Func(func() time.Time { now = now.Add(time.Second); return now })
			r := recorder(t, c)
			for i := range 200 {
				require.NoError(t, r.Record(fmt.Appendf(nil, `{"MsgType":%d,"Content":"%s"}`, i, strings.Repeat("x", 100))))
				total := int64(0)
				for _, name := range files(t, c.Dir) {
					info, err := os.Stat(name)
					require.NoError(t, err)
					assert.LessOrEqual(t, info.Size(), c.MaxFile)
					total += info.Size()
				}
				if c.MaxTotal > 0 {
					require.LessOrEqual(t, total, c.MaxTotal)
				}
				if c.MaxFiles > 0 {
					require.LessOrEqual(t, len(files(t, c.Dir)), c.MaxFiles)
				}
			}
			entries, err := replay.Read(c.Dir)
			require.NoError(t, err)
			require.Greater(t, len(entries), 8)
			last := -1
			for _, e := range entries { // the latest are there, in their order
				var body struct{ MsgType int }
				require.NoError(t, json.Unmarshal(e.Body, &body))
				assert.Greater(t, body.MsgType, last)
				last = body.MsgType
			}
			assert.Equal(t, 199, last)
		})
	}
}

// TestExpiry keeps nothing for longer than a week.
func TestExpiry(t *testing.T) {
	t.Parallel()
	now := noon()
	c := record.Config{Dir: dir(t), Clock: clock.Func(func() time.Time { return now })}
	r := recorder(t, c)
	for range 20 {
		require.NoError(t, r.Record([]byte(`{}`)))
		now = now.Add(12 * time.Hour)
	}
	entries, err := replay.Read(c.Dir)
	require.NoError(t, err)
	for _, e := range entries {
		assert.LessOrEqual(t, now.Sub(e.Received), record.DefaultMaxAge+2*24*time.Hour)
	}
	now = now.Add(30 * 24 * time.Hour)
	recorder(t, c)
	assert.Empty(t, files(t, c.Dir))
}

// post posts a body, and returns the status.
func post(t *testing.T, url, body string) int {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	return response.StatusCode
}

func TestTee(t *testing.T) {
	t.Parallel()
	var kept []string
	var failing error
	var got []string
	status := http.StatusOK
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if assert.NotEmpty(t, kept, "the bot must not get what is not kept") {
			got = append(got, r.URL.Path+" "+string(body))
		}
		w.WriteHeader(status)
	}))
	defer behind.Close()
	serve := func(c record.TeeConfig) *httptest.Server {
		c.Record = func(body []byte) error {
			if failing == nil {
				kept = append(kept, string(body))
			}
			return failing
		}
		tee, err := record.NewTee(c)
		require.NoError(t, err)
		server := httptest.NewServer(tee)
		t.Cleanup(server.Close)
		return server
	}
	front := serve(record.TeeConfig{Forward: behind.URL, MaxBody: 20})
	assert.Equal(t, 200, post(t, front.URL+"/callback/s3cr3t", `{"a":1}`))
	status = http.StatusServiceUnavailable
	assert.Equal(t, 503, post(t, front.URL+"/callback", "no JSON"))
	assert.Equal(t, []string{`{"a":1}`, "no JSON"}, kept)
	assert.Equal(t, []string{`/callback/s3cr3t {"a":1}`, "/callback no JSON"}, got)
	assert.Equal(t, 413, post(t, front.URL+"/callback", strings.Repeat("x", 21)))

	failing = errors.New("disk full")
	assert.Equal(t, 503, post(t, front.URL, "x"))
	assert.Len(t, got, 2)
	failing = nil

	secret := serve(record.TeeConfig{Secret: "s3cr3t"})
	assert.Equal(t, 401, post(t, secret.URL+"/callback", "x"))
	assert.Equal(t, 200, post(t, secret.URL+"/callback/s3cr3t", "x"))

	behind.Close()
	before := len(kept)
	assert.Equal(t, 502, post(t, front.URL, "x"))
	assert.Len(t, kept, before+1)

	_, err := record.NewTee(record.TeeConfig{})
	require.Error(t, err)
	_, err = record.NewTee(record.TeeConfig{Record: func([]byte) error { return nil }, Forward: "ftp://s3cr3t"})
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "s3cr3t")
}

// TestTeeFollowsNoRedirect: the page that a redirect leads to says 200 without having the message,
// and the service would take it for delivered.
func TestTeeFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusPermanentRedirect} {
		var elsewhere atomic.Int64
		behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				elsewhere.Add(1)
				return
			}
			http.Redirect(w, r, "/elsewhere", status)
		}))
		t.Cleanup(behind.Close)
		tee, err := record.NewTee(record.TeeConfig{Forward: behind.URL, Record: func([]byte) error { return nil }})
		require.NoError(t, err)
		answer := httptest.NewRecorder()
		tee.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/callback", strings.NewReader(`{"a":1}`)))
		assert.Equal(t, status, answer.Code)
		assert.Zero(t, elsewhere.Load())
	}
}
