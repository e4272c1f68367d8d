package app_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
)

// paper is what a command writes while it runs.
type paper struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// TestTenMinutes walks through docs/en/ten-minutes.md: it runs the commands, and edits the file as
// the page says.
func TestTenMinutes(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/en/ten-minutes.md")
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "mybot")
	config := filepath.Join(dir, "bot.yaml")
	edited, ran := 0, map[string]int{}
	blocks := regexp.MustCompile("(?ms)(?:below the line `(\\w+:)`[^\n]*\n\n)?^```(sh|yaml)\n(.*?)^```$")
	for _, block := range blocks.FindAllStringSubmatch(string(page), -1) {
		below, kind, text := block[1], block[2], block[3]
		if kind == "yaml" {
			old, err := os.ReadFile(config)
			require.NoError(t, err)
			require.Contains(t, string(old), "\n"+below+"\n")
			require.NoError(t, os.WriteFile(config, []byte(strings.Replace(string(old), "\n"+below+"\n", "\n"+below+"\n"+text, 1)), 0o600))
			edited++
			continue
		}
		for line := range strings.Lines(text) {
			args := strings.Fields(line)
			if args[0] == "cd" {
				continue
			}
			require.Equal(t, "hongyan", args[0])
			for i, arg := range args {
				switch arg {
				case "mybot":
					args[i] = dir
				case "bot.yaml":
					args[i] = config
				}
			}
			ran[args[1]]++
			if args[1] == "run" {
				talk(t, config, args[1:])
				continue
			}
			code, out, errOut := program(t, args[1:]...)
			require.Zero(t, code, line+out+errOut)
			switch args[1] {
			case "test":
				assert.Contains(t, out, map[int]string{1: "3 tests, 0 failed", 2: "4 tests, 0 failed"}[ran["test"]])
			case "explain":
				assert.Contains(t, out, "sends to 社区群: text \"七天内可退")
			}
		}
	}
	assert.Equal(t, 2, edited)
	assert.Equal(t, map[string]int{"init": 1, "test": 2, "explain": 1, "plugins": 2, "run": 1}, ran)
}

// talk runs a bot on a simulator, sends what the curl lines say, and saves another reply.
func talk(t *testing.T, config string, args []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errOut paper
	ended := make(chan int, 1)
	go func() { ended <- app.Run(app.Console{Ctx: ctx, Out: &out, ErrOut: &errOut, Lookup: env(nil)}, args) }()
	curl := regexp.MustCompile(`(?m)^curl (http\S+) -d '(.*)'$`)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "after=0") }, 20*time.Second, 10*time.Millisecond)
	lines := curl.FindAllStringSubmatch(out.String(), -1)
	require.Len(t, lines, 2, out.String())
	list := regexp.MustCompile(`(?m)^curl "(http\S+)"$`).FindStringSubmatch(out.String())
	require.NotNil(t, list)
	group := lines[1]
	say := func(what, want string) {
		t.Helper()
		answer := request(t, http.MethodPost, group[1], strings.Replace(group[2], "你好", what, 1))
		require.NotContains(t, answer, "error")
		require.Eventually(t, func() bool {
			return strings.Contains(request(t, http.MethodGet, list[1], ""), want)
		}, 20*time.Second, 20*time.Millisecond)
	}
	say("营业时间？", "营业时间 9:00-18:00")
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(config, bytes.Replace(text, []byte(`reply: "营业时间 9:00-18:00"`), []byte("reply: 全天营业"), 1), 0o600))
	require.Eventually(t, func() bool {
		return strings.Contains(errOut.String(), "reloaded: rules has changed")
	}, 20*time.Second, 10*time.Millisecond)
	say("几点开门？", "全天营业")
	cancel()
	assert.Zero(t, <-ended, errOut.String())
}

// request asks the simulator.
func request(t *testing.T, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}
