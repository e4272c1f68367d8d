package gateway_test

import (
	"bufio"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/gateway"
)

// TestClients runs the example clients, as far as this machine has their languages.
func TestClients(t *testing.T) {
	t.Parallel()
	for program, script := range map[string]string{
		"python3": "../examples/clients/python/echo.py", "node": "../examples/clients/javascript/echo.mjs",
	} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(program)
			if err != nil {
				t.Skip(program + " is not installed")
			}
			f := start(t, gateway.Config{Tokens: map[string]gateway.Token{"client": {Secret: secret, May: []string{"send", "read"}}}})
			// The consumer begins before the client does, which takes a moment to start.
			name := map[string]string{"python3": "echo-py", "node": "echo-js"}[program]
			require.Equal(t, 200, f.get("/v1/events?consumer="+name, "Authorization", "Bearer "+secret).Status)
			f.Group("A").As("alice").Say("echo 你好")
			cmd := exec.CommandContext(t.Context(), path, script)
			cmd.Env = append(os.Environ(), "HONGYAN_GATEWAY=http://"+f.at(), "HONGYAN_GATEWAY_TOKEN="+secret)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			cmd.Stderr = os.Stderr
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			require.NoError(t, err)
			assert.Contains(t, line, " sent")
			f.Group("A").ExpectText("你好")
			f.Group("A").ExpectNothing()
		})
	}
}
