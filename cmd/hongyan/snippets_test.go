package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/gotool"
)

// surroundings declares the names that the snippets of the documents may use.
const surroundings = `package snippet

import (
	"context"
	"testing"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

var (
	t              *testing.T
	sim            *bottest.Sim
	cfg            Config
	ctx            = context.Background()
	b              *bot.Bot
	c              *router.Context
	client         *api.Client
	token, appID   string
	choice         int
	since          time.Time
	data           []byte
	f              *xmlmsg.File
)

func accept(string) error { return nil }

type desk struct{ *bot.Handle }

type Config struct {
	In    []string
	Batch time.Duration
}

func New(Config) bot.Plugin           { return nil }
func Open(Config) (bot.Plugin, error) { return nil, nil }

func isPhone(string) bool                         { return true }
func save(name, phone string) error               { return nil }
func ask(context.Context, string) (string, error) { return "", nil }
func register(*router.Router)                     {}
func startMyBot(t *testing.T, url, token string)  {}
`

// importable lists the packages that a snippet may use without importing them.
var importable = []string{
	"context", "errors", "fmt", "net/http", "os", "path/filepath", "strings", "testing", "time", "go.uber.org/zap",
	"github.com/hongyan-go/hongyan/api", "github.com/hongyan-go/hongyan/bot", "github.com/hongyan-go/hongyan/bottest",
	"github.com/hongyan-go/hongyan/callback", "github.com/hongyan-go/hongyan/console",
	"github.com/hongyan-go/hongyan/contacts", "github.com/hongyan-go/hongyan/gateway", "github.com/hongyan-go/hongyan/media",
	"github.com/hongyan-go/hongyan/media/voice", "github.com/hongyan-go/hongyan/middleware",
	"github.com/hongyan-go/hongyan/outbox", "github.com/hongyan-go/hongyan/plugin/owner", "github.com/hongyan-go/hongyan/plugin/rules",
	"github.com/hongyan-go/hongyan/replay",
	"github.com/hongyan-go/hongyan/router",
	"github.com/hongyan-go/hongyan/router/match", "github.com/hongyan-go/hongyan/simulator",
	"github.com/hongyan-go/hongyan/store/memory", "github.com/hongyan-go/hongyan/store/nats", "github.com/hongyan-go/hongyan/store/sqlite",
	"github.com/hongyan-go/hongyan/xmlmsg",
}

// TestSnippetsCompile compiles the Go code of all documents, except the program of the README,
// which is compared with the example. The documents in Chinese declare the same names.
func TestSnippetsCompile(t *testing.T) {
	t.Parallel()
	documents, err := filepath.Glob(filepath.Join(root, "docs", "en", "*.md"))
	require.NoError(t, err)
	documents = append(documents, filepath.Join(root, "README.md"), filepath.Join(root, "README.zh-CN.md"))
	assert.Greater(t, compileSnippets(t, documents), 15, "the snippets are not where they were")
	chinese, err := filepath.Glob(filepath.Join(root, "docs", "zh", "*.md"))
	require.NoError(t, err)
	assert.Positive(t, compileSnippets(t, chinese))
}

// compileSnippets compiles the snippets of some documents as one package, and counts them.
func compileSnippets(t *testing.T, documents []string) int {
	t.Helper()
	files := map[string]string{"surroundings.go": surroundings}
	for _, path := range documents {
		document, err := filepath.Rel(root, path)
		require.NoError(t, err)
		for i, snippet := range blocks(t, document, "go") {
			if !strings.HasPrefix(snippet, "package ") {
				name := regexp.MustCompile(`\W`).ReplaceAllString(document, "_")
				files[fmt.Sprintf("%s_%d.go", name, i)] = fileOf(snippet, fmt.Sprintf("of_%s_%d", name, i))
			}
		}
	}
	compile(t, files)
	return len(files) - 1
}

// fileOf turns a snippet into a file: declarations as they are, statements in a function of that
// name, in which every variable counts as used.
func fileOf(snippet, name string) string {
	var head strings.Builder
	head.WriteString("package snippet\n\nimport (\n")
	for _, path := range importable {
		if regexp.MustCompile(`\b` + path[strings.LastIndex(path, "/")+1:] + `\.[A-Z]`).MatchString(snippet) {
			fmt.Fprintf(&head, "\t%q\n", path)
		}
	}
	head.WriteString(")\n\n")
	if strings.HasPrefix(snippet, "func ") || strings.HasPrefix(snippet, "type ") {
		return head.String() + snippet
	}
	var uses []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z]\w*(?:, [a-z]\w*)*) :=`).FindAllStringSubmatch(snippet, -1) {
		for v := range strings.SplitSeq(m[1], ", ") {
			uses = append(uses, "_ = "+v+"\n")
		}
	}
	return head.String() + "func " + name + "() error {\n" + snippet + strings.Join(uses, "") + "return nil\n}\n"
}

// compile compiles files as a package of this module.
func compile(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	here, err := filepath.Abs(root)
	require.NoError(t, err)
	replace := map[string]string{}
	for name, text := range files {
		source := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(source, []byte(text), 0o600))
		replace[filepath.Join(here, "internal", "snippet", name)] = source
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	overlay := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlay, text, 0o600))
	build := gotool.Command(t, "build", "-gcflags=-e", "-overlay", overlay, "./internal/snippet")
	build.Dir = here
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
