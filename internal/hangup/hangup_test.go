//go:build unix

package hangup_test

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/internal/hangup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEach survives the signal that would end the process.
func TestEach(t *testing.T) { //nolint:paralleltest // the signal is that of the process
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("started by nohup: the signal does not arrive")
	}
	noted := make(chan struct{}, 2)
	stop := hangup.Each(func() { noted <- struct{}{} })
	defer stop()
	self, err := os.FindProcess(os.Getpid())
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, self.Signal(syscall.SIGHUP))
		<-noted
	}
}
