package bench_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/outbox"
)

// BenchmarkConsole answers messages without a console, with one, and with one of which three pages
// are open.
func BenchmarkConsole(b *testing.B) {
	for name, pages := range map[string][]string{"without": nil, "console": {}, "open": {"overview", "log", "chats"}} {
		b.Run(name, func(b *testing.B) {
			s := newService(b)
			var plugins []bot.Plugin
			printed := make(chan string, 1)
			if pages != nil {
				c, err := console.New(console.Config{Token: consoleToken, Print: func(url string) { printed <- url }})
				require.NoError(b, err)
				plugins = append(plugins, c)
			}
			address := run(b, s, openSQLite(b), outbox.Unlimited(), plugins...)
			for i, topic := range pages {
				if i == 0 {
					base := <-printed
					u, err := url.Parse(base)
					require.NoError(b, err)
					printed <- u.Scheme + "://" + u.Host
				}
				base := <-printed
				watch(b, base+"/console/stream?topics="+topic)
				printed <- base
			}
			measure(b, s, posts{[]string{address}, conversations, clients, 0, 1}, warm).report(b)
		})
	}
}

const consoleToken = "token-of-the-benchmark"

// watch reads the stream of a page until the benchmark ends.
func watch(b *testing.B, url string) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	require.NoError(b, err)
	request.Header.Set("Authorization", "Bearer "+consoleToken)
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Do(request) //nolint:bodyclose // below, when the context has ended
	require.NoError(b, err)
	require.Equal(b, http.StatusOK, response.StatusCode)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, response.Body) // it ends with the context
	}()
	b.Cleanup(func() {
		cancel()
		_ = response.Body.Close()
		<-ended
		client.CloseIdleConnections()
	})
}
