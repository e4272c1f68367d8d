//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCheckEndsAtASignal reads a configuration from a pipe that never ends.
func TestCheckEndsAtASignal(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "bot.yaml")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	var out, errOut bytes.Buffer
	code := make(chan int, 1)
	go func() {
		code <- run(console{ctx: ctx, in: strings.NewReader(""), out: &out, errOut: &errOut}, []string{"run", "--check", "-c", pipe})
	}()
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
	require.NoError(t, err)
	defer writer.Close() // ends the reader
	cancel()
	assert.Equal(t, 1, <-code)
	assert.Contains(t, errOut.String(), "while the file was read")
}

func TestAFileWithoutRulesIsRefused(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "bot.yaml")
	for text, want := range map[string]int{
		"service: {token: t}\n":                                              1,
		"service: {token: t}\nrules: []\n":                                   1,
		"service: {token: t}\nrules:\n":                                      1,
		"service: {token: t}\nrecord: {dir: rec}\n":                          0,
		"service: {token: t}\nalarm: {webhook: \"https://example.com/a\"}\n": 0,
	} {
		require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
		code, _, errOut := hongyan(t, "", "run", "--check", "-c", config)
		assert.Equal(t, want, code, text+errOut)
		if want == 1 {
			assert.Contains(t, errOut, "the bot would do nothing", text)
		}
	}
}

// TestAnOldKeyIsReadWithAWarning shows the line to write instead, and runs the bot.
func TestAnOldKeyIsReadWithAWarning(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "bot.yaml")
	text := "service: {token: t}\nallow: {everyone: true}\nlimits: {notices_per_day: 9}\nrules: [{name: a, on: text, reply: x}]\n"
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	code, out, errOut := hongyan(t, "", "run", "--check", "-c", config)
	assert.Zero(t, code)
	assert.Contains(t, out, "in order")
	assert.Contains(t, errOut, "bot.yaml:3: the key limits.notices_per_day is called proactive_per_day now")
	assert.Contains(t, errOut, "write proactive_per_day: 9")
}
