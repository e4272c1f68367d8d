package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"rsc.io/qr"

	"github.com/hongyan-go/hongyan/simulator"
)

// asProgram has the test binary be the program.
const asProgram = "HONGYAN_TEST_AS_PROGRAM"

// pane is a terminal of tmux with the program in it.
type pane struct {
	t      *testing.T
	socket string
}

// newPane starts the program in a terminal of that size.
func newPane(t *testing.T, width, height int, vars map[string]string, args ...string) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: make test-setup installs it")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	p := &pane{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	command := []string{
		"-f", "/dev/null", "new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height),
		"env", asProgram + "=1", "GORACE=atexit_sleep_ms=0", "LC_ALL=C.UTF-8", "HOME=" + t.TempDir(),
	}
	for name, value := range vars {
		command = append(command, name+"="+value)
	}
	command = append(append(command, self), args...)
	p.tmux(append(command, ";", "set-option", "-w", "remain-on-exit", "on")...)
	t.Cleanup(func() {
		// the context of the test has ended
		_ = exec.CommandContext(context.WithoutCancel(t.Context()), "tmux", "-S", p.socket, "kill-server").Run()
	})
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), "tmux", append([]string{"-u", "-S", p.socket}, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(p.t, err, "%s", out)
	return string(out)
}

// screen is what the terminal shows, and has shown.
func (p *pane) screen() string {
	p.t.Helper()
	return p.tmux("capture-pane", "-p", "-S", "-")
}

// await waits for a text on the screen.
func (p *pane) await(text string) string {
	p.t.Helper()
	var screen string
	require.Eventually(p.t, func() bool {
		screen = p.screen()
		return strings.Contains(strings.ReplaceAll(screen, "\n", ""), text) // also where the line is wrapped
	}, 2*time.Minute, 50*time.Millisecond, "waited for %q", text)
	return screen
}

// drawn reads the modules of a code that was drawn by half blocks, two rows a line, light on dark.
func drawn(screen string) [][]bool {
	var rows [][]bool
	for line := range strings.Lines(screen) {
		line = strings.TrimRight(line, "\n")
		if strings.Trim(line, "█▀▄ ") != "" || !strings.ContainsAny(line, "█▀▄") {
			continue
		}
		var upper, lower []bool
		for _, r := range line {
			upper = append(upper, r == '▄' || r == ' ')
			lower = append(lower, r == '▀' || r == ' ')
		}
		rows = append(rows, upper, lower)
	}
	return rows
}

// assertCode compares what is drawn with a code.
func assertCode(t *testing.T, data, screen string) {
	t.Helper()
	code, err := qr.Encode(data, qr.M)
	require.NoError(t, err)
	const quiet = 2
	rows := drawn(screen)
	require.GreaterOrEqual(t, len(rows), code.Size+2*quiet, screen)
	for y, row := range rows[:code.Size+2*quiet] {
		require.Len(t, row, code.Size+2*quiet, screen)
		for x, dark := range row {
			require.Equal(t, code.Black(x-quiet, y-quiet), dark, "module %d, %d of\n%s", x-quiet, y-quiet, screen)
		}
	}
}

// TestLoginInATerminal logs in in a terminal of tmux: the code on the screen is that of the login,
// also after the window has another size, and a window that is too narrow for it is named.
func TestLoginInATerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{100, 24} {
		t.Run(strconv.Itoa(width), func(t *testing.T) {
			t.Parallel()
			sim := simulator.Start(t)
			_, err := sim.Login(simulator.LoginStep{AppID: simulator.DefaultAppID, Action: simulator.LoginDrop})
			require.NoError(t, err)
			p := newPane(t, width, 50, map[string]string{
				"HONGYAN_TOKEN": sim.Token(), "HONGYAN_BASE_URL": sim.BaseURL(), "HONGYAN_DATA": t.TempDir(),
				"HONGYAN_PROXY": "socks5://user:password@192.0.2.1:1080",
			}, "login", "--region", "310000", "--no-captcha")
			first := p.await("Scan it")
			if width < 50 {
				p.await("too narrow")
				p.tmux("resize-window", "-x", "90", "-y", "50")
				first = p.await("Scan it with the account's phone") // in one line now
			}
			p.tmux("resize-window", "-x", "70", "-y", "45")
			second := p.await("Scan it")
			state, err := sim.Login(simulator.LoginStep{Action: simulator.LoginScan})
			require.NoError(t, err)
			data := "http://weixin.qq.com/x/" + state.UUID
			assertCode(t, data, first)
			assertCode(t, data, second)
			_, err = sim.Login(simulator.LoginStep{Action: simulator.LoginConfirm})
			require.NoError(t, err)
			end := p.await("Logged in")
			assert.NotContains(t, end, "password")
			assert.NotContains(t, end, "weixin.qq.com")
		})
	}
}
