package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
)

// offerFlags say how the service reaches a file of this machine. The service downloads the files
// that it sends.
type offerFlags struct {
	Listen    string `default:"127.0.0.1:0" help:"Where a file of this machine is offered while the command runs."`
	PublicURL string `name:"public-url" placeholder:"URL" help:"How the service reaches it; not needed for a local simulator."`
}

// isPath reports whether a link is a file of this machine, not a URL.
func isPath(link string) bool {
	u, err := url.Parse(link)
	if err == nil && u.Scheme != "" && u.Host != "" {
		return false
	}
	_, err = os.Stat(link)
	return err == nil
}

// offer serves one file by a signed link, until stop is called.
func (f *offerFlags) offer(ctx context.Context, service, path string) (link string, stop func() error, err error) {
	if f.PublicURL == "" && !isLocal(service) {
		return "", nil, phrase.Errorf("send: the service fetches %s from this machine: say with --public-url how it reaches --listen, "+
			"or give a public URL instead of a path", path)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Listen)
	if err != nil {
		return "", nil, fmt.Errorf("send: %w", err)
	}
	base := f.PublicURL
	if base == "" {
		base = "http://" + listener.Addr().String()
	}
	files := media.NewFileServer(media.FileServerConfig{BaseURL: func() string { return base }})
	server := &http.Server{Handler: files, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }() // ended by stop
	stop = func() error {
		err := server.Close() // the call that needs the file has returned
		if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
			err = errors.Join(err, ended)
		}
		return err
	}
	if link, err = files.Put(ctx, media.Object{Path: path}); err != nil {
		return "", nil, errors.Join(fmt.Errorf("send: %w", err), stop())
	}
	return link, stop, nil
}

// isLocal reports whether a URL is of this machine.
func isLocal(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
