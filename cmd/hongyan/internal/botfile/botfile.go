// Package botfile reads the configuration file of a bot without Go code. Every mistake is reported with
// the line it is in, and a key that nobody knows is a mistake.
package botfile

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/store/nats"
)

// File is what a configuration file says.
type File struct {
	Bot    bot.Config
	NATS   *nats.Config           // of a bot whose store is a cluster; nil for one whose store is in its data directory
	Record *replay.RecorderConfig // of a bot that keeps its callbacks; nil for one that does not
	Rules  []rules.Rule
}

// Load reads a file. ${NAME} in a value stands for the environment variable.
func Load(path string) (*File, error) {
	text, err := os.ReadFile(path) //nolint:gosec // to read the named file is the purpose
	if err != nil {
		return nil, fmt.Errorf("botfile: %w", err)
	}
	return Parse(path, text, os.LookupEnv)
}

// Parse reads the text of a file; name is for error messages, lookup works like os.LookupEnv.
func Parse(name string, text []byte, lookup func(string) (string, bool)) (file *File, err error) {
	d := document{name: name}
	defer func() { // the YAML library panics on some broken documents
		if v := recover(); v != nil {
			file, err = nil, fmt.Errorf("%s: the file is no YAML that can be read", name)
		}
	}()
	if d.file, err = parser.ParseBytes(quoteVariables(text), 0); err != nil {
		return nil, d.syntax(err)
	}
	if len(d.file.Docs) == 0 || d.file.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s: the file is empty: docs/config.md shows what to write", name)
	}
	if len(d.file.Docs) > 1 {
		return nil, fmt.Errorf("%s: more than one document: a bot is one file", name)
	}
	expand := &expander{lookup: lookup}
	ast.Walk(expand, d.file.Docs[0].Body)
	if expand.err != nil {
		return nil, d.at(expand.line, expand.err)
	}
	var s schema
	if err := yaml.NodeToValue(d.file.Docs[0].Body, &s, yaml.Strict()); err != nil {
		return nil, d.syntax(err)
	}
	return s.build(&d)
}

// document is a parsed file that knows the lines of its values.
type document struct {
	name string
	file *ast.File
}

// syntax rewrites an error of the YAML library as one line: "bot.yaml:3: …".
func (d *document) syntax(err error) error {
	var own *lineError
	if errors.As(err, &own) {
		return d.at(own.line, own.err)
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return d.at(at.GetToken().Position.Line, errors.New(at.GetMessage()))
	}
	return fmt.Errorf("%s: %w", d.name, err)
}

func (d *document) at(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", d.name, line, err)
}

// in is an error in the value at a path such as "$.rules[2].regexp". If the value is not there, the line is that
// of what it should be in.
func (d *document) in(path string, err error) error {
	for p := path; p != "$" && p != ""; p = parent(p) {
		query, bad := yaml.PathString(p)
		if bad != nil {
			break
		}
		node, missing := query.FilterFile(d.file)
		if missing == nil && node != nil {
			return d.at(firstLine(node), fmt.Errorf("%s: %w", strings.TrimPrefix(path, "$."), err))
		}
	}
	return d.at(1, fmt.Errorf("%s: %w", strings.TrimPrefix(path, "$."), err))
}

// firstLine is where a node begins: a mapping's own token is its first colon.
func firstLine(n ast.Node) int {
	line := n.GetToken().Position.Line
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		line = min(line, m.Values[0].Key.GetToken().Position.Line)
	}
	return line
}

// parent cuts the last step off a path.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// unquoted is a variable that stands alone as a value. In {flow: style} YAML would take its brace for a mapping.
func quoteVariables(text []byte) []byte {
	alone := regexp.MustCompile(`(?m)(:[ \t]+)(\$\{\w+\})([ \t]*(?:[,}\]#]|$))`)
	return alone.ReplaceAll(text, []byte(`$1"$2"$3`))
}

// expander replaces ${NAME} in the values of a document.
type expander struct {
	lookup func(string) (string, bool)
	line   int
	err    error
}

// Visit implements ast.Visitor.
func (x *expander) Visit(n ast.Node) ast.Visitor {
	s, ok := n.(*ast.StringNode)
	if !ok || !strings.Contains(s.Value, "${") {
		return x
	}
	s.Value = regexp.MustCompile(`\$\{(\w+)\}`).ReplaceAllStringFunc(s.Value, func(variable string) string {
		name := variable[2 : len(variable)-1]
		value, set := x.lookup(name)
		if !set && x.err == nil {
			x.line, x.err = s.GetToken().Position.Line, fmt.Errorf("the environment variable %s is not set", name)
		}
		return value
	})
	return x
}

// list is a list of strings, or one string.
type list []string

// joined is the list in one string.
func (l list) joined() string { return strings.Join(l, ",") }

// UnmarshalYAML reads either.
func (l *list) UnmarshalYAML(read func(any) error) error {
	var many []string
	if err := read(&many); err == nil {
		*l = many
		return nil
	}
	var one string
	if err := read(&one); err != nil {
		return err
	}
	*l = []string{one}
	return nil
}

// size is a number of bytes: 10KB, 1.5MB, 2GB, 900. K, M and G are powers of 1024.
type size int64

// UnmarshalYAML reads a size.
func (z *size) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		bytes, err := parseSize(s)
		*z = size(bytes)
		return err
	})
}

func parseSize(s string) (int64, error) {
	number := strings.ToUpper(strings.TrimSpace(s))
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(number, u.suffix); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f < 0 || f*float64(unit) > 1<<60 {
		return 0, fmt.Errorf("%q is no size: write 900, 10KB, 1.5MB or 2GB", s)
	}
	return int64(f * float64(unit)), nil
}

// duration is a time such as 90s or 5m.
type duration time.Duration

// UnmarshalYAML reads a duration.
func (d *duration) UnmarshalYAML(n ast.Node) error {
	return readScalar(n, func(s string) error {
		v, err := time.ParseDuration(s)
		if err != nil {
			return fmt.Errorf("%q is no duration: write 90s, 5m or 1h30m", s)
		}
		*d = duration(v)
		return nil
	})
}

// readScalar reads the text of a value; an error knows the line.
func readScalar(n ast.Node, read func(string) error) error {
	var s string
	err := yaml.NodeToValue(n, &s)
	if err == nil {
		err = read(s)
	}
	if err != nil {
		return &lineError{n.GetToken().Position.Line, err}
	}
	return nil
}

// lineError is an error in a line of the file.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return e.err.Error() }

func (e *lineError) Unwrap() error { return e.err }
