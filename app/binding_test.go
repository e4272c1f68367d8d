package app_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// TestTheCodeOfTheTerminal: a bot with the plugin owner, of which nobody is in charge, prints a
// code; one with owners, and one without the plugin, prints none.
func TestTheCodeOfTheTerminal(t *testing.T) {
	t.Parallel()
	for text, offers := range map[string]bool{
		"plugins: {owner: {}}\n":                     true,
		"plugins: {owner: {}}\nowners: [wxid_bob]\n": false,
		"rules: [{name: r, on: text, reply: hi}]\n":  false,
	} {
		path := filepath.Join(t.TempDir(), "bot.yaml")
		require.NoError(t, os.WriteFile(path, []byte("service: {sim: true}\n"+text), 0o600))
		ctx, cancel := context.WithCancel(t.Context())
		var out, errOut paper
		ended := make(chan int, 1)
		go func() {
			ended <- app.Run(app.Console{Ctx: ctx, Out: &out, ErrOut: &errOut, Lookup: env(nil)}, []string{"run", "-c", path, "--sim"})
		}()
		running := regexp.MustCompile(`the simulator is at http`)
		require.Eventually(t, func() bool { return running.MatchString(out.String()) }, time.Minute, 10*time.Millisecond, text)
		cancel()
		assert.Zero(t, <-ended, errOut.String())
		assert.Equal(t, offers, regexp.MustCompile(`bind [0-9]{6}”`).MatchString(out.String()+errOut.String()), text)
	}
}
