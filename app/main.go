package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/terminal"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/internal/usage"
	"github.com/hongyan-go/hongyan/plugin"
)

// Option adds to a program.
type Option func(*plugin.Registry)

// Plugin gives a program a plugin, whose section in a file has the name. C is its config struct;
// see plugin.Define.
func Plugin[C any](name, summary string, construct func(C) (bot.Plugin, error)) Option {
	return func(r *plugin.Registry) { r.Register(plugin.Define(name, summary, construct)) }
}

// Main runs the commands of package app with the arguments of the program, and ends the process:
//
//	mybot run -c bot.yaml
//
// A signal ends a running bot, which drains first.
func Main(options ...Option) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	usage.Export(os.Args[1:])
	os.Exit(Run(Console{Ctx: ctx, In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}, os.Args[1:], options...))
}

// Run is Main with an environment and arguments of its own. It returns the exit code.
func Run(c Console, args []string, options ...Option) int {
	known := Builtin()
	for _, add := range options {
		add(known)
	}
	c.Plugins = known
	out, errOut := terminal.NewWriter(c.Out), terminal.NewWriter(c.ErrOut)
	defer func() { _, _ = out.Close(), errOut.Close() }()
	helpOut, helpErr := c.Out, c.ErrOut // kong asks these for the width of the terminal
	c.Out, c.ErrOut = out, errOut

	c.Language = string(texts.For(usage.Lookup(args, c.lookup)).Lang())
	if err := usage.Check(usage.Lookup(args, c.lookup)); err != nil {
		c.say("%v", err)
	}
	var commands Commands
	exit := -1
	parser, err := kong.New(&commands, kong.Description("A bot for WeChat accounts, from a file."), kong.UsageOnError(),
		kong.Writers(helpOut, helpErr), kong.Exit(func(code int) { exit = code }), usage.In(c.printer()))
	if err != nil {
		c.say("app: %v", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	switch {
	case exit >= 0: // --help
		return exit
	case err != nil:
		c.say("%v; --help lists the commands", err)
		return exitWrong
	}
	c.Verbose = commands.Verbose
	if err := command.Run(c); err != nil {
		if !errors.As(err, new(SaidError)) {
			fmt.Fprintln(c.ErrOut, c.printer().Error(err))
		}
		return exitFailed
	}
	return 0
}

// The exit codes.
const (
	exitFailed = 1
	exitWrong  = 2 // the arguments
)

// SaidError is a failure that has been printed already.
type SaidError struct{}

// Error implements error.
func (SaidError) Error() string { return "app: failed" }

// Commands are the commands about the file of a bot. A program with more commands embeds them.
type Commands struct {
	Run     RunCommand     `cmd:"" help:"Run the bot of a configuration file."`
	Reload  ReloadCommand  `cmd:"" help:"Have the running bot read its configuration file again."`
	Init    InitCommand    `cmd:"" help:"Write the files of a new bot: bot.yaml with tests, and what it needs."`
	Test    TestCommand    `cmd:"" help:"Run the tests of a configuration file on the simulator."`
	Explain ExplainCommand `cmd:"" help:"Tell for each rule why it would answer a text, or would not."`
	Routes  RoutesCommand  `cmd:"" help:"Print the routes of a configuration file in their order."`
	Plugins PluginsCommand `cmd:"" help:"List the plugins, or show the keys of one."`
	Verbose bool           `short:"v" help:"Tell more: each message without an answer with the reason, each call."`
	Lang    string         `placeholder:"zh|en" help:"The language: zh or en. Default: that of the environment (HONGYAN_LANG, LANG)."`
	Schema  SchemaCommand  `cmd:"" help:"Print the JSON Schema of configuration files, for editors."`
}

// Console is the environment of a command.
type Console struct {
	Ctx         context.Context //nolint:containedctx // kong hands commands one value; this is its context
	Out, ErrOut io.Writer
	// In has the answers to questions. nil, and a file that is no terminal, ask none.
	In io.Reader
	// Lookup finds environment variables. nil means os.LookupEnv.
	Lookup func(string) (string, bool)
	// Plugins are those that a file may name. nil means Builtin.
	Plugins *plugin.Registry
	// Verbose makes the bot log at debug.
	Verbose bool
	// Language is that of the text for people, zh or en. Empty means that of the environment:
	// HONGYAN_LANG, LC_ALL, LC_MESSAGES, LANG, else English.
	Language string
}

// printer has the texts in the language of the person.
func (c Console) printer() *lang.Printer {
	if l, ok := lang.Parse(c.Language); ok {
		return texts.In(l)
	}
	return texts.For(c.lookup)
}

// reader reads files in the environment.
func (c Console) reader() Reader { return Reader{Plugins: c.Plugins, Lookup: c.Lookup, Gaps: c.lookup} }

// simReader reads files for a simulator.
func (c Console) simReader() Reader {
	r := c.reader()
	r.Sim = true
	return r
}

// known are the plugins of the program.
func (c Console) known() *plugin.Registry {
	if c.Plugins == nil {
		return Builtin()
	}
	return c.Plugins
}

// say writes to standard error, for the person at the terminal; tell writes results to standard
// output.
func (c Console) say(format string, args ...any) {
	fmt.Fprintln(c.ErrOut, c.line(format, args))
}

func (c Console) tell(format string, args ...any) {
	fmt.Fprintln(c.Out, c.line(format, args))
}

// line is a format with its arguments, in the language of the person.
func (c Console) line(format string, args []any) string {
	p := c.printer()
	return p.F(format, terminal.Lines(p.Args(args))...)
}
