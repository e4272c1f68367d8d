package bot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// DefaultAdmin is the address of the admin listener of a bot of the real service. If it is in use,
// any other port of loopback is taken.
const DefaultAdmin = "127.0.0.1:8081"

// NoAdmin as Config.Admin means that there is no admin listener.
const NoAdmin = "off"

// watch starts the monitor and its listener. The returned function ends them.
func (b *Bot) watch(ctx context.Context) (stop func() error, err error) {
	server, listener, err := b.listenAdmin(ctx)
	if err != nil {
		return nil, err
	}
	var owned sync.WaitGroup
	failed := make(chan error, 1)
	if listener == nil {
		b.adminAddress <- ""
	} else {
		b.adminAddress <- listener.Addr().String()
		owned.Go(func() { // ended by Close below
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- phrase.Errorf("bot: the admin listener failed: %w", err)
			}
		})
		b.logger.Info("admin listener", zap.Stringer("address", listener.Addr()), zap.String("paths", "/livez /readyz /metrics"))
	}
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx)) // accounts are watched as long as handlers run
	watching = b.clockTracker().Begin("the review of the accounts").With(watching)
	owned.Go(func() { b.monitor.Run(watching) })
	return func() error {
		cancel()
		if server != nil {
			_ = server.Close() // its answers need not be finished
		}
		owned.Wait()
		select {
		case err := <-failed:
			return err
		default:
			return nil
		}
	}, nil
}

// listenAdmin opens the admin listener; all is nil if there is none.
func (b *Bot) listenAdmin(ctx context.Context) (*http.Server, net.Listener, error) {
	address := b.config.Admin
	switch {
	case address == NoAdmin, address == "" && b.config.simulated:
		return nil, nil, nil
	case address == "":
		address = DefaultAdmin
	}
	if err := localhttp.CheckHosts(b.config.AdminHosts); err != nil {
		return nil, nil, phrase.Errorf("bot: HONGYAN_ADMIN_HOSTS or admin.hosts: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil && b.config.Admin == "" { // the usual port is in use: any other will do
		listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, nil, phrase.Errorf("bot: cannot listen for the operator: %w; set HONGYAN_ADMIN or admin: to a free address, or to %s",
			err, NoAdmin)
	}
	if !b.config.AdminPublic && !isLoopback(listener.Addr()) {
		return nil, nil, errors.Join(phrase.Errorf("bot: the admin listener on %s can be reached from outside, and asks for no secret: "+
			"set HONGYAN_ADMIN_PUBLIC or admin.public if a firewall guards it", listener.Addr()), listener.Close())
	}
	guard := localhttp.Config{Address: address, Hosts: b.config.AdminHosts, Refused: b.refused("admin request refused")}
	guarded := localhttp.Guard(guard, b.adminPages.beside(b.monitor.Admin()))
	return &http.Server{
		Handler: guarded, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, ErrorLog: zap.NewStdLog(b.logger),
	}, listener, nil
}

// refused logs the requests that a guard refuses. Anyone can send many, so only five a minute get a
// line, and then each thousandth.
func (b *Bot) refused(message string) func(*http.Request, error) {
	logger := b.logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return zapcore.NewSamplerWithOptions(core, time.Minute, 5, 1000)
	}))
	return func(r *http.Request, why error) {
		logger.Warn(message, zap.Error(why), zap.String("remote", r.RemoteAddr))
	}
}

// AdminAddress waits until the bot runs, and returns the address of the admin listener; empty if
// there is none. It fails when ctx ends.
func (b *Bot) AdminAddress(ctx context.Context) (string, error) { return await(ctx, b.adminAddress) }

// await waits for an address that becomes known when the bot runs.
func await(ctx context.Context, known chan string) (string, error) {
	select {
	case address := <-known:
		known <- address
		return address, nil
	case <-ctx.Done():
		return "", phrase.Errorf("bot: not listening: %w", context.Cause(ctx))
	}
}
