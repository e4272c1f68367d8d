// Package soak kills bots, fills disks and floods inboxes, and counts what is lost, doubled or out of order. The short forms run with every test; `make soak`
// runs the long ones.
package soak_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// What a child process is told by its environment.
const (
	envChild = "HONGYAN_SOAK_CHILD" // the base URL of the simulator
	envData  = "HONGYAN_SOAK_DATA"  // the data directory
	envSoak  = "HONGYAN_SOAK"       // set: the long forms
)

func TestMain(m *testing.M) {
	if base := os.Getenv(envChild); base != "" {
		os.Exit(child(base, os.Getenv(envData)))
	}
	goleak.VerifyTestMain(m)
}

// long tells whether the long forms are wanted.
func long() bool { return os.Getenv(envSoak) != "" }

// pick is a size that depends on the form.
func pick(short, soak int) int {
	if long() {
		return soak
	}
	return short
}

// child is a bot that answers every text "n" with "re: n". It prints a line when it listens, and runs until it is killed.
func child(base, data string) int {
	start := time.Now()
	b, err := bot.New(bot.Config{
		BaseURL: base, Token: simulator.DefaultToken, Listen: "127.0.0.1:0", Data: data, Logger: zap.NewNop(),
		Allow: bot.Allow{Everyone: true}, Grace: 5 * time.Second,
	})
	if err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if n, err := strconv.Atoi(m.Body); err == nil && n%7 == 0 && c.Attempt() == 1 {
			return errors.New("soak: every seventh message fails once")
		}
		return c.Reply("re: " + m.Body)
	}).Named("answer")
	ready := make(chan struct{})
	go func() {
		defer close(ready)
		if _, err := b.Address(context.Background()); err == nil {
			fmt.Println("ready", time.Since(start).Milliseconds())
		}
	}()
	if err := b.Run(context.Background()); err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	<-ready
	return 0
}

// process is a running child.
type process struct {
	cmd     *exec.Cmd
	started time.Duration // from the start of its main function until it listened
}

// launch starts a child, and waits until it listens.
func launch(t *testing.T, base, data string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), envChild+"="+base, envData+"="+data)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line := make([]byte, 200)
	n, err := out.Read(line)
	require.NoError(t, err, "the bot ended before it listened")
	word, ms, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " ")
	require.Equal(t, "ready", word, string(line[:n]))
	took, err := strconv.Atoi(ms)
	require.NoError(t, err)
	return &process{cmd: cmd, started: time.Duration(took) * time.Millisecond}
}

// kill ends the process without a warning.
func (p *process) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Kill())
	_ = p.cmd.Wait() // it was killed: that is the error
}
