package main

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/record"
)

// recordCmd records callbacks, and forwards them to a bot.
type recordCmd struct {
	Listen    string        `required:"" placeholder:"ADDRESS" help:"Address for callbacks; if not loopback, it needs --secret."`
	Out       string        `required:"" placeholder:"DIR" type:"path" help:"The directory of the recording."`
	ForwardTo string        `placeholder:"URL" help:"The address of a bot that gets each callback, too, with its path."`
	Secret    string        `env:"HONGYAN_CALLBACK_SECRET" help:"Expected in the path or the Authorization header."`
	KeepText  bool          `help:"Keep what people wrote."`
	ForgetKey bool          `help:"Do not keep the key of the pseudonyms: they cannot be resolved then."`
	MaxFile   int64         `default:"8" help:"Megabytes in a file."`
	MaxTotal  int64         `default:"256" help:"Megabytes in all files: the oldest go first."`
	MaxFiles  int           `default:"100" help:"Number of files."`
	MaxAge    time.Duration `default:"168h" help:"How long a callback is kept at most."`
}

// Help describes what is kept.
func (recordCmd) Help() string {
	return "Ids, names, texts, keys and links become pseudonyms before anything is written; docs/en/record-replay.md says what does not. " +
		"The service gets its 200 after the write, or the answer of the bot with --forward-to."
}

// Run listens until the context ends.
func (cmd *recordCmd) Run(c console) (err error) {
	recorder, err := record.New(record.Config{
		Dir: cmd.Out, KeepText: cmd.KeepText, ForgetKey: cmd.ForgetKey,
		MaxFile: cmd.MaxFile << 20, MaxTotal: cmd.MaxTotal << 20, MaxFiles: cmd.MaxFiles, MaxAge: cmd.MaxAge,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, recorder.Close()) }()
	tee, err := record.NewTee(record.TeeConfig{Record: recorder.Record, Forward: cmd.ForwardTo, Secret: cmd.Secret})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(c.ctx, "tcp", cmd.Listen)
	if err != nil {
		return phrase.Errorf("record: %w; give --listen a free address", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); cmd.Secret == "" && ok && !tcp.IP.IsLoopback() {
		err := phrase.Errorf("record: %s can be reached from outside, and there is no secret: set --secret", listener.Addr())
		return errors.Join(err, listener.Close())
	}
	var handler http.Handler = tee
	if cmd.Secret == "" {
		handler = localhttp.Guard(localhttp.Config{Address: cmd.Listen, Direct: true, Refused: c.tellRefused()}, tee)
	}
	defer c.ignoreHangups()()
	c.tell("recording what is posted to http://%s into %s", listener.Addr(), cmd.Out)
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	serving := make(chan error, 1)
	go func() { serving <- server.Serve(listener) }() // ended by Shutdown, and waited for
	select {
	case err = <-serving:
		return fmt.Errorf("record: %w", err)
	case <-c.ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 10*time.Second)
	defer cancel()
	err = server.Shutdown(grace)
	if served := <-serving; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// tellRefused logs requests that are refused: the first, the second, the fourth and so on, as
// anyone can send many.
func (c console) tellRefused() func(*http.Request, error) {
	var count atomic.Uint64
	return func(_ *http.Request, why error) {
		if n := count.Add(1); bits.OnesCount64(n) == 1 {
			c.say("refused, %d so far: %v; what comes through a tunnel or a proxy needs --secret", n, why)
		}
	}
}
