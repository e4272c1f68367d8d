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
