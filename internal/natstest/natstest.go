// Package natstest starts NATS servers in the process of a test, on loopback.
package natstest

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// Start starts a server that syncs every write, on its own port, and stops it at the end of the
// test. change modifies its options; it may be nil.
func Start(t testing.TB, change func(*server.Options)) *server.Server {
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
	require.True(t, s.ReadyForConnections(time.Minute), "the server does not start")
	return s
}

// Cluster starts three connected servers, and waits until they have a leader.
func Cluster(t testing.TB) []*server.Server {
	t.Helper()
	ports, routes := make([]int, 3), make([]*url.URL, 3)
	for i := range ports { // the servers must know all ports before they start
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		ports[i] = l.Addr().(*net.TCPAddr).Port
		routes[i] = &url.URL{Scheme: "nats", Host: l.Addr().String()}
		require.NoError(t, l.Close())
	}
	var nodes []*server.Server
	for i := range ports {
		dir := filepath.Join(t.TempDir(), strconv.Itoa(i))
		nodes = append(nodes, Start(t, func(o *server.Options) {
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

// URLs returns the addresses of the servers, separated by commas.
func URLs(nodes ...*server.Server) string {
	var list []string
	for _, s := range nodes {
		list = append(list, s.ClientURL())
	}
	return strings.Join(list, ",")
}
