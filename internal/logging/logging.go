// Package logging makes the logger of a bot: lines for people on a terminal, JSON elsewhere.
package logging

import (
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/terminal"
)

// Format is how the lines of a log look.
type Format int

// The formats.
const (
	JSON    Format = iota // an object a line, for programs
	Console               // for people
	Color                 // for people, in color
)

// FormatOf chooses the format for a file: JSON unless it is a terminal, and color unless lookup
// finds a NO_COLOR that is not empty, or a terminal that has none.
func FormatOf(f *os.File, lookup func(string) (string, bool)) Format {
	if !isatty.IsTerminal(f.Fd()) && !isatty.IsCygwinTerminal(f.Fd()) {
		return JSON
	}
	if value, _ := lookup("NO_COLOR"); value != "" {
		return Console
	}
	if term, _ := lookup("TERM"); term == "dumb" {
		return Console
	}
	return Color
}

// ParseLevel reads the name of a level; the empty name is info.
func ParseLevel(name string) (zapcore.Level, error) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "debug":
		return zap.DebugLevel, nil
	case "", "info":
		return zap.InfoLevel, nil
	case "warn", "warning":
		return zap.WarnLevel, nil
	case "error":
		return zap.ErrorLevel, nil
	}
	return zap.InfoLevel, phrase.Errorf("%q is not a level of the log: write debug, info, warn or error", name)
}

// New returns a logger that writes to w, which need not be safe for concurrent use. Text from
// outside cannot control a terminal. Lines for people are in the language of texts, JSON is in
// English.
func New(w io.Writer, format Format, level zapcore.Level, texts *lang.Printer) *zap.Logger {
	if format == JSON {
		c := zap.NewProductionEncoderConfig()
		c.TimeKey, c.EncodeTime = "time", zapcore.RFC3339NanoTimeEncoder
		c.EncodeDuration, c.EncodeCaller = zapcore.StringDurationEncoder, nil
		sink := zapcore.Lock(zapcore.AddSync(terminal.NewWriter(w)))
		return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(c), sink, level))
	}
	return zap.New(&console{LevelEnabler: level, to: zapcore.Lock(zapcore.AddSync(w)), color: format == Color, texts: texts})
}
