package callback_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/callback"
)

// TestEveryProbeIsAnsweredAndForgotten covers the probe that looks like a message, and a store that
// fails.
func TestEveryProbeIsAnsweredAndForgotten(t *testing.T) {
	t.Parallel()
	h, err := callback.NewHandler(callback.HandlerConfig{Accept: func(_ context.Context, d callback.Delivery) error {
		assert.Fail(t, "a probe is no delivery", "%s", d.Body)
		return os.ErrInvalid
	}})
	require.NoError(t, err)
	files, err := filepath.Glob("testdata/callbacks/ping_*.json")
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(files), 3)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/callback", bytes.NewReader(body)))
		assert.Equal(t, http.StatusOK, w.Code, file)
	}
}
