package outbox_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
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

// TestExecuteThenDrop lets every tenth request be executed and its connection be cut: no message is in the chat twice, whatever the handlers do, and
// the tenth are unknown.
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
				if _, err := sim.AddFaults(simulator.Fault{Endpoint: "/message/postText", Kind: simulator.FaultExecuteThenDrop}); err != nil {
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

// TestARefusedConnectionIsTriedAgain sends to a port on which nobody listens until the first request has failed.
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
