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

// walk is what the page of a language does.
type walk struct {
	language string
	hours    string // a question of the first file
	answer   string // its answer
	returns  string // the beginning of the answer that the reader adds
	group    string
}

// TestTenMinutes walks through docs/en/ten-minutes.md and its Chinese page: it runs the commands,
// compares what they print with what the page shows, and edits the file as the page says.
func TestTenMinutes(t *testing.T) {
	t.Parallel()
	for _, w := range []walk{
		{"en", "opening hours?", "We are open from 9:00 to 18:00.", "Within seven days", "community"},
		{"zh", "营业时间？", "营业时间 9:00-18:00", "七天内可退", "社区群"},
	} {
		t.Run(w.language, func(t *testing.T) {
			t.Parallel()
			w.follow(t)
		})
	}
}

// console is a terminal in the language of the page.
func (w walk) console(ctx context.Context, out, errOut io.Writer) app.Console {
	return app.Console{Ctx: ctx, Out: out, ErrOut: errOut, Lookup: env(map[string]string{"HONGYAN_LANG": w.language})}
}

// pieces are the parts of a page that matter: what is typed, what goes below a line of the file,
// and what is shown of the output of the last command.
var pieces = regexp.MustCompile("(?m)(?:^[^\n]*`(\\w+:)`[^\n]*\n\n)?^```(sh|yaml|)\n((?:[^`][^\n]*\n|\n)*)^```$")

var seconds = regexp.MustCompile(`\d+\.\d+ (s|秒)`)

func (w walk) follow(t *testing.T) {
	t.Helper()
	page, err := os.ReadFile("../docs/" + w.language + "/ten-minutes.md")
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), "mybot")
	config := filepath.Join(dir, "bot.yaml")
	edited, shown, ran, last := 0, 0, map[string]int{}, ""
	for _, block := range pieces.FindAllStringSubmatch(string(page), -1) {
		below, kind, text := block[1], block[2], block[3]
		switch kind {
		case "yaml":
			old, err := os.ReadFile(config)
			require.NoError(t, err)
			require.Contains(t, string(old), "\n"+below+"\n")
			require.NoError(t, os.WriteFile(config, []byte(strings.Replace(string(old), "\n"+below+"\n", "\n"+below+"\n"+text, 1)), 0o600))
			edited++
		case "":
			if last != "" {
				shown++
				assert.Equal(t, seconds.ReplaceAllString(text, "0 s"), seconds.ReplaceAllString(last, "0 s"))
				last = ""
			}
		default:
			for line := range strings.Lines(text) {
				last = w.run(t, line, dir, config, ran)
			}
		}
	}
	assert.Equal(t, 2, edited)
	assert.Equal(t, 1, shown)
	assert.Equal(t, map[string]int{"init": 1, "test": 2, "explain": 1, "plugins": 2, "run": 1}, ran)
}

// run runs a line of the page, counts its command, and returns what it prints.
func (w walk) run(t *testing.T, line, dir, config string, ran map[string]int) string {
	t.Helper()
	var args []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		arg := m[1] + m[2]
		switch arg {
		case "mybot":
			arg = dir
		case "bot.yaml":
			arg = config
		}
		args = append(args, arg)
	}
	if args[0] == "cd" {
		return ""
	}
	require.Equal(t, "hongyan", args[0])
	ran[args[1]]++
	if args[1] == "run" {
		w.talk(t, config, args[1:])
		return ""
	}
	var out, errOut bytes.Buffer
	require.Zero(t, app.Run(w.console(t.Context(), &out, &errOut), args[1:]), line+out.String()+errOut.String())
	switch args[1] {
	case "test":
		assert.Regexp(t, map[int]string{1: "3 (tests, 0 failed|个测试，0 个失败)", 2: "4 (tests, 0 failed|个测试，0 个失败)"}[ran["test"]], out.String())
	case "explain":
		assert.Contains(t, out.String(), `"`+w.returns)
		assert.Contains(t, out.String(), w.group)
	}
	return out.String()
}

// talk runs a bot on a simulator, sends what the curl lines say, and saves another reply.
func (w walk) talk(t *testing.T, config string, args []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errOut paper
	ended := make(chan int, 1)
	go func() { ended <- app.Run(w.console(ctx, &out, &errOut), args) }()
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
	say(w.hours, w.answer)
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(config, bytes.Replace(text, []byte(`reply: "`+w.answer+`"`), []byte("reply: 24/7"), 1), 0o600))
	require.Eventually(t, func() bool {
		return regexp.MustCompile(`rules (has changed|有改动)`).MatchString(errOut.String())
	}, 20*time.Second, 10*time.Millisecond)
	say(w.hours, "24/7")
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
