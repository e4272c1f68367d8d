package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reach"
)

// callbackCmd groups the commands for the callback URL.
type callbackCmd struct {
	Set   callbackSetCmd   `cmd:"" help:"Register a URL."`
	Check callbackCheckCmd `cmd:"" help:"Find out whether the service reaches the URL, and if not, why. It registers it again."`
}

// callbackSetCmd registers a URL.
type callbackSetCmd struct {
	accountFlags
	URL    string `arg:"" name:"url" help:"The whole URL, with the path and the secret: https://bot.example.com/callback/SECRET."`
	Listen string `help:"Answer the service's test from here, at this address, as no bot runs yet."`
}

// Run registers it.
func (cmd *callbackSetCmd) Run(c console) error { return cmd.register(c, cmd.URL, cmd.Listen) }

// callbackCheckCmd finds out why the service does not reach a URL.
type callbackCheckCmd struct {
	accountFlags
	URL    string `arg:"" optional:"" name:"url" help:"The whole URL; default: that of the configuration."`
	Listen string `help:"Answer the service's test from here, at this address, as no bot runs yet."`
}

// Run checks it.
func (cmd *callbackCheckCmd) Run(c console) error { return cmd.register(c, cmd.URL, cmd.Listen) }

// register tries a URL from this machine, registers it, and reports why the service does not reach
// it.
func (f *accountFlags) register(c console, target, listen string) (err error) {
	file, err := f.settings(c)
	if err != nil {
		return err
	}
	if target == "" && file.Bot.Callback.PublicURL == "" {
		return errors.New("callback: no URL: give one, or set callback.public_url (HONGYAN_PUBLIC_URL)")
	}
	a, err := f.open(c, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if target == "" {
		if target, err = a.callbackURL(c.ctx); err != nil {
			return err
		}
	}
	var found *reach.Problem
	if u, bad := reach.Read(target); bad != nil {
		found = bad
	} else if found, err = a.tryCallback(c, u, listen); err != nil {
		return err
	} else if found == nil {
		return f.print(c, map[string]any{"registered": reach.Shown(u)}, func() error {
			c.tell("Registered %s: the service reaches it.", reach.Shown(u))
			return nil
		})
	}
	if !f.JSON {
		return fmt.Errorf("callback: %w", found)
	}
	if err := f.print(c, found, nil); err != nil {
		return err
	}
	return quietError{}
}

// callbackURL is the URL of the configuration. If no secret is configured, it has the one that the
// bot generates, which is generated here before the bot's first start.
func (a *account) callbackURL(ctx context.Context) (string, error) {
	callback := a.settings.Callback
	if callback.MakesSecret() {
		var err error
		if callback.Secret, err = bot.MakeSecret(ctx, a.store.State()); err != nil {
			return "", err
		}
	}
	return callback.URL(), nil
}

// tryCallback registers a URL, unless it certainly cannot work.
func (a *account) tryCallback(c console, u *url.URL, listen string) (found *reach.Problem, err error) {
	near := reach.Local(c.ctx, u.Hostname())
	if near && a.hosted(c.ctx) {
		return reach.Unreachable(u), nil
	}
	var arrived func() int
	if listen != "" {
		stop, count, err := listenFor(c.ctx, u, listen)
		if err != nil {
			return nil, err
		}
		defer stop()
		arrived = count
	}
	if seen := reach.Try(c.ctx, u); seen != nil && seen.Sure {
		return seen, nil
	}
	before := 0
	if arrived != nil {
		before = arrived()
	}
	err = a.client.Login.SetCallback(c.ctx, u.String())
	switch {
	case err == nil:
		return nil, bot.Registration{Host: reach.Shown(u), At: c.time()}.Remember(c.ctx, a.store.State())
	case !errors.Is(err, api.ErrCallbackProbe):
		return nil, err
	case arrived != nil && arrived() == before && !near:
		return &reach.Problem{
			Cause: phrase.New("the service's test did not arrive here: NAT or a firewall"),
			Do:    phrase.New("open the port, or forward it in the router; without a public address use a tunnel (docs/en/operations.md)"),
		}, nil
	}
	return reach.Registration(c.ctx, u, a.client.BaseURL(), err), nil
}

// hosted reports whether the service runs on another network, instead of in a container or
// simulator nearby.
func (a *account) hosted(ctx context.Context) bool { return reach.Hosted(ctx, a.client.BaseURL()) }

// listenFor answers tests of a URL. Messages are refused, so that the service posts them again when
// the bot runs.
func listenFor(ctx context.Context, u *url.URL, listen string) (stop func(), arrived func() int, err error) {
	handler, err := callback.NewHandler(callback.HandlerConfig{
		Path:   u.Path,
		Accept: func(context.Context, callback.Delivery) error { return errors.New("callback: only tests are answered") },
	})
	if err != nil {
		return nil, nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return nil, nil, phrase.Errorf("callback: %w; if the bot runs there, leave --listen out", err)
	}
	var count atomic.Int64
	server := &http.Server{ReadHeaderTimeout: reach.Timeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		handler.ServeHTTP(w, r)
	})}
	var owned sync.WaitGroup
	owned.Go(func() { _ = server.Serve(l) })
	return func() { _ = server.Close(); owned.Wait() }, func() int { return int(count.Load()) }, nil
}
