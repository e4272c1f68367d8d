package media_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
)

// TestNewClient reaches a host of this machine only if it is allowed, and no other by a redirect.
func TestNewClient(t *testing.T) {
	t.Parallel()
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer inner.Close()
	outer := httptest.NewServer(http.RedirectHandler(inner.URL, http.StatusFound))
	defer outer.Close()
	get := func(url string, allow ...string) error {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, http.NoBody)
		require.NoError(t, err)
		response, err := media.NewClient(allow...).Do(r)
		if err == nil {
			err = response.Body.Close()
		}
		return err
	}
	host := func(url string) string { return strings.TrimPrefix(url, "http://") }
	require.ErrorIs(t, get(inner.URL), media.ErrForbiddenHost)
	require.NoError(t, get(inner.URL, host(inner.URL)))
	require.ErrorIs(t, get(outer.URL, host(outer.URL)), media.ErrForbiddenHost)
	require.NoError(t, get(outer.URL, host(outer.URL), host(inner.URL)))
}
