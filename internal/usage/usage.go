// Package usage has the help texts of a command line in the language of its user, and chooses that
// language.
package usage

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-runewidth"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// flag is the flag that chooses the language; it must be known before the arguments are parsed, as
// what is wrong with them is said in it.
const flag = "--lang"

// Flag is the language that the arguments choose by --lang.
func Flag(args []string) (word string, given bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, flag+"="); ok {
			word, given = value, true
		} else if arg == flag && i+1 < len(args) {
			word, given = args[i+1], true
		}
	}
	return word, given
}

// Lookup is lookup with HONGYAN_LANG as the arguments set it by --lang.
func Lookup(args []string, lookup func(name string) (string, bool)) func(name string) (string, bool) {
	word, given := Flag(args)
	if !given {
		return lookup
	}
	return func(name string) (string, bool) {
		if name == lang.Variable {
			return word, true
		}
		return lookup(name)
	}
}

// Export sets HONGYAN_LANG for this process and those that it starts, if the arguments choose a
// language: the log of a bot is in it, too.
func Export(args []string) {
	if word, given := Flag(args); given {
		_ = os.Setenv(lang.Variable, word) // the flag has no NUL, so it works
	}
}

// Check returns an error for a HONGYAN_LANG that names no language that there is.
func Check(lookup func(name string) (string, bool)) error {
	word, _ := lookup(lang.Variable)
	if _, ok := lang.Parse(word); ok || word == "" {
		return nil
	}
	return phrase.Errorf("%s: %q is not a language of this program: write zh or en; it goes on in English", lang.Variable, word)
}

// In makes a command line show its help in the language of a printer.
func In(p *lang.Printer) kong.Option {
	return kong.PostBuild(func(k *kong.Kong) error {
		if p.Lang() == lang.English {
			return nil
		}
		k.Model.Help = p.Word(k.Model.Help)
		translate(p, k.Model.Node)
		return kong.Help(help(p)).Apply(k)
	})
}

// Texts are the help texts of a command line.
func Texts(k *kong.Kong) (all []string) {
	each(k.Model.Node, func(text *string) {
		if *text != "" {
			all = append(all, *text)
		}
	})
	return all
}

func translate(p *lang.Printer, n *kong.Node) { each(n, func(text *string) { *text = p.Word(*text) }) }

// each calls f with each help text of a node and of those below.
func each(n *kong.Node, f func(text *string)) {
	f(&n.Help)
	f(&n.Detail)
	for _, fl := range n.Flags {
		f(&fl.Help)
	}
	for _, a := range n.Positional {
		f(&a.Help)
	}
	for _, child := range n.Children {
		each(child, f)
	}
}

// help prints what kong prints, with the frame in the language as well.
func help(p *lang.Printer) kong.HelpPrinter {
	return func(o kong.HelpOptions, ctx *kong.Context) error {
		to := ctx.Stdout
		var page bytes.Buffer
		ctx.Stdout = &page
		o.WrapUpperBound = unlimited // kong breaks lines at blanks only
		err := kong.DefaultHelpPrinter(o, ctx)
		ctx.Stdout = to
		if err != nil {
			return err
		}
		return Frame(p, to, page.String(), width(to))
	}
}

// unlimited is more columns than a help text has.
const unlimited = 1 << 20

// Frame writes a page of kong with its headings in the language, and no line wider than width.
func Frame(p *lang.Printer, to io.Writer, page string, width int) error {
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		switch line {
		case "Flags:", "Arguments:", "Commands:":
			line = p.Word(line)
		}
		if rest, ok := strings.CutPrefix(line, "Usage: "); ok {
			line = p.F("Usage: %s", rest)
		}
		if rest, ok := strings.CutPrefix(line, `Run "`); ok {
			if command, ok := strings.CutSuffix(rest, ` <command> --help" for more information on a command.`); ok {
				line = p.F(`Run "%s <command> --help" for more information on a command.`, command)
			}
		}
		for _, part := range fold(line, width) {
			if _, err := fmt.Fprintln(to, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// fold breaks a line that is wider than width. What follows stands below its last column.
func fold(line string, width int) (parts []string) {
	measure := runewidth.Condition{}
	indent := strings.Repeat(" ", columnOf(line))
	for measure.StringWidth(line) > width {
		at, columns, blank := 0, 0, 0
		for i, r := range line {
			if columns += measure.RuneWidth(r); columns > width {
				break
			}
			at = i
			if i > len(indent) && (r == ' ' || measure.RuneWidth(r) == 2 && !strings.ContainsRune("，。、；：！？）」”", r)) {
				blank = i
			}
		}
		if blank > 0 {
			at = blank
		}
		if at <= len(indent) {
			break // no room
		}
		parts = append(parts, strings.TrimRight(line[:at], " "))
		line = indent + strings.TrimLeft(line[at:], " ")
	}
	return append(parts, line)
}

// columnOf is where the last column of a line begins: after its last two blanks.
func columnOf(line string) int {
	if at := strings.LastIndex(line, "  "); at >= 0 {
		return at + len("  ")
	}
	return 0
}
