package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/internal/gotool"
)

// TestInit: what init writes passes its tests, is in order, and is not overwritten.
func TestInit(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	code, out, errOut := program(t, "init", dir, "--group", `卖场"一群`, "--provider", "gewe")
	require.Zero(t, code, errOut)
	for _, name := range []string{"bot.yaml", ".env", ".gitignore", "compose.yaml", "Dockerfile", "bot.schema.json"} {
		assert.Contains(t, out, filepath.Join(dir, name)+"\n")
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.NotRegexp(t, `\{\{(provider|group|module|plugins|tests)\}\}`, string(text), name)
	}
	info, err := os.Stat(filepath.Join(dir, ".env"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	config := filepath.Join(dir, "bot.yaml")
	code, out, errOut = program(t, "test", "-c", config)
	assert.Zero(t, code, out+errOut)
	assert.Contains(t, out, "3 tests, 0 failed")
	code, _, errOut = program(t, "run", "--check", "-c", config)
	assert.Equal(t, 1, code, "there is no token")
	assert.Contains(t, errOut, "bot.yaml:10: the environment variable HONGYAN_TOKEN is not set")
	assert.Contains(t, errOut, "--sim plays the file on a simulator")
	code, _, errOut = program(t, "run", "--check", "--sim", "-c", config)
	assert.Zero(t, code, errOut)

	before, err := os.ReadFile(config)
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, ".env")))
	code, _, errOut = program(t, "init", dir)
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, config+" is there already")
	after, err := os.ReadFile(config)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.NoFileExists(t, filepath.Join(dir, ".env"))
}

// TestInitUses: whatever a bot is for, in both languages, what init writes passes its tests, is in
// order, and needs no edit.
func TestInitUses(t *testing.T) {
	t.Parallel()
	all := "answer,forward,welcome,friends,remind,assistant"
	for _, language := range []string{"zh", "en"} {
		for _, use := range append(strings.Split(all, ","), all) {
			t.Run(language+"/"+use, func(t *testing.T) {
				t.Parallel()
				for _, more := range [][]string{nil, {
					"--owner", "wxid_boss", "--group", `一"群 #1: ${X}`, "--group", "B", "--to=- 汇总",
				}} {
					dir := filepath.Join(t.TempDir(), "bot")
					code, _, errOut := program(t, append([]string{"init", dir, "--language", language, "--use", use}, more...)...)
					require.Zero(t, code, errOut)
					config := filepath.Join(dir, "bot.yaml")
					code, out, errOut := program(t, "test", "-c", config)
					assert.Zero(t, code, out+errOut)
					assert.NotContains(t, out, "0 tests")
					text, err := os.ReadFile(config)
					require.NoError(t, err)
					left := `\{\{(no rules|rules|plugins|tests|people|owners|group|groups|to|provider|asks owner)\}\}`
					assert.NotRegexp(t, left, string(text))
					set := env(map[string]string{
						"HONGYAN_TOKEN": "t", "HONGYAN_LISTEN": "0.0.0.0:8080", "HONGYAN_PUBLIC_URL": "https://bot.example.com",
						"LLM_KEY": "k",
					})
					file, err := app.Reader{Lookup: set}.Load(config)
					require.NoError(t, err)
					assert.Equal(t, more != nil, len(file.Bot.Owners) == 1)
				}
			})
		}
	}
}

// TestInitAsks: init asks on a terminal, asks again after a wrong answer, and puts secrets into
// .env only.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bot")
	answers := []string{
		"fr", "zh", "1,nothing", "1，3, 6", "all", "客服群、产品群",
		"gewee", "gewe", "tok en", "token-1", "bot.example.com", "https://bot.example.org",
		"我", "wxid_boss", "key-2", "",
	}
	var out, errOut bytes.Buffer
	code := app.Run(app.Console{
		Ctx: t.Context(), In: strings.NewReader(strings.Join(answers, "\n")), Out: &out, ErrOut: &errOut, Lookup: env(nil),
	}, []string{"init", dir})
	require.Zero(t, code, errOut.String())
	for _, line := range []string{
		`"fr" is none of zh, en`, "Language 语言", // before the language is chosen
		`"nothing" 不在可选值之中：answer`, `"all" 不是群名`, `"gewee" 不在可选值之中：videosapi`, ".env 写不了",
		`"bot.example.com" 不是 https`, `"我" 不是 wxid`,
	} {
		assert.Contains(t, errOut.String(), line)
	}
	secrets, err := os.ReadFile(filepath.Join(dir, ".env"))
	require.NoError(t, err)
	for _, line := range []string{
		"\nHONGYAN_TOKEN=token-1\n", "\nHONGYAN_PUBLIC_URL=https://bot.example.org\n", "\nLLM_KEY=key-2\n",
	} {
		assert.Contains(t, string(secrets), line)
	}
	text, err := os.ReadFile(filepath.Join(dir, "bot.yaml"))
	require.NoError(t, err)
	for _, line := range []string{
		`groups: ["客服群", "产品群"]`, "provider: gewe\n", `owners: ["wxid_boss"]`, "welcome:", "llm:", "people: [friends]",
	} {
		assert.Contains(t, string(text), line)
	}
	assert.NotContains(t, string(text)+out.String(), "token-1")
	code, tested, _ := program(t, "test", "-c", filepath.Join(dir, "bot.yaml"))
	assert.Zero(t, code, tested)

	empty := filepath.Join(t.TempDir(), "bot") // nobody answers: the language is that of the terminal
	code = app.Run(app.Console{Ctx: t.Context(), In: strings.NewReader(""), Out: &out, ErrOut: &errOut, Lookup: env(nil)},
		[]string{"init", empty})
	require.Zero(t, code)
	asked, err := os.ReadFile(filepath.Join(empty, "bot.yaml"))
	require.NoError(t, err)
	plain := filepath.Join(t.TempDir(), "bot")
	code, _, _ = program(t, "init", plain, "--language", "en")
	require.Zero(t, code)
	unasked, err := os.ReadFile(filepath.Join(plain, "bot.yaml"))
	require.NoError(t, err)
	assert.Equal(t, string(unasked), string(asked))
}

// TestInitRefuses what no bot can be made of, all at once, and writes nothing.
func TestInitRefuses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "bot")
	code, _, errOut := program(t, "init", dir, "--language", "fr", "--use", "answers", "--group", "all", "--to", "x\ny", "--provider", "wx",
		"--url", "ftp://x", "--owner", "all")
	assert.Equal(t, 1, code)
	for _, flag := range []string{"--language", "--use", "--group", "--provider", "--url", "--owner"} {
		assert.Contains(t, errOut, "app: "+flag)
	}
	code, _, errOut = program(t, "init", dir, "--use", "forward", "--group", "A", "--to", "A")
	assert.Equal(t, 1, code)
	assert.Contains(t, errOut, "to itself")
	assert.NoDirExists(t, dir)
}

// TestInitGo: the Go project compiles against this module, and its tests pass.
func TestInitGo(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it compiles a program")
	}
	dir := filepath.Join(t.TempDir(), "mybot")
	code, _, errOut := program(t, "init", "--go", dir, "--module", "example.com/mybot")
	require.Zero(t, code, errOut)
	module, err := filepath.Abs("..")
	require.NoError(t, err)
	ours, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	sums, err := os.ReadFile("../go.sum")
	require.NoError(t, err)
	theirs, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	requires := strings.Join(regexp.MustCompile(`(?ms)^require \(.*?^\)`).FindAllString(string(ours), -1), "\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(string(theirs)+requires+
		"\nrequire github.com/hongyan-go/hongyan v0.0.0\nreplace github.com/hongyan-go/hongyan => "+module+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600))
	for _, args := range [][]string{{"test", "./..."}, {"run", ".", "test", "-c", "bot.yaml"}} {
		command := gotool.Command(t, args[0], args[1:]...)
		command.Dir = dir
		command.Env = append(command.Env, "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
		if args[0] == "run" {
			assert.Contains(t, string(out), "4 tests, 0 failed")
		}
	}
}
