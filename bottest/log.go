package bottest

import (
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/hongyan-go/hongyan/bot"
)

// maxLines is how many lines of the log a failed test shows.
const maxLines = 100

// journal keeps the log of a bot. Its errors fail the test, except those that are expected.
type journal struct {
	mu       sync.Mutex
	lines    []string // the latest
	errors   []string
	expected []string // parts of errors
}

// logger returns a logger whose lines have the times of a clock.
func (j *journal) logger(c bot.Clock) *zap.Logger {
	format := zap.NewDevelopmentEncoderConfig()
	format.EncodeTime = zapcore.TimeEncoderOfLayout("01-02 15:04:05.000")
	format.EncodeCaller = nil
	encoder := zapcore.NewConsoleEncoder(format)
	all := zapcore.NewCore(encoder, zapcore.AddSync(sink(j.keep)), zap.DebugLevel)
	errors := zapcore.NewCore(encoder, zapcore.AddSync(sink(j.fail)), zap.ErrorLevel)
	return zap.New(zapcore.NewTee(all, errors), zap.WithClock(logClock{c}))
}

func (j *journal) keep(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lines = append(j.lines, line); len(j.lines) > 2*maxLines {
		j.lines = slices.Clone(j.lines[maxLines:])
	}
}

func (j *journal) fail(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.errors = append(j.errors, line)
}

// expect expects errors that contain a text, and reports whether there is one.
func (j *journal) expect(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.expected = append(j.expected, text)
	return slices.ContainsFunc(j.errors, func(line string) bool { return strings.Contains(line, text) })
}

// unexpected returns the errors that were not expected.
func (j *journal) unexpected() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.errors), func(line string) bool {
		return slices.ContainsFunc(j.expected, func(text string) bool { return strings.Contains(line, text) })
	})
}

// latest returns the latest lines.
func (j *journal) latest() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines[max(0, len(j.lines)-maxLines):])
}

// sink gets each line of a log.
type sink func(line string)

// Write implements io.Writer.
func (s sink) Write(line []byte) (int, error) {
	s(strings.TrimRight(string(line), "\n"))
	return len(line), nil
}

// logClock is the clock of a bot for its log.
type logClock struct{ bot.Clock }

// NewTicker implements zapcore.Clock. No core here uses it.
func (logClock) NewTicker(d time.Duration) *time.Ticker { return time.NewTicker(d) }
