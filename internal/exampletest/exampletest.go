// Package exampletest runs an example program against a simulator, as its user would.
package exampletest

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/hongyan-go/hongyan/simulator"
)

// asProgram has the test binary be the example.
const asProgram = "HONGYAN_EXAMPLE"

// Main is the TestMain of an example: it runs the tests or, in the process that Run starts, the
// example. A test binary has the program in it, so nothing needs to be built.
func Main(m *testing.M, example func()) {
	if os.Getenv(asProgram) != "" {
		example()
		return
	}
	m.Run()
}

// Run starts the example against a simulator, and waits until it listens. At the end of the test it
// interrupts the program, which must exit with 0. env adds variables of the form "NAME=value" to
// those that a bot needs.
func Run(t *testing.T, env ...string) *simulator.Test {
	t.Helper()
	sim := simulator.Start(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	program := exec.CommandContext(context.Background(), self) //nolint:gosec // this program
	program.Dir = t.TempDir()
	program.Env = append(os.Environ(), asProgram+"=1", "GORACE=atexit_sleep_ms=0", // else it sleeps for a second at its end
		"HONGYAN_TOKEN="+sim.Token(), "HONGYAN_BASE_URL="+sim.BaseURL(), "HONGYAN_LISTEN="+address, "HONGYAN_PUBLIC_URL=http://"+address,
		"HONGYAN_CALLBACK_SECRET=example", "HONGYAN_ALLOW=everyone", "HONGYAN_PACE=unlimited",
	)
	program.Env = append(program.Env, env...)
	var log bytes.Buffer
	program.Stderr = &log
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Signal(os.Interrupt)
		if err := program.Wait(); err != nil {
			t.Errorf("the example ended with %v\n%s", err, log.String())
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := sim.AwaitCallback(ctx); err != nil {
		t.Fatalf("the example did not register: %v", err)
	}
	return sim
}
