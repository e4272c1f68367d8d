package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLive(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/livez", r.URL.Path)
		w.WriteHeader(status)
	}))
	defer admin.Close()
	address := strings.TrimPrefix(admin.URL, "http://")
	code, out, _ := hongyan(t, "", "live", "--address", address)
	assert.Equal(t, 0, code)
	assert.Equal(t, "alive\n", out)
	status = http.StatusServiceUnavailable
	code, _, errOut := hongyan(t, "", "live", "--address", address)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "is not alive (503")
	for _, wrong := range []string{"127.0.0.1:1", "off", "no address"} {
		code, _, errOut = hongyan(t, "", "live", "--address", wrong)
		assert.Equal(t, 1, code)
		assert.Contains(t, errOut, "live: ")
	}
}
