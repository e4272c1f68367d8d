// Package gotool runs the go command in tests.
package gotool

import (
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"testing"
)

// Command is "go build", "go test" or "go run" with arguments, with the race detector if the test
// has it: what the test itself was compiled of is then not compiled again.
func Command(t *testing.T, verb string, args ...string) *exec.Cmd {
	t.Helper()
	args = slices.Insert(args, 0, verb)
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = slices.Insert(args, 1, "-race")
	}
	command := exec.CommandContext(t.Context(), "go", args...)     //nolint:gosec // the tests are ours
	command.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // else a program sleeps for a second at its end
	return command
}
