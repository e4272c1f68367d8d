package outbox_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// client is a client of a service on loopback, that leaves no connection open.
func client(t *testing.T, url, token string) *api.Client {
	t.Helper()
	c, err := api.New(api.Config{BaseURL: url, Token: token, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	require.NoError(t, err)
	return c
}

// TestExecuteThenDrop lets every tenth request be executed and its connection be cut: no message is
// in the chat twice, whatever the handlers do, and the tenth are unknown.
func TestExecuteThenDrop(t *testing.T) {
	t.Parallel()
	const sends = 60
	sim := simulator.Start(t)
	back := memory.New(memory.Config{})
	var mu sync.Mutex
	requests := 0
	message := client(t, sim.BaseURL(), sim.Token()).Message
	o, err := outbox.New(outbox.Config{
		Store: back, Random: func() float64 { return 0 },
		Send: func(ctx context.Context, m api.Send) (*api.SentMessage, error) {
			mu.Lock()
			defer mu.Unlock()
			if requests++; requests%10 == 0 {
				if _, err := sim.AddFaults(simulator.Fault{Endpoint: "/message/postText",
					Kind: simulator.FaultExecuteThenDrop}); err != nil {
					return nil, err
				}
			}
			return message.Send(ctx, m)
		},
	})
	require.NoError(t, err)
	for i := range sends {
		m := outbox.Message{
			Send: api.PostText{AppID: simulator.DefaultAppID, To: "wxid_alice", Content: fmt.Sprint("message ", i)},
			Key:  fmt.Sprint("event/route/", i), Class: outbox.Answer,
		}
		_, first := o.Send(t.Context(), m)
		for range 2 { // the handler fails, and runs again
			_, again := o.Send(t.Context(), m)
			if first == nil {
				require.NoError(t, again)
			} else {
				require.ErrorIs(t, first, outbox.ErrUnknown)
				require.ErrorIs(t, again, outbox.ErrUnknown)
			}
		}
	}
	require.NoError(t, o.Close(t.Context()))
	counts, err := back.Ledger().Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[store.SendState]int{store.Sent: sends - sends/10, store.Unknown: sends / 10}, counts)
	messages, err := sim.Messages("wxid_alice", 0)
	require.NoError(t, err)
	seen := map[string]int{}
	for _, m := range messages {
		seen[m.Text]++
	}
	for i := range sends {
		assert.Equal(t, 1, seen[fmt.Sprint("message ", i)])
	}
}

// TestARefusedConnectionIsTriedAgain sends to a port on which nothing listens until the first
// request has failed.
func TestARefusedConnectionIsTriedAgain(t *testing.T) {
	t.Parallel()
	gone, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := gone.Addr().String()
	require.NoError(t, gone.Close())

	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"ret":200,"msg":"ok","data":{"toWxid":"wxid_alice","newMsgId":9007199254740993}}`)
	}), ReadHeaderTimeout: time.Second}
	var serving sync.WaitGroup
	message := client(t, "http://"+address, "t").Message
	requests := 0
	back := memory.New(memory.Config{})
	o, err := outbox.New(outbox.Config{
		Store: back, Random: func() float64 { return 0 },
		Send: func(ctx context.Context, m api.Send) (*api.SentMessage, error) {
			sent, err := message.Send(ctx, m)
			if requests++; requests == 1 {
				assert.ErrorContains(t, err, "refused") //nolint:testifylint // not on the goroutine of the test
				listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
				if err != nil {
					return nil, err
				}
				serving.Go(func() { assert.ErrorIs(t, server.Serve(listener), http.ErrServerClosed) })
			}
			return sent, err
		},
	})
	require.NoError(t, err)
	sent, err := o.Send(t.Context(), outbox.Message{Send: text("a", "wxid_alice"), Key: "k", Class: outbox.Answer})
	require.NoError(t, err)
	assert.Equal(t, api.ID(9007199254740993), sent.NewMsgID)
	assert.Equal(t, 2, requests)
	require.NoError(t, o.Close(t.Context()))
	s, err := back.Ledger().Get(t.Context(), "k")
	require.NoError(t, err)
	assert.Equal(t, 2, s.Attempts)
	require.NoError(t, server.Close())
	serving.Wait()
}

// gateway answers in place of a service.
type gateway func(*http.Request) (*http.Response, error)

func (g gateway) RoundTrip(r *http.Request) (*http.Response, error) { return g(r) }

// page is an answer of a gateway, and yes one of the service.
func page(status int, retryAfter string) *http.Response {
	header := http.Header{"Content-Type": {"text/html"}}
	if retryAfter != "" {
		header.Set("Retry-After", retryAfter)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader("<html></html>"))}
}

func yes() *http.Response {
	body := `{"ret":200,"msg":"ok","data":{"newMsgId":7}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// behind makes the outbox of a bench send through a gateway, which gets the number of the request,
// from 1.
func behind(t *testing.T, c outbox.Config, answer func(n int) *http.Response) (config outbox.Config, requests func() []time.Duration) {
	t.Helper()
	var mu sync.Mutex
	var log []time.Duration
	start := time.Now()
	service, err := api.New(api.Config{BaseURL: "http://service.invalid", Token: "t", HTTPClient: &http.Client{Transport: gateway(
		func(*http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			log = append(log, time.Since(start))
			return answer(len(log)), nil
		})}})
	require.NoError(t, err)
	c.Send = service.Message.Send
	return c, func() []time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(log)
	}
}

// TestWhatAGatewayTurnsAway is certainly not sent. It is sent again where that can help, and never
// unknown.
func TestWhatAGatewayTurnsAway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer   func() *http.Response
		state    store.SendState
		requests int // of the first run of a handler
		second   int // of both
	}{
		"401": {func() *http.Response { return page(401, "") }, store.Refused, 1, 2},
		"403": {func() *http.Response { return page(403, "") }, store.Refused, 1, 2},
		"404": {func() *http.Response { return page(404, "") }, store.Refused, 1, 2},
		"408": {func() *http.Response { return page(408, "") }, store.Unknown, 1, 1},
		"413": {func() *http.Response { return page(413, "") }, store.Refused, 1, 1},
		"429": {func() *http.Response { return page(429, "2") }, store.Refused, 5, 10},
		"503": {func() *http.Response { return page(503, "2") }, store.Unknown, 1, 1},

		"413, for the moment": {func() *http.Response { return page(413, "2") }, store.Refused, 5, 10},
		"429, without a time": {func() *http.Response { return page(429, "") }, store.Refused, 5, 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config, requests := behind(t, outbox.Config{}, func(int) *http.Response { return test.answer() })
				b := newBench(t, config)
				for _, want := range []int{test.requests, test.second} {
					_, err := b.Send(t.Context(), keyed("k", "x"))
					require.Error(t, err)
					assert.Len(t, requests(), want)
					assert.Equal(t, test.state, b.entry("k").State)
					var notSent *outbox.NotSentError
					switch {
					case test.state == store.Unknown:
						require.ErrorIs(t, err, outbox.ErrUnknown)
					case test.second > test.requests:
						require.ErrorAs(t, err, &notSent)
					default:
						require.ErrorIs(t, err, outbox.ErrRefused)
					}
				}
				require.NoError(t, b.Close(t.Context()))
			})
		})
	}
}

// TestAPauseThatTheServiceAsksFor holds for the whole account, and no longer than a send may wait.
func TestAPauseThatTheServiceAsksFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer func() *http.Response
		pause  time.Duration
	}{
		"seven seconds": {func() *http.Response { return page(429, "7") }, 7 * time.Second},
		"in ret": {func() *http.Response {
			r := page(http.StatusOK, "7")
			r.Body = io.NopCloser(strings.NewReader(`{"ret":429,"msg":"slow"}`))
			return r
		}, 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config, requests := behind(t, outbox.Config{}, func(n int) *http.Response {
					if n == 1 {
						return test.answer()
					}
					return yes()
				})
				b := newBench(t, config)
				var wg sync.WaitGroup
				b.aside(&wg, answer("a", "x"))
				b.aside(&wg, answer("a", "y"))
				wg.Wait()
				assert.Equal(t, []time.Duration{0, test.pause, test.pause}, requests())
				require.NoError(t, b.Close(t.Context()))
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		config, requests := behind(t, outbox.Config{}, func(n int) *http.Response {
			if n == 1 {
				return page(429, "999999999")
			}
			return yes()
		})
		b := newBench(t, config)
		_, err := b.Send(t.Context(), keyed("k", "x"))
		var notSent *outbox.NotSentError
		require.ErrorAs(t, err, &notSent)
		_, err = b.Send(t.Context(), keyed("other", "y"))
		var later *outbox.RetryLaterError
		require.ErrorAs(t, err, &later)
		assert.Equal(t, time.Hour, later.Until.Sub(b.start), "no pause is longer")
		sent, err := b.Send(t.Context(), outbox.Message{Send: text("a", "z"), Key: "notice"})
		require.NoError(t, err)
		assert.Zero(t, sent.NewMsgID, "it waits")
		assert.Len(t, requests(), 1)
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, []time.Duration{0, time.Hour}, requests())
		_, err = b.Send(t.Context(), keyed("k", "x"))
		require.NoError(t, err)
		require.NoError(t, b.Close(t.Context()))
	})
}
