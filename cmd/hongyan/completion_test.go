package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCompletion answers as a shell asks. It sets a variable of the process, so it is not parallel.
func TestCompletion(t *testing.T) {
	for line, want := range map[string][]string{
		"hongyan do":                     {"doctor", "download"},
		"hongyan outbox re":              {"release", "resend", "resume"},
		"hongyan status --js":            {"--json"},
		"hongyan run --s":                {"--sim"},
		"hongyan completion ":            {"bash", "fish", "powershell", "zsh"},
		"hongyan nothing-of-the-kind --": nil,
	} {
		t.Setenv("COMP_LINE", line)
		code, out, errOut := hongyan(t, "")
		assert.Equal(t, 0, code)
		assert.Empty(t, errOut)
		for _, w := range want {
			assert.Contains(t, strings.Fields(out), w, line)
		}
	}
}

func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, out, errOut := hongyan(t, "", "completion", shell)
		require.Equal(t, 0, code, errOut)
		assert.Contains(t, out, "hongyan")
		if path, err := exec.LookPath(shell); err == nil && shell != "powershell" {
			check := exec.CommandContext(t.Context(), path, "-n")
			check.Stdin = strings.NewReader(out)
			said, err := check.CombinedOutput()
			assert.NoError(t, err, "%s: %s", shell, said)
		}
	}
	code, _, _ := hongyan(t, "", "completion", "tcsh")
	assert.Equal(t, 2, code)
}
