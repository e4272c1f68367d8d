package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// output is what a command writes while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// TestAHangupEndsNothing sends SIGHUP, which ends a process that does not expect it, to commands
// that run until they are stopped.
func TestAHangupEndsNothing(t *testing.T) { //nolint:paralleltest // the signal is for the whole process
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGHUP")
	}
	ignored := signal.Ignored(syscall.SIGHUP) // under nohup: the commands leave it so
	sim := simulator.Start(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "bot.yaml")
	require.NoError(t, os.WriteFile(config, []byte("service: {base_url: \""+sim.BaseURL()+"\", token: "+sim.Token()+"}\n"+
		"callback: {listen: \"127.0.0.1:0\"}\ndata: "+dir+"/data\nrules:\n  - {name: hi, on: text, keyword: [hi], reply: hello}\n"), 0o600))
	for name, args := range map[string][]string{ //nolint:paralleltest // the same
		"run":      {"run", "-c", config},
		"simulate": {"simulate", "--listen", "127.0.0.1:0"},
		"record":   {"record", "--listen", "127.0.0.1:0", "--out", filepath.Join(dir, "recording")},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var out, errOut output
			ended := make(chan int, 1)
			go func() { ended <- run(console{ctx: ctx, in: strings.NewReader(""), out: &out, errOut: &errOut}, args) }()
			if name == "run" {
				sim.ExpectCallback()
			} else {
				require.Eventually(t, func() bool { return strings.Contains(out.String(), "http://") }, 5*time.Second, time.Millisecond)
			}
			self, err := os.FindProcess(os.Getpid())
			require.NoError(t, err)
			require.NoError(t, self.Signal(syscall.SIGHUP))
			require.Eventually(t, func() bool {
				want := "SIGHUP is ignored"
				if name == "run" {
					want = "bot.yaml: reloaded: the rules and plugins are the same"
				}
				return ignored || strings.Contains(errOut.String(), want)
			}, 5*time.Second, time.Millisecond)
			if name == "run" {
				sim.Friend("alice").Says("hi")
				sim.Friend("alice").ExpectText("hello")
			}
			cancel()
			assert.Equal(t, 0, <-ended, errOut.String())
		})
	}
}
