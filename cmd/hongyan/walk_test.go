//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// typedBlock matches what a page tells the reader to type, with the reason why it is not run here,
// if there is one: <!-- not run: … --> before it.
var typedBlock = regexp.MustCompile("(?ms)(?:^<!-- not run: ([^\n]+) -->\n\n?)?^[ \t]*```(?:sh|bash|console)\n(.*?)^[ \t]*```")

// TestTheCommandsOfThePages runs what the pages tell the reader to type, with a shell, in a
// directory with a bot on a simulator. Each page has its own; its blocks run in their order. A
// command that serves goes on in the background. A block that cannot run says why. TestTenMinutes
// of package app plays the page that edits a file.
func TestTheCommandsOfThePages(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a program for each command")
	}
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*/*.md", "docs/*/plugins/*.md", "examples/*.md", "examples/*/*.md"} {
		list, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, page := range list {
			if filepath.Base(page) != "ten-minutes.md" {
				name, err := filepath.Rel(root, page)
				require.NoError(t, err)
				pages = append(pages, name)
			}
		}
	}
	ran := 0
	var lines []string
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(root, page))
		require.NoError(t, err)
		var blocks []string
		for _, m := range typedBlock.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "" {
				blocks = append(blocks, m[2])
			}
		}
		if len(blocks) == 0 {
			continue
		}
		ran += len(blocks)
		lines = append(lines, page)
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			follow(t, blocks)
		})
	}
	assert.Greater(t, ran, 20, "the commands are not where they were: %v", lines)
}

// free are addresses at which nothing listens, each another one.
func free(t *testing.T, n int) (all []string) {
	t.Helper()
	for range n {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close() // only now: a port that is free again may be given again
		all = append(all, listener.Addr().String())
	}
	return all
}

// botOfThePages has what the pages speak of: a gateway, a history, a console for programs.
const botOfThePages = `service: {provider: videosapi, base_url: "%s", token: sim-token}
callback: {listen: "%s", public_url: "http://%[2]s"}
allow: {groups: [all], people: [all]}
admin: {listen: "%s", token: token-of-the-pages}
gateway: {listen: %s}
history: {}
plugins:
  alerts: {listen: %s, token: "${ALERT_TOKEN}", to: 运维群}
rules:
  - {name: hours, on: text, keyword: [hours, 营业时间], reply: "9:00-18:00"}
  - {name: lost, on: text, keyword: [lost], reply: "an answer that is lost"}
`

// hongyanOfThePages is the program for the shell: this test. What serves goes on in the background
// once it is ready. By default, a program with the race detector sleeps for a second when it ends.
const hongyanOfThePages = `#!/bin/sh
export HONGYAN_TEST_AS_PROGRAM=1 GORACE=atexit_sleep_ms=0
case " $* " in *" --check "*) exec '%[1]s' "$@" ;; esac
case "$1" in
run|simulate|record)
	said=$(mktemp '%[2]s/said.XXXXXX')
	'%[1]s' "$@" > "$said" 2>&1 &
	echo $! >> '%[2]s/pids'
	until grep -qE 'after=0|callback URL is registered|recording what|HONGYAN_TOKEN' "$said"; do
		kill -0 $! || { cat "$said"; exit 1; }
		sleep 0.1
	done
	exit 0 ;;
esac
exec '%[1]s' "$@"
`

// curlOfThePages fails when the answer is an error, and ends a stream after a second.
const curlOfThePages = `#!/bin/sh
case " $* " in *" -N "*) '%[1]s' --max-time 1 "$@"; [ $? = 28 ]; exit ;; esac
exec '%[1]s' --fail-with-body --max-time 60 "$@"
`

// follow runs the blocks of a page.
func follow(t *testing.T, blocks []string) {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	sim := simulator.Start(t, func(c *simulator.Config) {
		c.Reports, c.World = true, simulator.DefaultWorld()
		c.World.Groups = append(c.World.Groups, simulator.Group{
			ID: "30000000009@chatroom", Name: "运维群",
			Members: []simulator.Member{{Wxid: simulator.DefaultWxid}, {Wxid: "wxid_alice"}},
		})
	})
	still := simulator.Start(t, func(c *simulator.Config) { c.VirtualClock = true }) // as with --begins
	addresses := free(t, 5)
	callbacks, admin, gate, alerts := addresses[0], addresses[1], addresses[2], addresses[3]
	self, err := os.Executable()
	require.NoError(t, err)
	curl, err := exec.LookPath("curl")
	require.NoError(t, err, "make test-setup installs it")
	write := func(path, text string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
	}
	write(filepath.Join(bin, "hongyan"), fmt.Sprintf(hongyanOfThePages, self, bin), 0o700)
	write(filepath.Join(bin, "curl"), fmt.Sprintf(curlOfThePages, curl), 0o700)
	write(filepath.Join(dir, "bot.yaml"), fmt.Sprintf(botOfThePages, sim.BaseURL(), callbacks, admin, gate, alerts), 0o600)
	repository, err := filepath.Abs(root)
	require.NoError(t, err)
	for _, name := range []string{"callback", "examples"} {
		require.NoError(t, os.Symlink(filepath.Join(repository, name), filepath.Join(dir, name)))
	}
	require.NoError(t, os.Symlink(filepath.Join(dir, "hongyan-data"), filepath.Join(dir, "data")))

	var script strings.Builder
	script.WriteString("set -e\n")
	text := strings.Join(blocks, "")
	if !strings.Contains(text, "hongyan run -c bot.yaml\n") && !strings.Contains(text, "--begins") { // else the page starts the bot
		script.WriteString("hongyan run -c bot.yaml\n")
	}
	if strings.Contains(text, "hongyan history") {
		script.WriteString(saidScript)
	}
	script.WriteString(strings.NewReplacer(
		"http://127.0.0.1:8900", sim.URL(), "127.0.0.1:8900", addresses[4], "$SIM/sim/clock", still.URL()+"/sim/clock",
		"127.0.0.1:8090", gate, "127.0.0.1:8081", admin, "127.0.0.1:8091", alerts, "/etc/hongyan/", "",
		"VideosApi-token: T", "VideosApi-token: sim-token", "wx_abc:7265416523456789012", `"$event"`,
	).Replace(text))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-c", script.String())
	command.Dir = dir
	command.WaitDelay = time.Second
	command.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HONGYAN_") }),
		"PATH="+bin+":"+os.Getenv("PATH"), "HOME="+dir, "TOKEN=token-of-the-pages", "SIM="+sim.URL(), "LC_ALL=C.UTF-8",
		"ALERT_TOKEN=alert-token-of-the-pages",
		"HONGYAN_APP_ID="+simulator.DefaultAppID)
	output := filepath.Join(bin, "output") // a file: what goes on in the background would keep a pipe open
	file, err := os.Create(output)
	require.NoError(t, err)
	defer file.Close()
	command.Stdout, command.Stderr = file, file
	err = command.Run()
	stop(t, filepath.Join(bin, "pids"))
	printed, readErr := os.ReadFile(output)
	require.NoError(t, readErr)
	require.NoError(t, err, "%s\n%s", script.String(), printed)
}

// saidScript has a message that the bot has kept, and its key.
const saidScript = `
curl -s $SIM/sim/messages -d '{"from":"wxid_alice","to":"10000000001@chatroom","kind":"text","text":"发票 invoice hours"}'
until event=$(hongyan history --chat 10000000001@chatroom --json | grep -oE '"(event|key)": *"[^"]*"' | head -1 | cut -d'"' -f4) &&
	[ -n "$event" ]; do sleep 0.1; done
`

// stop ends the programs whose ids are in a file.
func stop(t *testing.T, pids string) {
	t.Helper()
	text, err := os.ReadFile(pids)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(t, err)
	for _, word := range strings.Fields(string(text)) {
		var pid int
		_, err := fmt.Sscan(word, &pid)
		require.NoError(t, err)
		_ = syscall.Kill(pid, syscall.SIGTERM) // it may have ended
		assert.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, time.Minute, 10*time.Millisecond, "%d", pid)
	}
}
