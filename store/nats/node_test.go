package nats_test

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// nodeVariable makes the test binary run a NATS server. It holds the port, the data directory, and
// all ports of the cluster.
const nodeVariable = "HONGYAN_TEST_NODE"

func TestMain(m *testing.M) {
	if node := os.Getenv(nodeVariable); node != "" {
		runNode(node)
		return
	}
	goleak.VerifyTestMain(m)
}

// runNode runs a server in this process until standard input is closed.
func runNode(config string) {
	fields := strings.Split(config, ",")
	o := &server.Options{
		ServerName: "n" + fields[0], Host: "127.0.0.1", Port: -1,
		NoLog: true, NoSigs: true, JetStream: true, StoreDir: fields[1], SyncAlways: true,
	}
	o.Cluster = server.ClusterOpts{Name: "goose", Host: "127.0.0.1"}
	_, _ = fmt.Sscan(fields[0], &o.Cluster.Port)
	for _, port := range fields[2:] {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: "127.0.0.1:" + port})
	}
	s, err := server.NewServer(o)
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Start()
	for !s.ReadyForConnections(time.Second) {
	}
	fmt.Println(s.ClientURL())
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	s.Shutdown()
}

// process is a server that can be killed.
type process struct {
	name, url string
	kill      func()
}

// processes starts three servers, each in a separate process.
func processes(t *testing.T) []process {
	t.Helper()
	var ports []string
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		ports = append(ports, port)
		require.NoError(t, l.Close())
	}
	var list []process
	for _, port := range ports {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), nodeVariable+"="+strings.Join(append([]string{port, t.TempDir()}, ports...), ","))
		stdin, err := cmd.StdinPipe()
		require.NoError(t, err)
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		end := func() {
			_ = cmd.Process.Kill()
			_ = stdin.Close()
			_ = cmd.Wait()
		}
		t.Cleanup(end)
		line, err := bufio.NewReader(stdout).ReadString('\n')
		require.NoError(t, err)
		list = append(list, process{name: "n" + port, url: strings.TrimSpace(line), kill: end})
	}
	return list
}
