// Package walls checks that the rooms of the house import each other only as docs/architecture.md says.
package walls_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/hongyan-go/hongyan"

// rooms lists which rooms a room may import, beside itself. Tests may import more.
func rooms() map[string][]string {
	return map[string][]string{
		"xmlmsg":     {},
		"api":        {},
		"store":      {},
		"schedule":   {"store"},
		"callback":   {"xmlmsg"},
		"simulator":  {"api", "xmlmsg", "internal"},
		"media":      {"xmlmsg", "api", "store"},
		"router":     {"callback", "xmlmsg", "api", "store", "media", "outbox", "internal"},
		"middleware": {"router"},
		"outbox":     {"api", "store"},
		"contacts":   {"callback", "xmlmsg", "api", "store"},
		"monitor":    {"api", "store"},
		"login":      {"api", "store"},
		"bot":        {"xmlmsg", "api", "store", "callback", "simulator", "router", "schedule", "middleware", "outbox", "contacts", "monitor", "media", "internal"},
		"replay":     {"xmlmsg", "api", "store", "callback", "router", "outbox", "media", "bot"},
		"plugin":     {"bot", "router", "xmlmsg", "media", "internal"},
	}
}

// owners lists the rooms that may use a library. Libraries that are not listed are free.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/go-chi/chi/v5":           {"callback", "simulator"},
		"github.com/beevik/etree":            {"xmlmsg"},
		"github.com/tdewolff/parse/v2":       {"xmlmsg"},
		"github.com/go-json-experiment/json": {"callback", "api"},
		"github.com/robfig/cron/v3":          {"schedule"},
		"github.com/goccy/go-yaml":           {"simulator", "cmd", "internal"},
		"github.com/alecthomas/kong":         {"cmd"},
		"github.com/prometheus":              {"monitor"},
		"github.com/mdp/qrterminal/v3":       {"cmd"},
		"go.opentelemetry.io/otel":           {"monitor", "bot", "cmd"},
		"go.opentelemetry.io/otel/sdk":       {"cmd"},
		"go.opentelemetry.io/otel/exporters": {"cmd"},
		"go.opentelemetry.io/contrib":        {"monitor"},
		"github.com/pmezard/go-difflib":      {"replay"},
		"rsc.io/qr":                          {"login", "simulator"},
		"modernc.org/sqlite":                 {"store"},
		"github.com/wdvxdr1123/go-silk":      {"media"},
		"modernc.org/libc":                   {"media"},
		"github.com/hajimehoshi/go-mp3":      {"media"},
		"github.com/stretchr/testify":        {"internal"}, // natstest
		"github.com/nats-io/nats.go":         {"store"},
		"github.com/nats-io/nats-server/v2":  {"internal"}, // natstest
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

// room is the first folder of an import path of the module.
func room(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, module+"/")
	name, _, _ := strings.Cut(rest, "/")
	return name, ok
}

func TestWalls(t *testing.T) {
	t.Parallel()
	allowed := rooms()
	seen := map[string]bool{}
	for _, p := range list(t) {
		here, ok := room(p.ImportPath)
		seen[here] = true
		may, walled := allowed[here]
		if !ok || !walled {
			continue // cmd, examples and internal may import everything
		}
		for _, imported := range p.Imports {
			if there, ok := room(imported); ok && there != here {
				assert.Contains(t, may, there, "%s imports %s: the wall between %s and %s does not allow it", p.ImportPath, imported, here, there)
			}
		}
	}
	for name := range allowed {
		assert.True(t, seen[name], "the room %s does not exist", name)
	}
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		here, ok := room(p.ImportPath)
		if !ok {
			continue
		}
		for _, imported := range p.Imports {
			for library, rooms := range owners() {
				if imported == library || strings.HasPrefix(imported, library+"/") {
					assert.Contains(t, rooms, here, "%s imports %s, which belongs to %v", p.ImportPath, imported, rooms)
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
			for _, heavy := range []string{"testing", "github.com/stretchr/testify", "github.com/nats-io/nats-server", "github.com/nats-io/nats.go",
				"google.golang.org/grpc", "go.opentelemetry.io/otel/exporters", "go.opentelemetry.io/otel/sdk",
				"github.com/wdvxdr1123/go-silk", "github.com/hajimehoshi/go-mp3"} {
				assert.False(t, dep == heavy || strings.HasPrefix(dep, heavy+"/"), "bot links %s", dep)
			}
		}
		return
	}
	t.Fatal("the package bot is gone")
}

// TestNothingLinksTheHelpersOfTests looks at what is built: the packages of internal that only tests may use end there.
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

func TestEveryRoomIsInTheTable(t *testing.T) {
	t.Parallel()
	free := []string{"cmd", "examples", "internal"}
	for _, p := range list(t) {
		name, ok := room(p.ImportPath)
		if !ok || slices.Contains(free, name) {
			continue
		}
		assert.Contains(t, rooms(), name, "the room %s has no line in the table: add one here and in docs/architecture.md", name)
	}
}
