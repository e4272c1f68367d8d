// Package archtest checks that packages import each other only as docs/en/architecture.md says, and
// that the documents name what exists.
package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/hongyan-go/hongyan"

// imports lists the packages that a package may import. A name stands for a folder at the top with
// all below it, or for one below internal. Tests may import more; cmd and examples may import all.
func imports() map[string][]string {
	return map[string][]string{
		"xmlmsg":   {},
		"api":      {"internal/phrase"},
		"store":    {"internal/clock", "internal/phrase"},
		"callback": {"xmlmsg", "internal/push", "internal/wxid"},
		"media":    {"xmlmsg", "api", "store", "internal/wait", "internal/clock"},
		"outbox":   {"api", "store", "internal/clock", "internal/reason", "internal/wait"},
		"router": {
			"callback", "xmlmsg", "api", "store", "media", "outbox",
			"internal/journal", "internal/handling", "internal/matching", "internal/suggest", "internal/wxid", "internal/clock",
			"internal/reason",
			"internal/phrase",
		},
		"middleware": {
			"callback", "xmlmsg", "api", "router", "internal/content", "internal/failure", "internal/handling", "internal/clock",
		},
		"contacts": {"callback", "xmlmsg", "api", "store", "internal/clock", "internal/phrase"},
		"simulator": {
			"callback", "api", "xmlmsg", "internal/catalogue", "internal/localhttp", "internal/wait", "internal/clock", "internal/lang",
			"internal/web", "internal/record",
		},
		"bot": {
			"callback", "xmlmsg", "api", "store", "media", "outbox", "router", "middleware", "contacts", "simulator", "internal/worker",
			"internal/monitor", "internal/schedule", "internal/record", "internal/localhttp", "internal/reach", "internal/hangup",
			"internal/terminal", "internal/wait", "internal/failure", "internal/handling", "internal/clock", "internal/task",
			"internal/wxid", "internal/logging", "internal/unanswered", "internal/reason",
			"internal/phrase", "internal/texts",
		},
		"replay": {"callback", "xmlmsg", "api", "store", "media", "outbox", "router", "bot", "internal/record", "internal/clock"},
		"plugin": {
			"callback", "api", "bot", "router", "xmlmsg", "media", "outbox", "internal/conf", "internal/localhttp", "internal/matching",
			"internal/suggest", "internal/wxid", "internal/phrase", "internal/reason", "history",
		},
		"app": {
			"api", "store", "callback", "xmlmsg", "media", "outbox", "router", "middleware", "bot", "plugin", "contacts", "simulator",
			"gateway", "history",
			"internal/clock", "internal/conf", "internal/suggest", "internal/wxid", "internal/otlp", "internal/hangup", "internal/terminal",
			"internal/logging", "internal/unanswered", "internal/localhttp", "console",
			"internal/phrase", "internal/lang", "internal/texts", "internal/usage",
		},
		"gateway": {
			"bot", "router", "store", "outbox", "contacts", "api", "callback", "xmlmsg", "media", "history",
			"internal/conf", "internal/localhttp", "internal/suggest", "internal/task", "internal/wxid",
		},
		"history": {"bot", "router", "store", "api", "callback", "xmlmsg"},
		"console": {
			"api", "bot", "callback", "contacts", "outbox", "router", "store", "xmlmsg", "internal/clock", "internal/doctor",
			"internal/lang", "internal/login", "internal/task", "internal/web", "internal/reason", "internal/schedule", "history",
			"internal/phrase", "internal/texts",
		},
		"bottest": {"bot", "simulator", "outbox", "store"},

		"internal/journal":  {"store", "internal/clock"},
		"internal/worker":   {"store", "internal/wait", "internal/clock"},
		"internal/task":     {"store", "internal/journal", "internal/clock", "internal/wait"},
		"internal/monitor":  {"api", "store", "outbox", "internal/wait", "internal/clock", "internal/reason"},
		"internal/content":  {"api", "xmlmsg"},
		"internal/failure":  {},
		"internal/handling": {"api"},
		"internal/matching": {},
		"internal/push":     {},
		"internal/otlp":     {},
		"internal/schedule": {"store", "internal/wait", "internal/clock", "internal/phrase"},
		"internal/login":    {"api", "store", "internal/wait", "internal/phrase"},
		"internal/record":   {"callback", "xmlmsg", "internal/push", "internal/wxid", "internal/clock"},
		"internal/reach":    {"api", "internal/localhttp", "internal/wait", "internal/phrase"},
		"internal/wait":     {"internal/clock"},
		"internal/conf":     {"internal/suggest", "internal/phrase"},
		"internal/doctor": {"api", "bot", "store", "outbox", "internal/login", "internal/monitor", "internal/reach",
			"internal/phrase"},
		"internal/consoletest": {"api", "bot", "console", "history", "outbox", "router", "simulator", "store", "xmlmsg"},
		"internal/clock":       {},
		"internal/phrase":      {},
		"internal/texts":       {"api", "internal/lang", "internal/phrase", "internal/reason"},
		"internal/usage":       {"internal/lang", "internal/phrase"},
		"internal/lang":        {"internal/phrase"},
		"internal/reason":      {},
		"internal/web":         {"xmlmsg", "internal/lang"},
		"internal/localhttp":   {},
		"internal/hangup":      {},
		"internal/logging":     {"internal/terminal", "internal/phrase", "internal/lang"},
		"internal/unanswered":  {"store"},
		"internal/terminal":    {},
		"internal/suggest":     {"internal/phrase"},
		"internal/wxid":        {},
		"internal/catalogue":   {},
		"internal/exampletest": {"simulator"},
		"internal/fetchtest":   {},
		"internal/gotool":      {},
		"internal/natstest":    {},
		"internal/soak":        {},
		"internal/bench":       {},
		"internal/site":        {},
		"internal/archtest":    {},
	}
}

// planned lists the packages of the table that do not exist yet.
func planned() []string { return nil }

// owners lists the packages that may use a library. Libraries that are not listed are free.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/go-chi/chi/v5":           {"callback", "simulator", "gateway"},
		"github.com/danielgtaylor/huma/v2":   {"gateway"},
		"github.com/modelcontextprotocol":    {"gateway", "cmd"},
		"github.com/beevik/etree":            {"xmlmsg"},
		"github.com/tdewolff/parse/v2":       {"xmlmsg", "internal/site"},
		"github.com/yuin/goldmark":           {"internal/site"},
		"github.com/go-json-experiment/json": {"callback", "api"},
		"github.com/robfig/cron/v3":          {"internal/schedule"},
		"github.com/goccy/go-yaml":           {"simulator", "internal/conf", "internal/catalogue", "cmd"},
		"github.com/alecthomas/kong":         {"cmd", "app", "internal/usage"},
		"github.com/prometheus":              {"internal/monitor"},
		"github.com/mdp/qrterminal/v3":       {"cmd"},
		"go.opentelemetry.io/otel":           {"internal/monitor", "internal/otlp", "bot", "cmd", "app"},
		"go.opentelemetry.io/otel/sdk":       {"cmd", "app"},
		"go.opentelemetry.io/otel/exporters": {"internal/otlp"},
		"go.opentelemetry.io/contrib":        {"internal/monitor"},
		"github.com/pmezard/go-difflib":      {"replay", "console"},
		"github.com/google/jsonschema-go":    {"plugin"},
		"github.com/minio":                   {"plugin"},
		"rsc.io/qr":                          {"internal/login", "simulator"},
		"modernc.org/sqlite":                 {"store", "history"},
		"github.com/wdvxdr1123/go-silk":      {"media"},
		"modernc.org/libc":                   {"media"},
		"github.com/hajimehoshi/go-mp3":      {"media"},
		"github.com/stretchr/testify":        {"internal/natstest", "internal/consoletest"},
		"github.com/nats-io/nats.go":         {"store"},
		"github.com/nats-io/nats-server/v2":  {"internal/natstest"},
	}
}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// list asks the go command for the packages of the module.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps=false", "-json=ImportPath,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		require.NoError(t, err)
		pkgs = append(pkgs, p)
	}
}

// nameOf is the name by which the table knows the package with an import path; false if it belongs
// to another module.
func nameOf(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, module+"/")
	parts := strings.SplitN(rest, "/", 3)
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1], ok
	}
	return parts[0], ok
}

func TestImports(t *testing.T) {
	t.Parallel()
	allowed := imports()
	seen := map[string]bool{}
	for _, p := range list(t) {
		here, ok := nameOf(p.ImportPath)
		if !ok || here == "cmd" || here == "examples" {
			continue
		}
		seen[here] = true
		may, listed := allowed[here]
		assert.True(t, listed, "%s has no line in the table: add one here and in docs/en/architecture.md", here)
		for _, imported := range p.Imports {
			if there, ok := nameOf(imported); ok && there != here {
				assert.Contains(t, may, there, "%s imports %s, but %s may not import %s", p.ImportPath, imported, here, there)
			}
		}
	}
	for name := range allowed {
		assert.Equal(t, !slices.Contains(planned(), name), seen[name], "%s: is it there, and is it planned?", name)
	}
}

// TestTheDocumentHasTheTable compares the tables of docs/en/architecture.md with this one,
// both ways.
func TestTheDocumentHasTheTable(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join(root, "docs", "en", "architecture.md"))
	require.NoError(t, err)
	documented := map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z/]+)/` \\|.*\\| (.+) \\|$").FindAllStringSubmatch(string(doc), -1) {
		documented[m[1]] = []string{}
		if m[2] != "nothing of ours" {
			documented[m[1]] = strings.Split(m[2], ", ")
		}
	}
	for name, may := range imports() {
		if slices.Contains(planned(), name) {
			assert.NotContains(t, documented, name, "it does not exist yet")
			continue
		}
		assert.ElementsMatch(t, may, documented[name], name)
		assert.Contains(t, documented, name)
		delete(documented, name)
	}
	assert.Equal(t, map[string][]string{"cmd/hongyan": {"all"}, "examples": {"all"}}, documented)
}

func TestLibrariesStayInTheirPackages(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		here, ok := nameOf(p.ImportPath)
		if !ok {
			continue
		}
		for _, imported := range p.Imports {
			for library, packages := range owners() {
				if imported == library || strings.HasPrefix(imported, library+"/") {
					assert.Contains(t, packages, here, "%s imports %s, which belongs to %v", p.ImportPath, imported, packages)
				}
			}
		}
	}
}

func TestABotDoesNotLinkWhatItDoesNotUse(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if p.ImportPath != module+"/bot" {
			continue
		}
		for _, dep := range p.Deps {
			for _, heavy := range []string{"testing", "github.com/stretchr/testify", "github.com/nats-io/nats-server",
				"github.com/nats-io/nats.go",
				"google.golang.org/grpc", "go.opentelemetry.io/otel/exporters", "go.opentelemetry.io/otel/sdk",
				"github.com/wdvxdr1123/go-silk", "github.com/hajimehoshi/go-mp3", "github.com/minio/minio-go"} {
				assert.False(t, dep == heavy || strings.HasPrefix(dep, heavy+"/"), "bot links %s", dep)
			}
		}
		return
	}
	t.Fatal("the package bot is gone")
}

// TestNothingLinksTheHelpersOfTests looks at what is built: the packages of internal that only
// tests may use end there.
func TestNothingLinksTheHelpersOfTests(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if p.ImportPath == module+"/internal/natstest" {
			continue
		}
		for _, dep := range p.Deps {
			assert.NotEqual(t, module+"/internal/natstest", dep, "%s links it", p.ImportPath)
			assert.False(t, strings.HasPrefix(dep, "github.com/nats-io/nats-server"), "%s links %s", p.ImportPath, dep)
		}
	}
}
