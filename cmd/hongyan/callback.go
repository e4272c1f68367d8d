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
)

// callbackCmd is about the URL to which the service posts.
type callbackCmd struct {
	Set   callbackSetCmd   `cmd:"" help:"Register a URL. 注册回调地址。"`
	Check callbackCheckCmd `cmd:"" help:"Find out whether the service reaches the URL, and if not, why. It registers it again. 检查回调地址。"`
}

// callbackSetCmd registers a URL.
type callbackSetCmd struct {
	accountFlags
	URL    string `arg:"" name:"url" help:"The whole URL, with the path and the secret: https://bot.example.com/callback/SECRET."`
	Listen string `help:"Answer the service's test from here, at this address, as no bot runs yet. 临时监听地址。"`
}

// Run registers it.
func (cmd *callbackSetCmd) Run(c console) error { return cmd.register(c, cmd.URL, cmd.Listen) }

// callbackCheckCmd finds out what is wrong.
type callbackCheckCmd struct {
	accountFlags
	URL    string `arg:"" optional:"" name:"url" help:"The whole URL; default: that of the configuration."`
	Listen string `help:"Answer the service's test from here, at this address, as no bot runs yet. 临时监听地址。"`
}

// Run checks it.
func (cmd *callbackCheckCmd) Run(c console) error { return cmd.register(c, cmd.URL, cmd.Listen) }

// register looks at a URL from here, registers it, and says what is wrong if the service does not reach it.
func (f *accountFlags) register(c console, target, listen string) (err error) {
	file, err := f.settings(c)
	if err != nil {
		return err
	}
	if target == "" {
		target = file.Bot.Callback.URL()
	}
	if target == "" {
		return errors.New("callback: no URL: give one, or set callback.public_url (HONGYAN_PUBLIC_URL)")
	}
	a, err := f.open(c, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var found *problem
	if u, bad := readCallback(target); bad != nil {
		found = bad
	} else if found, err = a.tryCallback(c, u, listen); err != nil {
		return err
	} else if found == nil {
		return f.print(c, map[string]any{"registered": shown(u)}, func() error {
			c.tell("Registered %s: the service reaches it. 回调地址已注册。", shown(u))
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

// tryCallback registers a URL. It does not bother the service with one that cannot work.
func (a *account) tryCallback(c console, u *url.URL, listen string) (found *problem, err error) {
	near := local(c.ctx, u.Hostname())
	if near && a.hosted() {
		return localProblem(u), nil
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
	seen := reach(c.ctx, u)
	if seen != nil && seen.sure {
		return seen, nil
	}
	before := 0
	if arrived != nil {
		before = arrived()
	}
	err = a.client.Login.SetCallback(c.ctx, u.String())
	switch {
	case err == nil:
		return nil, bot.Registration{Host: shown(u), At: c.time()}.Remember(c.ctx, a.store.State())
	case !errors.Is(err, api.ErrCallbackProbe):
		return nil, err
	case seen != nil:
		return seen, nil
	case near:
		return localProblem(u), nil
	case arrived != nil && arrived() == before:
		return &problem{Cause: "the service's test did not arrive here: NAT or a firewall", Do: "open the port, or forward it in the router; without a public address use a tunnel (docs/operations.md)"}, nil
	}
	return &problem{
		Cause: "the URL answers from here, and the service does not reach it: " + err.Error(),
		Do:    "look for a firewall, an allow list (callback.allow_from) or a slow answer: it waits for three seconds",
	}, nil
}

// hosted tells whether the service is somewhere else, and not a container or a simulator near by.
func (a *account) hosted() bool {
	base := a.settings.BaseURL
	if base == "" {
		base = a.settings.Provider.BaseURL
	}
	u, err := url.Parse(base)
	return base == "" || err == nil && !local(context.Background(), u.Hostname())
}

// listenFor answers tests of a URL. Messages are refused, so that the service posts them again when the bot runs.
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
		return nil, nil, fmt.Errorf("callback: %w; if the bot runs there, leave --listen out", err)
	}
	var count atomic.Int64
	server := &http.Server{ReadHeaderTimeout: reachTimeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		handler.ServeHTTP(w, r)
	})}
	var owned sync.WaitGroup
	owned.Go(func() { _ = server.Serve(l) })
	return func() { _ = server.Close(); owned.Wait() }, func() int { return int(count.Load()) }, nil
}
