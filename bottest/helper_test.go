package bottest_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/bottest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// runExample runs the test of an example, and prints how it ends.
func runExample(test func(bottest.TB)) {
	dir, err := os.MkdirTemp("", "bottest")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	f := &fakeTB{tempDir: func() string { return dir }}
	f.run(test)
	if f.Failed() {
		fmt.Println(f.fatal, f.errors)
		return
	}
	fmt.Println("ok")
}

// fakeTB is a test that fails without failing the one in which it runs.
type fakeTB struct {
	tempDir  func() string
	cleanups []func()
	fatal    string
	errors   []string
	logs     []string
}

func (f *fakeTB) Helper()          {}
func (f *fakeTB) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fakeTB) Failed() bool     { return f.fatal != "" || len(f.errors) > 0 }
func (f *fakeTB) TempDir() string  { return f.tempDir() }
func (f *fakeTB) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Logf(format string, args ...any) {
	f.logs = append(f.logs, fmt.Sprintf(format, args...))
}
func (f *fakeTB) Fatalf(format string, args ...any) {
	f.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// fails runs a test that fails, and returns how: the text of Fatalf, and those of Errorf.
func fails(t *testing.T, test func(tb bottest.TB)) (fatal string, errors []string) {
	t.Helper()
	f := &fakeTB{tempDir: t.TempDir}
	f.run(test)
	if f.Failed() && (len(f.logs) != 1 || !strings.Contains(f.logs[0], "bot is running")) {
		t.Errorf("a failed test shows the log of the bot: %q", f.logs)
	}
	return f.fatal, f.errors
}

// run runs a test and its cleanups.
func (f *fakeTB) run(test func(tb bottest.TB)) {
	inGoroutine(func() { test(f) })
	for _, c := range slices.Backward(f.cleanups) {
		inGoroutine(c)
	}
}

func inGoroutine(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}
