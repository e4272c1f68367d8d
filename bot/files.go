package bot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
)

// Files says how files are downloaded, and how those of this machine are offered to the service.
// The zero value works.
type Files struct {
	// Dir is where downloads go. Empty means the folder "media" in Config.Data.
	Dir string
	// MaxSize bounds a download in bytes. 0 means 100 MiB.
	MaxSize int64
	// Gap is the rest between two downloads of an account. The zero value means 5 to 10
	// seconds; against a simulator, none.
	Gap media.Gap
	// FileBase is what a link without a host belongs to; see media.Config.
	FileBase string
	// AllowHosts lists hosts of a private network from which may be downloaded.
	AllowHosts []string
	// KeepMismatched keeps downloads that are not what their message announces.
	KeepMismatched bool
	// Shared says that the processes of a cluster see the files that are sent, and Dir, at the same
	// paths of a common disk. Otherwise, with a store that several processes share, a file that is
	// sent is copied into the store, up to media.DefaultMaxShared bytes, as any of them may be
	// asked for it.
	Shared bool
	// LinkTTL is how long the service may fetch a file that is sent. 0 means 15 minutes.
	// Raise it if sends wait longer in the outbox.
	LinkTTL time.Duration
}

// errNoDir says what to set.
var errNoDir = errors.New("bot: no directory for downloads: set HONGYAN_DATA, data: in the config file, Config.Data or Config.Files.Dir")

// files downloads and offers the files of a bot. It is the router.Files of its contexts.
type files struct {
	fetcher *media.Fetcher // nil without a directory
	server  *media.FileServer
	serving fetches
	public  atomic.Pointer[string] // how the service reaches the listener; nil if it does not, or not yet
}

// downloads is the directory of downloads; empty if there is none.
func (b *Bot) downloads() string {
	if b.config.Files.Dir == "" && b.config.Data != "" {
		return filepath.Join(b.config.Data, "media")
	}
	return b.config.Files.Dir
}

// newFiles makes the files of a bot. Nothing is opened yet.
func (b *Bot) newFiles() (*files, error) {
	c := b.config.Files
	c.Dir = b.downloads()
	f := &files{}
	f.server = media.NewFileServer(media.FileServerConfig{
		BaseURL: f.base, State: b.store.State(), TTL: c.LinkTTL, Private: b.config.Data, Open: c.Dir,
		CopyToState: isShared(b.store) && !c.Shared, Clock: b.config.Clock,
	})
	if c.Dir == "" {
		return f, nil
	}
	if c.Gap == (media.Gap{}) && b.config.simulated {
		c.Gap = media.NoGap()
	}
	var err error
	f.fetcher, err = media.New(media.Config{
		Client: b.client, Dir: c.Dir, MaxSize: c.MaxSize, Gap: c.Gap, FileBase: c.FileBase, AllowHosts: c.AllowHosts,
		KeepMismatched: c.KeepMismatched, State: b.store.State(), Clock: b.config.Clock,
	})
	if err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	return f, nil
}

// Download implements router.Files.
func (f *files) Download(ctx context.Context, m media.Message) (*media.File, error) {
	if f.fetcher == nil {
		return nil, errNoDir
	}
	return f.fetcher.Download(ctx, m)
}

// Offer implements router.Files.
func (f *files) Offer(ctx context.Context, path string) (string, error) {
	return f.server.Put(ctx, media.Object{Path: path})
}

func (f *files) base() string {
	if public := f.public.Load(); public != nil {
		return *public
	}
	return ""
}

// beside serves the links of files on the listener of the callbacks.
func (f *files) beside(callbacks http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, media.FilesPath) {
			defer f.serving.begin()()
			f.server.ServeHTTP(w, r)
			return
		}
		callbacks.ServeHTTP(w, r)
	})
}

// fetches counts the files that the service is fetching.
type fetches struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when none is left; nil if nothing waits
}

// begin counts a fetch until the returned function is called.
func (f *fetches) begin() (end func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.n--; f.n == 0 && f.idle != nil {
			close(f.idle)
			f.idle = nil
		}
	}
}

// wait waits until no fetch is left, or until ctx ends. Only one goroutine may wait at a time.
func (f *fetches) wait(ctx context.Context) {
	f.mu.Lock()
	if f.n == 0 {
		f.mu.Unlock()
		return
	}
	idle := make(chan struct{})
	f.idle = idle
	f.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// reachable returns the URL by which the service reaches the listener, without a path; empty if it
// is unknown.
func (b *Bot) reachable(addr net.Addr) string {
	public := b.config.Callback.PublicURL
	if (b.sim != nil || public == "" && b.config.simulated) && isLoopback(addr) { // the bot's simulator posts to this machine only
		public = "http://" + addr.String()
	}
	return strings.TrimSuffix(public, "/")
}

// callbackPath returns the path of the callback.
func (c Callback) callbackPath() string {
	if c.Path == "" {
		return callback.DefaultPath
	}
	return c.Path
}

// errDraining refuses callbacks during a shutdown: the service posts them again.
var errDraining = errors.New("bot: shutting down")

// gate lets callbacks in until a shutdown begins. The listener stays open after that, because the
// service has to fetch the files that the last handlers send.
type gate struct {
	mu     sync.RWMutex
	closed bool
}

// close refuses further callbacks, and waits for those that have passed.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// pass calls f unless the gate is closed.
func (g *gate) pass(do func() error) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return errDraining
	}
	return do()
}
