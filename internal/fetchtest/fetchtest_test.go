package fetchtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/fetchtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDo(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
		_, _ = io.WriteString(w, r.Method+" "+r.Host+" "+r.Header.Get("Origin")+" "+string(body))
	}))
	t.Cleanup(server.Close)
	answer := fetchtest.Do(t, http.MethodPost, server.URL, "hi", "Host", "bot.example", "Origin", "null")
	assert.Equal(t, http.StatusFound, answer.Status)
	assert.Equal(t, "/elsewhere", answer.Header.Get("Location"))
	assert.Equal(t, "POST bot.example null hi", answer.Body)
	assert.Equal(t, int64(len(answer.Body)), answer.Length)
	assert.Contains(t, fetchtest.Get(t, server.URL).Body, "GET 127.0.0.1:")
}
