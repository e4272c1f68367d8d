package nats_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// started starts a server in the process, on a loopback port of its own.
func started(t testing.TB, change func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{
		ServerName: "n1", Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: true,
	}
	if change != nil {
		change(o)
	}
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second), "the server does not start")
	return s
}

// clustered starts three servers that know each other.
func clustered(t testing.TB) []*server.Server {
	t.Helper()
	ports, routes := make([]int, 3), make([]*url.URL, 3)
	for i := range ports { // they must know each other's ports before they start
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
		routes[i] = &url.URL{Scheme: "nats", Host: l.Addr().String()}
		require.NoError(t, l.Close())
	}
	var nodes []*server.Server
	for i := range ports {
		dir := filepath.Join(t.TempDir(), strconv.Itoa(i))
		nodes = append(nodes, started(t, func(o *server.Options) {
			o.ServerName, o.StoreDir = fmt.Sprintf("n%d", i+1), dir
			o.Cluster = server.ClusterOpts{Name: "goose", Host: "127.0.0.1", Port: ports[i]}
			o.Routes = routes
		}))
	}
	require.Eventually(t, func() bool {
		for _, s := range nodes {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == 3 {
				return true
			}
		}
		return false
	}, 30*time.Second, 20*time.Millisecond, "the cluster finds no leader")
	return nodes
}

func urls(nodes []*server.Server) string {
	var list []string
	for _, s := range nodes {
		list = append(list, s.ClientURL())
	}
	return strings.Join(list, ",")
}

var prefixes atomic.Int64

// fresh is a config with a prefix that nobody else has.
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
