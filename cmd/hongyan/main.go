// Command hongyan runs bots, and a simulator of the service to try them on.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/internal/hangup"
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/terminal"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/internal/usage"
)

// cli is the command line.
type cli struct {
	Demo demoCmd `cmd:"" help:"Start the simulator and a bot, and play a short conversation. Needs no account."`
	app.Commands
	Simulate  simulateCmd   `cmd:"" help:"Run the simulator alone."`
	Decode    decodeCmd     `cmd:"" help:"Print callback bodies as JSON, one line each."`
	Outbox    outboxCmd     `cmd:"" help:"Look after the messages on their way out: list, sent, resend, drop, pause, resume."`
	Inbox     inboxCmd      `cmd:"" help:"Count the messages that wait to be handled."`
	Dead      deadCmd       `cmd:"" help:"Look after the messages that were given up: list, show, retry, drop."`
	Schedules schedulesCmd  `cmd:"" help:"Look after what runs at its times: list, run-now, pause, resume."`
	Tasks     tasksCmd      `cmd:"" help:"Look after what is to be done later: list, cancel, run-now."`
	Backup    backupCmd     `cmd:"" help:"Copy the store of a bot, which may be running, to a file."`
	Login     loginCmd      `cmd:"" help:"Log an account in with a QR code in the terminal."`
	Logout    logoutCmd     `cmd:"" help:"Log the account out; its device stays."`
	Status    statusCmd     `cmd:"" help:"Tell whether the account is online."`
	Callback  callbackCmd   `cmd:"" help:"Register the callback URL, or find out why it is not reached."`
	Doctor    doctorCmd     `cmd:"" help:"Check everything that a bot needs, and say what to do."`
	Bundle    bundleCmd     `cmd:"" help:"Write a file that helps others to find a fault, without secrets."`
	Contacts  contactsCmd   `cmd:"" help:"List friends and official accounts."`
	Groups    groupsCmd     `cmd:"" help:"List groups, also those that are not saved in the address book."`
	Members   membersCmd    `cmd:"" help:"List the members of a group."`
	Send      sendCmd       `cmd:"" help:"Send a text, a file or a picture."`
	Forward   forwardCmd    `cmd:"" help:"Pass a received message on."`
	Download  downloadCmd   `cmd:"" help:"Save the file, picture, voice or video of a received message."`
	Record    recordCmd     `cmd:"" help:"Keep callbacks, redacted, in front of a bot or alone."`
	Replay    replayCmd     `cmd:"" help:"Run recorded callbacks through a bot, and print the calls it would make."`
	History   historyCmd    `cmd:"" help:"Show or search what was said in the chats of a bot."`
	Forget    forgetCmd     `cmd:"" help:"Delete what a person has written from the history and the events."`
	MCP       mcpCmd        `cmd:"" name:"mcp" help:"Let an agent use a running bot, by MCP on standard input and output."`
	Live      liveCmd       `cmd:"" help:"Ask the bot on this machine whether it is alive, for health checks."`
	Complete  completionCmd `cmd:"" name:"completion" help:"Print what a shell needs to complete command lines."`
	Version   versionCmd    `cmd:"" help:"Print the version."`
}

// console is the environment of a command: streams, variables, clock and disk.
type console struct {
	ctx    context.Context //nolint:containedctx // kong hands commands one value; this is its context
	in     io.Reader
	out    io.Writer
	errOut io.Writer

	verbose bool
	texts   *lang.Printer // nil means that of the environment
	screen  *screen       // the terminal that errOut is; nil means that it is not one

	env   func(string) (string, bool)                      // nil means os.LookupEnv
	now   func() time.Time                                 // nil means time.Now
	sleep func(ctx context.Context, d time.Duration) error // nil means one that waits
	free  func(dir string) (bytes uint64, err error)       // nil means doctor.FreeSpace
}

func (c console) lookup() func(string) (string, bool) {
	if c.env == nil {
		return os.LookupEnv
	}
	return c.env
}

// printer has the texts in the language of the person.
func (c console) printer() *lang.Printer {
	if c.texts == nil {
		return texts.For(c.lookup())
	}
	return c.texts
}

// files is the environment of the commands about the file of a bot.
func (c console) files() app.Console {
	return app.Console{Ctx: c.ctx, In: c.in, Out: c.out, ErrOut: c.errOut, Lookup: c.env, Verbose: c.verbose,
		Language: string(c.printer().Lang())}
}

func (c console) time() time.Time {
	if c.now == nil {
		return time.Now()
	}
	return c.now()
}

// ignoreHangups makes SIGHUP not end the process, for commands that run until they are stopped. The
// returned function undoes it.
func (c console) ignoreHangups() (stop func()) {
	return hangup.Each(func() { c.say("hongyan: %v", phrase.Word(hangup.Line)) })
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	usage.Export(os.Args[1:])
	os.Exit(run(console{ctx: ctx, in: os.Stdin, out: os.Stdout, errOut: os.Stderr, screen: screenOf(os.Stderr)}, os.Args[1:]))
}

// The exit codes of all commands.
const (
	exitFailed = 1
	exitWrong  = 2 // the arguments
	exitPerson = 3 // a person has to decide: paused sending, dead letters, unknown or held sends
)

// run parses the arguments and runs a command. It returns the exit code.
func run(c console, args []string) int {
	out, errOut := terminal.NewWriter(c.out), terminal.NewWriter(c.errOut)
	defer func() { _, _ = out.Close(), errOut.Close() }()
	helpOut, helpErr := c.out, c.errOut // kong asks these for the width of the terminal
	c.out, c.errOut = out, errOut

	c.texts = texts.For(usage.Lookup(args, c.lookup()))
	if err := usage.Check(usage.Lookup(args, c.lookup())); err != nil {
		c.fail(err)
	}
	var commands cli
	exit := -1
	parser, err := kong.New(&commands,
		kong.Name("hongyan"),
		kong.Description("Hongyan 鸿雁: bots for WeChat accounts behind the VideosApi / GeWe service."),
		kong.UsageOnError(),
		kong.Writers(helpOut, helpErr),
		kong.Exit(func(code int) { exit = code }),
		usage.In(c.texts),
	)
	if err != nil {
		c.fail(err)
		return 1
	}
	if complete(parser) {
		return 0
	}
	command, err := parser.Parse(args)
	switch {
	case exit >= 0: // --help
		return exit
	case err != nil:
		c.say("hongyan: %v; %v", err, helpOn(err))
		return exitWrong
	}
	c.verbose = commands.Verbose
	err = command.Run(c, c.files())
	var quiet quietError
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(app.SaidError)):
		return exitFailed
	case errors.As(err, &quiet):
		return max(quiet.code, exitFailed)
	}
	c.fail(advised(err))
	return exitFailed
}

// helpOn names the help text of the arguments that were wrong.
func helpOn(err error) phrase.Text {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		if command := wrong.Context.Selected(); command != nil {
			return phrase.New("%s --help tells more", command.FullPath())
		}
	}
	return phrase.New("hongyan --help lists the commands")
}

// quietError is a failure that has been printed already.
type quietError struct{ code int } // 0 means exitFailed

func (quietError) Error() string { return "failed" }
