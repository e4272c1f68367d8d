package logging_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/logging"
)

// written is what a logger writes for a line with text from outside.
func written(format logging.Format, language lang.Lang) string {
	var out bytes.Buffer
	catalogue, err := lang.New(lang.Table{"no answer\x1b[31m": {ZH: "没有回应\x1b[31m", EN: "no answer\x1b[31m"}})
	if err != nil {
		return err.Error()
	}
	log := logging.New(&out, format, zap.InfoLevel, catalogue.In(language)).Named("monitor").With(zap.String("event", "wx_a:1"))
	log.Debug("not to be seen")
	log.Warn("no answer\x1b[31m", zap.String("reason", "rule \u202ehours\x1b]0;x\a\nFAKE line"), zap.Duration("took", time.Second),
		zap.Error(errors.New("two words")), zap.String("sender", ""))
	return out.String()
}

func TestJSON(t *testing.T) {
	t.Parallel()
	out := written(logging.JSON, lang.Chinese)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &line))
	assert.Equal(t, "warn", line["level"])
	assert.Equal(t, "rule \u202ehours\x1b]0;x\a\nFAKE line", line["reason"])
	assert.Equal(t, "1s", line["took"])
	assert.NotContains(t, out, "\u202e", "the direction of a terminal")
	assert.Equal(t, 1, strings.Count(out, "\n"))
}

func TestConsole(t *testing.T) {
	t.Parallel()
	out := written(logging.Console, lang.English)
	assert.NotContains(t, out, "\x1b")
	assert.NotContains(t, out, "\u202e")
	assert.NotContains(t, out, "not to be seen")
	first, below, _ := strings.Cut(out, "\n")
	assert.Contains(t, first, ` WARN  monitor: no answer\u001b[31m event=wx_a:1 took=1s error="two words" sender=""`)
	assert.Equal(t, "    reason: rule \\u202ehours\\u001b]0;x\\u0007\n    FAKE line\n", below)
}

// TestLanguage shows that only lines for people are translated.
func TestLanguage(t *testing.T) {
	t.Parallel()
	assert.Contains(t, written(logging.Console, lang.Chinese), "没有回应\\u001b[31m event=wx_a:1")
	assert.Contains(t, written(logging.JSON, lang.Chinese), `"msg":"no answer`)
}

func TestColor(t *testing.T) {
	t.Parallel()
	out := written(logging.Color, lang.English)
	assert.Contains(t, out, "\x1b[33mWARN \x1b[0m monitor: no answer\\u001b[31m \x1b[2mevent=\x1b[0mwx_a:1")
	assert.Equal(t, strings.Count(out, "\x1b["), 2*strings.Count(out, "\x1b[0m"), "the only sequences are ours, and each ends")
}

func TestFormatOfAFile(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer f.Close()
	assert.Equal(t, logging.JSON, logging.FormatOf(f, os.LookupEnv))
}

func TestParseLevel(t *testing.T) {
	t.Parallel()
	for _, x := range [][2]string{{"", "info"}, {"debug", "debug"}, {" INFO", "info"}, {"warning", "warn"}, {"error", "error"}} {
		level, err := logging.ParseLevel(x[0])
		require.NoError(t, err)
		assert.Equal(t, x[1], level.String())
	}
	_, err := logging.ParseLevel("loud")
	require.ErrorContains(t, err, "write debug, info, warn or error")
}
