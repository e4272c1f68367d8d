// Package soak kills bots, fills disks and floods inboxes, and counts messages that are lost,
// duplicated or out of order. The short forms run with every test; `make soak` runs the long ones.
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
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// The environment variables of a child process.
const (
	envChild   = "HONGYAN_SOAK_CHILD"   // the base URL of the simulator
	envData    = "HONGYAN_SOAK_DATA"    // the data directory
	envNATS    = "HONGYAN_SOAK_NATS"    // the URLs of a cluster, instead of a data directory
	envPublic  = "HONGYAN_SOAK_PUBLIC"  // where the simulator posts, if not directly to the bot
	envTasks   = "HONGYAN_SOAK_TASKS"   // set: the child answers by tasks and turns
	envGateway = "HONGYAN_SOAK_GATEWAY" // set: the child only has a gateway
	envSoak    = "HONGYAN_SOAK"         // set: run the long forms
)

func TestMain(m *testing.M) {
	if base := os.Getenv(envChild); base != "" {
		os.Exit(child(base))
	}
	goleak.VerifyTestMain(m)
}

// long reports whether to run the long forms.
func long() bool { return os.Getenv(envSoak) != "" }

// pick returns the size for the form.
func pick(short, soak int) int {
	if long() {
		return soak
	}
	return short
}

// child runs a bot that answers every text "n" with "re: n". It prints a line when it listens, and
// runs until it is killed.
func child(base string) int {
	start := time.Now()
	config := bot.Config{
		BaseURL: base, Token: simulator.DefaultToken, Listen: "127.0.0.1:0", Data: os.Getenv(envData), Logger: zap.NewNop(),
		Allow: bot.Allow{Everyone: true}, Grace: 5 * time.Second, Callback: bot.Callback{PublicURL: os.Getenv(envPublic)},
	}
	if url := os.Getenv(envNATS); url != "" {
		back, err := nats.Open(context.Background(), clusterConfig(url))
		if err != nil {
			fmt.Println("failed:", err)
			return 1
		}
		config.Store = back
	}
	b, err := bot.New(config)
	if err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	behind := func() string { return "" }
	if os.Getenv(envGateway) != "" {
		if behind, err = withGateway(b); err != nil {
			fmt.Println("failed:", err)
			return 1
		}
	} else {
		answers(b)
	}
	ready := make(chan struct{})
	go func() {
		defer close(ready)
		if address, err := b.Address(context.Background()); err == nil {
			fmt.Println("ready", time.Since(start).Milliseconds(), address, behind())
		}
	}()
	if err := b.Run(context.Background()); err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	<-ready
	return 0
}

// answers are the routes of a child.
func answers(b *bot.Bot) {
	asksAndHolds(b)
	if os.Getenv(envTasks) != "" {
		answerLater(b)
	}
	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
		if n, err := strconv.Atoi(m.Body); err == nil && n%7 == 0 && c.Attempt() == 1 {
			return errors.New("soak: every seventh message fails once")
		}
		return c.Reply("re: " + m.Body)
	}).Named("answer")
}

// process is a running child.
type process struct {
	cmd     *exec.Cmd
	started time.Duration // from the start of main until it listened
	address string        // of its listener for callbacks
	gateway string        // the address of its gateway, if it has one
}

// launch starts a child and waits until it listens.
func launch(t *testing.T, base string, env ...string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(append(os.Environ(), envChild+"="+base), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line := make([]byte, 200)
	n, err := out.Read(line)
	require.NoError(t, err, "the bot ended before it listened")
	words := strings.Fields(string(line[:n]))
	require.GreaterOrEqual(t, len(words), 3, string(line[:n]))
	require.Equal(t, "ready", words[0], string(line[:n]))
	took, err := strconv.Atoi(words[1])
	require.NoError(t, err)
	p := &process{cmd: cmd, started: time.Duration(took) * time.Millisecond, address: words[2]}
	if len(words) > 3 {
		p.gateway = words[3]
	}
	return p
}

// kill kills the process.
func (p *process) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Kill())
	_ = p.cmd.Wait() // the error only says that it was killed
}
