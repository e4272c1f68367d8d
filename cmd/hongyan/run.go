package main

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/trace"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/rules"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/nats"
)

// runCmd runs the bot of a configuration file.
type runCmd struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file; docs/config.md describes it. 配置文件。"`
	Check  bool   `help:"Only check the file. 只检查配置文件。"`
}

// Run runs the bot until the context ends.
func (cmd *runCmd) Run(c console) (err error) {
	defer c.ignoreHangups()()
	tracer, flush, err := newTracer(c.ctx)
	if err != nil {
		return err
	}
	defer flush()
	file, err := load(c.ctx, cmd.Config)
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
	b, err := assemble(c.ctx, cmd.Config, file, cmd.Check, tracer)
	if err != nil {
		return err
	}
	if cmd.Check {
		fmt.Fprintln(c.out, cmd.Config+": in order")
		if note := secretNote(file.Bot.Callback, false); note != "" {
			fmt.Fprintln(c.out, note)
		}
		return b.Close()
	}
	return b.Run(c.ctx)
}

// load reads a configuration file until ctx ends: a large file takes time, and a pipe may never
// end. A goroutine that still reads then ends with the process.
func load(ctx context.Context, path string) (*app.File, error) {
	type loaded struct {
		file *app.File
		err  error
	}
	done := make(chan loaded, 1)
	go func() {
		file, err := app.Reader{}.Load(path)
		done <- loaded{file, err}
	}()
	select {
	case l := <-done:
		return l.file, l.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w while the file was read", path, ctx.Err())
	}
}

// assemble makes the bot of a configuration file. With look, the bot is only inspected, and the
// data directory is not opened.
func assemble(ctx context.Context, path string, file *app.File, look bool, tracer trace.TracerProvider) (*bot.Bot, error) {
	plugin, err := rules.New(file.Rules)
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
	if err := b.Install(plugin); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), b.Close()) //nolint:contextcheck // to close takes its time
	}
	return b, nil
}

// routesCmd prints the routes of a configuration file.
type routesCmd struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file. 配置文件。"`
}

// Run prints a line for each route, in the order in which routes are tried.
func (cmd *routesCmd) Run(c console) error {
	file, err := app.Reader{}.Load(cmd.Config)
	if err != nil {
		return err
	}
	b, err := assemble(c.ctx, cmd.Config, file, true, nil)
	if err != nil {
		return err
	}
	err = b.Walk(func(r router.RouteInfo) error {
		_, err := fmt.Fprintln(c.out, r)
		return err
	})
	if err != nil {
		return err
	}
	return b.Close()
}
