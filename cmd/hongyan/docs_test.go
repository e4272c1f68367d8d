package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// typed is a command line of a document.
type typed struct {
	place string
	args  []string
	named bool // in a sentence, where what follows may be left out
}

// typedIn lists what documents tell the reader to type: the lines of blocks of a shell, and whole
// commands between backquotes that have a flag.
func typedIn(t *testing.T, paths []string) []typed {
	t.Helper()
	fence := regexp.MustCompile("(?ms)^[ \t]*```(?:sh|bash|console)?[ \t]*\n(.*?)^[ \t]*```[ \t]*$")
	inline := regexp.MustCompile("`(hongyan [^`]*)`")
	var list []typed
	add := func(path, line string, named bool) {
		if args, ok := ofHongyan(line); ok {
			list = append(list, typed{strings.TrimPrefix(path, root+"/") + ": " + strings.TrimSpace(line), args, named})
		}
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, block := range fence.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
				add(path, line, false)
			}
		}
		for _, m := range inline.FindAllStringSubmatch(fence.ReplaceAllString(string(text), ""), -1) {
			for _, line := range alternatives(m[1]) {
				add(path, line, true)
			}
		}
	}
	return list
}

// alternatives are the command lines that a|b and [--flag] stand for.
func alternatives(line string) []string {
	line = strings.NewReplacer(`\|`, "|", "[", "", "]", "", "…", "").Replace(line)
	words := strings.Fields(line)
	for i, word := range words {
		if !strings.Contains(word, "|") {
			continue
		}
		var all []string
		for one := range strings.SplitSeq(word, "|") {
			words[i] = one
			all = append(all, alternatives(strings.Join(words, " "))...)
		}
		return all
	}
	return []string{line}
}

// ofHongyan splits a line into the arguments of hongyan, unless it is about something else. What
// stands before a pipe is read, and quotes and comments as a shell reads them.
func ofHongyan(line string) (args []string, ok bool) {
	line = strings.TrimSpace(line)
	line = strings.TrimPrefix(line, "$ ")
	for {
		name, rest, found := strings.Cut(line, " ")
		if !found || !regexp.MustCompile(`^[A-Z_]+=\S*$`).MatchString(name) {
			break
		}
		line = strings.TrimSpace(rest)
	}
	words := shellWords(line)
	for _, program := range []string{"hongyan", "go run ./cmd/hongyan", "bin/hongyan", "docker compose exec bot hongyan"} {
		prefix := strings.Fields(program)
		if len(words) > len(prefix) && strings.Join(words[:len(prefix)], " ") == program {
			return words[len(prefix):], true
		}
	}
	return nil, false
}

// shellWords splits a line as a shell does, up to a comment, a pipe, a redirection or the next
// command.
func shellWords(line string) []string {
	var words []string
	for _, m := range regexp.MustCompile(`"([^"]*)"|'([^']*)'|(\|\||&&|[|;&<>#])|([^\s"'|;&<>]+)`).FindAllStringSubmatch(line, -1) {
		if m[3] != "" {
			break
		}
		words = append(words, m[1]+m[2]+m[4])
	}
	return words
}

// pagesOf are all documents of the repository.
func pagesOf(t *testing.T) []string {
	t.Helper()
	paths := []string{root + "/README.md", root + "/README.zh-CN.md", root + "/CONTRIBUTING.md"}
	for _, dir := range []string{"docs", "examples"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".md") {
				paths = append(paths, path)
			}
			return err
		}))
	}
	return paths
}

// parse reads arguments with the parser of the program, and runs nothing. Of what is named in a
// sentence, arguments may be missing, or stand for something.
func (line typed) parse(parser *kong.Kong) error {
	if !line.named {
		_, err := parser.Parse(line.args)
		return err
	}
	args := slices.Clone(line.args)
	for i, arg := range args {
		switch arg {
		case "NUMBER", "编号":
			args[i] = "1"
		case "TIME", "时间":
			args[i] = "2026-01-31T09:00:00+08:00"
		}
	}
	trace, err := kong.Trace(parser, args)
	if err == nil {
		err = trace.Error
	}
	if err != nil && strings.HasSuffix(err.Error(), `got "EOL" (<EOL>)`) { // a flag without its value
		return nil
	}
	return err
}

// parserOfLines is the parser of the program, which runs nothing and opens no files.
func parserOfLines(t *testing.T) *kong.Kong {
	t.Helper()
	var commands cli
	parser, err := kong.New(&commands, kong.Name("hongyan"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}),
		kong.NamedMapper("existingfile", kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
			return ctx.Scan.PopValueInto("file", target.Addr().Interface()) // of the reader, not here
		})))
	require.NoError(t, err)
	return parser
}

// TestCommandLinesInDocs parses each command line that a document tells the reader to type.
func TestCommandLinesInDocs(t *testing.T) {
	t.Parallel()
	lines := typedIn(t, pagesOf(t))
	assert.Greater(t, len(lines), 150, "the command lines are not where they were")
	parser := parserOfLines(t)
	for _, line := range lines {
		if err := line.parse(parser); err != nil {
			assert.Fail(t, line.place, err.Error())
		}
	}
}
