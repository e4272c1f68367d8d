package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/store"
)

// ErrStarted is the error of a second Run.
var ErrStarted = errors.New("bot: Run was called before: make a new bot")

// Run receives and handles callbacks until ctx ends. Then it drains: it accepts nothing new, waits
// for handlers during the grace period, and cancels the contexts of those that have not finished.
// It returns nil after an orderly end.
func (b *Bot) Run(ctx context.Context) error {
	err := ErrStarted
	b.started.Do(func() { err = b.run(ctx) })
	return err
}

func (b *Bot) run(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, b.close()) }() //nolint:contextcheck // to close takes its time, also when ctx has ended
	starting := b.clockTracker().Begin("the start of the bot")
	defer starting.End()
	b.router.Freeze()
	fresh := reason.NoAnswerYet.String()
	b.unready.Store(&fresh)
	unwatch, err := b.watch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unwatch()) }()

	server, listener, err := b.listen(ctx)
	if err != nil {
		return err
	}
	if public := b.reachable(listener.Addr()); public != "" {
		b.files.public.Store(&public)
	}
	b.address <- listener.Addr().String()
	serving := make(chan error, 1)
	go func() { serving <- server.Serve(listener) }() // ended by Shutdown below, which is waited for

	work := b.newWorker()
	work.Start()                   //nolint:contextcheck // it goes on while the bot drains
	closeOutbox := b.startOutbox() //nolint:contextcheck // the same
	stopForms := b.startForms()    //nolint:contextcheck // the same
	stopTasks := b.tasks.start()   //nolint:contextcheck // the same
	b.schedulesOpen.Store(true)
	b.schedules.Start()
	b.announce(listener.Addr())
	failed, stopIntroducing := b.startIntroducing(ctx, listener.Addr())
	starting.End()
	select {
	case <-ctx.Done():
	case served := <-serving:
		serving <- served // for below
	case err = <-failed:
	}

	b.logger.Info("shutting down", zap.Duration("grace", b.config.Grace))
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.config.Grace)
	defer cancel()
	b.gate.close()
	stopIntroducing()
	stopForms()
	stopTasks()
	schedulesEnded := make(chan error, 1)
	go func() { schedulesEnded <- b.schedules.Stop(grace) }() // waited for below
	err = errors.Join(err, work.Drain(grace), <-schedulesEnded, closeOutbox(grace), closeServer(grace, server, &b.files.serving))
	if served := <-serving; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, phrase.Errorf("bot: the listener failed: %w", served))
	}
	return err
}

// startIntroducing introduces the bot to the service while the bot is running. The channel gets an
// error that ends the bot.
func (b *Bot) startIntroducing(ctx context.Context, addr net.Addr) (failed <-chan error, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	errs := make(chan error, 1)
	var owned sync.WaitGroup
	owned.Go(func() {
		if err := b.introduce(ctx, addr); err != nil {
			errs <- err
		}
	})
	return errs, func() { cancel(); owned.Wait() }
}

// listen opens the listener for the callbacks.
func (b *Bot) listen(ctx context.Context) (*http.Server, net.Listener, error) {
	c := &b.config.Callback
	if c.MakesSecret() {
		var err error
		if c.Secret, err = MakeSecret(ctx, b.store.State()); err != nil {
			return nil, nil, err
		}
		b.logger.Info("no secret is set for the callback: the bot has made one, and keeps it in its store")
	}
	if strings.HasPrefix(c.callbackPath()+"/", media.FilesPath) {
		return nil, nil, phrase.Errorf("bot: the callback path %s is where files are served: set another Callback.Path", c.Path)
	}
	handler, err := callback.NewHandler(callback.HandlerConfig{
		Accept: b.accept, Decoder: callback.Decoder{Wxid: b.accounts.wxid}, Secret: c.Secret, Path: c.Path, MaxBody: c.MaxBody,
		AllowFrom: c.AllowFrom, Logger: b.logger,
	})
	if err != nil {
		return nil, nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", b.config.Listen)
	if err != nil {
		return nil, nil, phrase.Errorf("bot: cannot listen for callbacks: %w; set HONGYAN_LISTEN or callback.listen to a free address", err)
	}
	if c.Secret == "" && !isLoopback(listener.Addr()) {
		return nil, nil, errors.Join(noSecret(listener.Addr().String()), listener.Close())
	}
	server := &http.Server{
		Handler: b.files.beside(b.observeHTTP(b.guarded(handler))), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute,
		ErrorLog:    zap.NewStdLog(b.logger),
	}
	return server, listener, nil
}

// guarded refuses at a listener without a secret what does not come from a program on this machine:
// requests of pages in a browser, and through tunnels.
func (b *Bot) guarded(callbacks http.Handler) http.Handler {
	if b.config.Callback.Secret != "" {
		return callbacks
	}
	return localhttp.Guard(localhttp.Config{
		Address: b.config.Listen, Hosts: []string{b.config.Callback.host()}, Direct: true,
		Refused: b.refused("callback refused: without a secret only this machine may post; set HONGYAN_PUBLIC_URL, " +
			"HONGYAN_CALLBACK_SECRET or callback.secret"),
	}, callbacks)
}

// closeServer accepts nothing new and lets requests finish. Shutdown would wait for seconds for a
// connection without a request, so those are closed soon; a file that the service is fetching has
// until ctx ends.
func closeServer(ctx context.Context, server *http.Server, serving *fetches) error {
	soon, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if err := server.Shutdown(soon); err != nil && soon.Err() == nil {
		return fmt.Errorf("bot: %w", err)
	}
	serving.wait(ctx)
	_ = server.Close() // closes the connections that are left
	return nil
}

// noSecret is the error for a public address without a secret.
func noSecret(address string) error {
	return phrase.Errorf("bot: %s can be reached from outside, and there is no secret: anybody could post messages; set "+
		"HONGYAN_CALLBACK_SECRET or callback.secret (openssl rand -hex 16 makes one)", address)
}

// isPublic reports whether an address can be reached from outside, as far as its text shows:
// whether a host name can is known only once the bot listens.
func isPublic(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return err == nil
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && !ip.Unmap().IsLoopback()
}

func isLoopback(a net.Addr) bool {
	ap, err := netip.ParseAddrPort(a.String())
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

// accept puts a delivery into the inbox. The service gets its 200 when this returns.
func (b *Bot) accept(ctx context.Context, d callback.Delivery) error {
	var added bool
	err := b.gate.pass(func() (err error) {
		added, err = b.store.Inbox().Append(ctx, store.Item{Key: d.Key, Lane: b.laneOf(d), Body: d.Body, Received: b.config.Clock.Now()})
		return err
	})
	b.observeAccept(ctx, d, added, err)
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	if added {
		if err := b.record(d.Body); err != nil {
			b.logger.Error("a callback could not be recorded", zap.String("event", d.Key), zap.Error(err))
		}
	}
	return nil
}

// announce logs what the bot does, and what to do next.
func (b *Bot) announce(addr net.Addr) {
	service := b.config.Provider.Name
	if b.config.simulated {
		service = "simulator"
	}
	b.logger.Info("bot is running", zap.Stringer("callbacks", addr), zap.String("service", service))
	if b.sim != nil {
		b.logger.Info("no token: this bot talks to a simulator; open it to see how to write to the bot",
			zap.String("simulator", b.sim.URL()))
	}
	if !b.store.Durable() {
		b.logger.Info("the store is in memory: what is not handled when the process dies is lost; set HONGYAN_DATA, or data: in the " +
			"config file, to keep it")
	}
	if b.reachable(addr) == "" {
		b.logger.Info("the bot has registered no callback URL: set HONGYAN_PUBLIC_URL, or callback.public_url in the config file, or do " +
			"it by hand: hongyan callback set URL")
	}
	if b.config.Allow.empty() {
		b.logger.Warn("the allow list is empty, so no message is handled: " + allowHint)
	}
}

// close releases everything that New and Install have made.
func (b *Bot) close() error {
	err := b.plugins.closeAll()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	err = errors.Join(err, b.outbox.Close(now), b.store.Close(), b.closeRecording())
	b.client.Close() // its connections, which are not used any more
	b.reports.close()
	return errors.Join(err, b.closeSimulator())
}

// Close closes a bot that was never run. After Run it does nothing.
func (b *Bot) Close() error {
	var err error
	b.started.Do(func() { err = b.close() })
	return err
}
