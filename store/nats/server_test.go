package nats_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

var prefixes atomic.Int64

// fresh returns a config with an unused prefix.
func fresh(url string) nats.Config {
	return nats.Config{URL: url, Prefix: fmt.Sprintf("t%d", prefixes.Add(1)), Partitions: 4, MaxBytes: 64 << 20}
}

func opened(t testing.TB, c nats.Config) *nats.Store {
	t.Helper()
	s, err := nats.Open(context.Background(), c)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func item(key, lane string) store.Item {
	return store.Item{Key: key, Lane: lane, Body: []byte("body of " + key), Received: time.Unix(1, 0)}
}
