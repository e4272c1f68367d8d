package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOffer fetches a file of this machine as the service does, while it is offered and afterwards.
func TestOffer(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte("words"), 0o600))
	f := offerFlags{Listen: "127.0.0.1:0"}
	link, stop, err := f.offer(t.Context(), "http://127.0.0.1:8900/finder/v2/api", path)
	require.NoError(t, err)
	get := func(link string) (*http.Response, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		require.NoError(t, err)
		return (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	}
	response, err := get(link)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, "words", string(body))
	require.NoError(t, stop())
	again, err := get(link)
	if err == nil {
		again.Body.Close()
	}
	require.Error(t, err, "nothing is offered any more")

	_, _, err = f.offer(t.Context(), "http://api.example.com/finder/v2/api", path)
	require.ErrorContains(t, err, "--public-url")
	_, _, err = f.offer(t.Context(), "http://127.0.0.1:1/x", t.TempDir())
	require.ErrorContains(t, err, "send: ", "a directory is no file")
}
