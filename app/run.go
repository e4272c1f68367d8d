package app

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/trace"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/hangup"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/nats"
)

// RunCommand runs the bot of a configuration file.
type RunCommand struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file; docs/config.md describes it. 配置文件。"`
	Check  bool   `help:"Only check the file. 只检查配置文件。"`
}

// Run runs the bot until the context ends.
func (cmd *RunCommand) Run(c Console) (err error) {
	defer hangup.Ignore(func() { c.say("%s", hangup.Line) })()
	tracer, flush, err := newTracer(c.Ctx)
	if err != nil {
		return err
	}
	defer flush()
	file, err := c.load(cmd.Config)
	if err != nil {
		return err
	}
	for _, warning := range file.Warnings {
		c.say("%s", warning)
	}
	if file.Idle() {
		return fmt.Errorf("%s:1: the bot would do nothing: the file has no rules; docs/config.md shows how to write one", cmd.Config)
	}
	if file.Record != nil && !cmd.Check {
		file.Bot.Recording = *file.Record
	}
	b, err := Open(c.Ctx, cmd.Config, file, cmd.Check, tracer)
	if err != nil {
		return err
	}
	if cmd.Check {
		fmt.Fprintln(c.Out, cmd.Config+": in order")
		if file.Bot.Callback.MakesSecret() {
			fmt.Fprintln(c.Out, "callback.secret is not set: the bot makes one at its first start, and keeps it in its store")
		}
		return b.Close()
	}
	return b.Run(c.Ctx)
}

// load reads a configuration file until the command is stopped: a large file takes time, and a pipe
// may never end. A goroutine that still reads then ends with the process.
func (c Console) load(path string) (*File, error) {
	type loaded struct {
		file *File
		err  error
	}
	done := make(chan loaded, 1)
	go func() {
		file, err := c.reader().Load(path)
		done <- loaded{file, err}
	}()
	select {
	case l := <-done:
		return l.file, l.err
	case <-c.Ctx.Done():
		return nil, fmt.Errorf("%s: %w while the file was read", path, c.Ctx.Err())
	}
}

// Open makes the bot of a configuration file. With look, the bot is only inspected, and the
// data directory is not opened.
func Open(ctx context.Context, path string, file *File, look bool, tracer trace.TracerProvider) (*bot.Bot, error) {
	plugins, err := file.plugins()
	if err != nil {
		return nil, err
	}
	switch {
	case look:
		file.Bot.Store = memory.New(memory.Config{})
	case file.NATS != nil:
		back, err := nats.Open(ctx, *file.NATS)
		if err != nil {
			return nil, err
		}
		file.Bot.Store = back
	}
	file.Bot.Tracer = tracer
	b, err := bot.New(file.Bot) //nolint:contextcheck // a bot outlives the context of its making
	if err != nil {
		if file.Bot.Store != nil {
			err = errors.Join(err, file.Bot.Store.Close())
		}
		return nil, err
	}
	if err := b.Install(plugins...); err != nil { //nolint:contextcheck // the routes of plugins outlive the context
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), b.Close()) //nolint:contextcheck // to close takes its time
	}
	return b, nil
}

// RoutesCommand prints the routes of a configuration file.
type RoutesCommand struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file. 配置文件。"`
}

// Run prints a line for each route, in the order in which routes are tried.
func (cmd *RoutesCommand) Run(c Console) error {
	file, err := c.load(cmd.Config)
	if err != nil {
		return err
	}
	b, err := Open(c.Ctx, cmd.Config, file, true, nil)
	if err != nil {
		return err
	}
	err = b.Walk(func(r router.RouteInfo) error {
		_, err := fmt.Fprintln(c.Out, r)
		return err
	})
	if err != nil {
		return err
	}
	return b.Close()
}
