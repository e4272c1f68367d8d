package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/internal/localhttp"
	"github.com/hongyan-go/hongyan/internal/record"
)

// recordCmd records callbacks, and forwards them to a bot.
type recordCmd struct {
	Listen    string        `required:"" placeholder:"ADDRESS" help:"Address for callbacks; if not loopback, it needs --secret. 监听地址。"`
	Out       string        `required:"" placeholder:"DIR" type:"path" help:"The directory of the recording. 录制目录。"`
	ForwardTo string        `placeholder:"URL" help:"The address of a bot that gets each callback, too, with its path. 转发到机器人。"`
	Secret    string        `env:"HONGYAN_CALLBACK_SECRET" help:"Expected in the path or the Authorization header. 回调密钥。"`
	KeepText  bool          `help:"Keep what people wrote. 保留消息原文。"`
	ForgetKey bool          `help:"Do not keep the key of the pseudonyms: they cannot be resolved then. 不保留化名密钥。"`
	MaxFile   int64         `default:"8" help:"Megabytes in a file. 单个文件上限（MB）。"`
	MaxTotal  int64         `default:"256" help:"Megabytes in all files: the oldest go first. 总上限（MB）。"`
	MaxFiles  int           `default:"100" help:"Number of files. 文件个数上限。"`
	MaxAge    time.Duration `default:"168h" help:"How long a callback is kept at most. 最长保留时间。"`
}

// Help describes what is kept.
func (recordCmd) Help() string {
	return "Ids, names, texts, keys and links become pseudonyms before anything is written; docs/record-replay.md says what does not. " +
		"The service gets its 200 after the write, or the answer of the bot with --forward-to.\n\n写入前已脱敏；转发时返回机器人的状态码。"
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
		return fmt.Errorf("record: %w; give --listen a free address", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); cmd.Secret == "" && ok && !tcp.IP.IsLoopback() {
		err := fmt.Errorf("record: %s can be reached from outside, and there is no secret: set --secret", listener.Addr())
		return errors.Join(err, listener.Close())
	}
	var handler http.Handler = tee
	if cmd.Secret == "" {
		handler = localhttp.Guard(localhttp.Config{Address: cmd.Listen, Direct: true, Refused: tellRefused(c.errOut)}, tee)
	}
	defer c.ignoreHangups()()
	fmt.Fprintf(c.out, "recording what is posted to http://%s into %s\n", listener.Addr(), cmd.Out)
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
func tellRefused(w io.Writer) func(*http.Request, error) {
	var count atomic.Uint64
	return func(_ *http.Request, why error) {
		if n := count.Add(1); bits.OnesCount64(n) == 1 {
			fmt.Fprintf(w, "refused, %d so far: %v; what comes through a tunnel or a proxy needs --secret\n", n, why)
		}
	}
}
