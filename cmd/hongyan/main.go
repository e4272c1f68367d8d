// Command hongyan runs bots, and a simulator of the service to try them on.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/internal/hangup"
	"github.com/hongyan-go/hongyan/internal/terminal"
)

// cli is the command line.
type cli struct {
	Demo demoCmd `cmd:"" help:"Start the simulator and a bot, and play a short conversation. Needs no account. 演示，无需账号。"`
	app.Commands
	Simulate  simulateCmd   `cmd:"" help:"Run the simulator alone. 单独运行模拟器。"`
	Decode    decodeCmd     `cmd:"" help:"Print callback bodies as JSON, one line each. 解析回调。"`
	Outbox    outboxCmd     `cmd:"" help:"Look after the messages on their way out: list, sent, resend, drop, pause, resume. 发件箱。"`
	Inbox     inboxCmd      `cmd:"" help:"Count the messages that wait to be handled. 收件箱。"`
	Dead      deadCmd       `cmd:"" help:"Look after the messages that were given up: list, show, retry, drop. 死信。"`
	Schedules schedulesCmd  `cmd:"" help:"Look after what runs at its times: list, run-now, pause, resume. 定时。"`
	Tasks     tasksCmd      `cmd:"" help:"Look after what is to be done later: list, cancel, run-now. 待办任务。"`
	Backup    backupCmd     `cmd:"" help:"Copy the store of a bot, which may be running, to a file. 备份数据。"`
	Login     loginCmd      `cmd:"" help:"Log an account in with a QR code in the terminal. 扫码登录。"`
	Logout    logoutCmd     `cmd:"" help:"Log the account out; its device stays. 退出登录。"`
	Status    statusCmd     `cmd:"" help:"Tell whether the account is online. 账号状态。"`
	Callback  callbackCmd   `cmd:"" help:"Register the callback URL, or find out why it is not reached. 注册或检查回调地址。"`
	Doctor    doctorCmd     `cmd:"" help:"Check everything that a bot needs, and say what to do. 体检。"`
	Bundle    bundleCmd     `cmd:"" help:"Write a file that helps others to find a fault, without secrets. 生成不含敏感信息的诊断包。"`
	Contacts  contactsCmd   `cmd:"" help:"List friends and official accounts. 通讯录。"`
	Groups    groupsCmd     `cmd:"" help:"List groups, also those that are not saved in the address book. 群列表。"`
	Members   membersCmd    `cmd:"" help:"List the members of a group. 群成员。"`
	Send      sendCmd       `cmd:"" help:"Send a text, a file or a picture. 发送消息。"`
	Forward   forwardCmd    `cmd:"" help:"Pass a received message on. 转发消息。"`
	Download  downloadCmd   `cmd:"" help:"Save the file, picture, voice or video of a received message. 下载。"`
	Record    recordCmd     `cmd:"" help:"Keep callbacks, redacted, in front of a bot or alone. 录制回调（脱敏）。"`
	Replay    replayCmd     `cmd:"" help:"Run recorded callbacks through a bot, and print the calls it would make. 回放回调，输出将要调用的接口。"`
	History   historyCmd    `cmd:"" help:"Show or search what was said in the chats of a bot. 聊天记录。"`
	Forget    forgetCmd     `cmd:"" help:"Delete what a person has written from the history and the events. 删除某人的记录。"`
	MCP       mcpCmd        `cmd:"" name:"mcp" help:"Let an agent use a running bot, by MCP on standard input and output. 供 AI 代理使用（MCP）。"`
	Live      liveCmd       `cmd:"" help:"Ask the bot on this machine whether it is alive, for health checks. 健康检查。"`
	Complete  completionCmd `cmd:"" name:"completion" help:"Print what a shell needs to complete command lines. 命令行补全脚本。"`
	Version   versionCmd    `cmd:"" help:"Print the version. 版本。"`
}

// console is the environment of a command: streams, variables, clock and disk.
type console struct {
	ctx    context.Context //nolint:containedctx // kong hands commands one value; this is its context
	in     io.Reader
	out    io.Writer
	errOut io.Writer

	verbose bool

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

// files is the environment of the commands about the file of a bot.
func (c console) files() app.Console {
	return app.Console{Ctx: c.ctx, In: c.in, Out: c.out, ErrOut: c.errOut, Lookup: c.env, Verbose: c.verbose}
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
	return hangup.Each(func() { fmt.Fprintln(c.errOut, "hongyan: "+hangup.Line) })
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(console{ctx: ctx, in: os.Stdin, out: os.Stdout, errOut: os.Stderr}, os.Args[1:]))
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

	var commands cli
	exit := -1
	parser, err := kong.New(&commands,
		kong.Name("hongyan"),
		kong.Description("Hongyan 鸿雁: bots for WeChat accounts behind the VideosApi / GeWe service."),
		kong.UsageOnError(),
		kong.Writers(helpOut, helpErr),
		kong.Exit(func(code int) { exit = code }),
	)
	if err != nil {
		fmt.Fprintln(c.errOut, "hongyan:", err)
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
		c.say("hongyan: %v; %s", err, helpOn(err))
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
	fmt.Fprintln(c.errOut, "hongyan:", advised(err))
	return exitFailed
}

// helpOn names the help text of the arguments that were wrong.
func helpOn(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		if command := wrong.Context.Selected(); command != nil {
			return command.FullPath() + " --help tells more"
		}
	}
	return "hongyan --help lists the commands"
}

// quietError is a failure that has been printed already.
type quietError struct{ code int } // 0 means exitFailed

func (quietError) Error() string { return "failed" }
