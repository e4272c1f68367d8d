package media

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of Config.
const (
	defaultMaxSize  = 100 << 20
	defaultTimeout  = 10 * time.Minute
	defaultStall    = 30 * time.Second
	defaultAttempts = 3
	// defaultFilePort is the port on which a self-hosted container serves files.
	defaultFilePort = "2532"
	// Remembered is how long finished downloads are remembered and partial files are kept. WeChat
	// keeps the media for as long.
	Remembered = 14 * 24 * time.Hour
)

// Gap is the range of the random pause between two downloads of an account. The zero value means 5
// to 10 seconds, which suits an account that is less than a week old. The vendor recommends 3 to
// 10 seconds.
type Gap struct{ Min, Max time.Duration }

// NoGap means no pause, for use with the simulator.
func NoGap() Gap { return Gap{-1, -1} }

// Config configures a Fetcher. Dir is required, and Client for nearly all downloads; the other zero
// values work.
type Config struct {
	// Client asks the service for links.
	Client *api.Client
	// Dir is the directory of downloads. It is created if it does not exist. Only one process at a
	// time may use it.
	Dir string
	// MaxSize limits a file, in bytes. 0 means 100 MiB.
	MaxSize int64
	// Gap is the pause between two calls of an account that ask for links.
	Gap Gap
	// Timeout limits the fetching of one link, Stall the time without any data. 0 means
	// 10 minutes and 30 seconds.
	Timeout, Stall time.Duration
	// Attempts is how often a link is tried if its transfer breaks off; a retry resumes where the
	// server supports it. 0 means 3.
	Attempts int
	// FileBase is the base of links without a host, as a self-hosted container returns them. Empty
	// means "http://HOST:2532/download/" with the service's host.
	FileBase string
	// AllowHosts lists hosts, with or without port, that may have an address in a private network.
	// The service's own host always may, for links that the service returned.
	AllowHosts []string
	// KeepMismatched keeps a file that differs from what its message announced. Download then
	// returns the file and ErrChecksum.
	KeepMismatched bool
	// State stores what was downloaded, so that a message is downloaded once. nil means that
	// nothing is remembered.
	State store.State
	// Resolver resolves host names. nil means net.DefaultResolver.
	Resolver Resolver
	// Now is the clock, Wait sleeps, and Random returns numbers in [0,1). nil means the real ones.
	Clock  clock.Clock
	Wait   func(ctx context.Context, d time.Duration) error
	Random func() float64
}

// Fetcher downloads media, one file of an account at a time, with pauses in between. Create it with
// New. It is safe for concurrent use.
type Fetcher struct {
	config Config
	guard  guard
	base   *url.URL // of links without a host; nil if there is none
	swept  sync.Once

	mu    sync.Mutex
	turns map[string]*turn // by account
}

// New returns a Fetcher. It opens no connection and creates no directory.
func New(c Config) (*Fetcher, error) {
	if c.Dir == "" {
		return nil, errors.New("media: no directory for downloads: set Config.Dir")
	}
	setDefault(&c.MaxSize, defaultMaxSize)
	setDefault(&c.Timeout, defaultTimeout)
	setDefault(&c.Stall, defaultStall)
	setDefault(&c.Attempts, defaultAttempts)
	setDefault(&c.Gap, Gap{5 * time.Second, 10 * time.Second})
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	c.Clock = clock.Or(c.Clock)
	if c.Wait == nil {
		c.Wait = pauseBy(c.Clock)
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	f := &Fetcher{config: c, guard: guard{resolver: c.Resolver, allowed: c.AllowHosts}, turns: map[string]*turn{}}
	if err := f.locate(); err != nil {
		return nil, err
	}
	return f, nil
}

func setDefault[T comparable](value *T, def T) {
	var zero T
	if *value == zero {
		*value = def
	}
}

// locate determines the base of links without a host, and the hosts of the service.
func (f *Fetcher) locate() error {
	base := f.config.FileBase
	if f.config.Client != nil {
		u, err := url.Parse(f.config.Client.BaseURL())
		if err != nil {
			return fmt.Errorf("media: the base URL of the service: %w", cause(err))
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
		f.guard.service = append(f.guard.service, net.JoinHostPort(u.Hostname(), port))
		if base == "" {
			base = "http://" + net.JoinHostPort(u.Hostname(), defaultFilePort) + "/download/"
		}
	}
	if base == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSuffix(base, "/") + "/")
	if err != nil || checkURL(u) != nil {
		return errors.New("media: Config.FileBase is not an http or https URL")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	f.guard.service = append(f.guard.service, net.JoinHostPort(u.Hostname(), port))
	f.base = u
	return nil
}

// Download downloads the picture, voice, video, sticker or file of a message; for a reply that
// quotes one, the quoted one. It waits for its turn: an account downloads one file after another,
// with pauses in between. A message with a Key that was downloaded before is not requested again.
// With ErrChecksum and Config.KeepMismatched it returns the file as well as the error.
func (f *Fetcher) Download(ctx context.Context, m Message) (*File, error) {
	p, err := f.planOf(m)
	if err != nil {
		return nil, err
	}
	return f.carryOut(ctx, m, p)
}

// carryOut executes a plan, unless the message was downloaded before.
func (f *Fetcher) carryOut(ctx context.Context, m Message, p plan) (*File, error) {
	if p.exact && p.size > f.config.MaxSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, p.size)
	}
	if known := f.remembered(ctx, m); known != nil {
		return known, nil
	}
	disk, err := openDisk(f.config.Dir)
	if err != nil {
		return nil, err
	}
	defer disk.Close()
	f.swept.Do(func() { disk.sweep(f.config.Clock.Now().Add(-Remembered)) })
	file, err := f.download(ctx, disk, m, p)
	if err == nil {
		f.remember(ctx, m, file)
	}
	return file, err
}

func (f *Fetcher) download(ctx context.Context, d *disk, m Message, p plan) (*File, error) {
	if p.data != nil {
		partial, err := d.write(p.data)
		if err != nil {
			return nil, err
		}
		return f.finish(partial, m, p, way{size: p.size})
	}
	if f.config.Client == nil && !p.direct() {
		return nil, ErrNoClient
	}
	t := f.turn(m.AppID)
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	defer t.leave()
	if known := f.remembered(ctx, m); known != nil { // another call has downloaded it meanwhile
		return known, nil
	}
	var errs []error
	for _, w := range p.ways {
		file, err := f.by(ctx, d, t, m, p, w)
		if err == nil || file != nil {
			return file, err
		}
		errs = append(errs, fmt.Errorf("media: %s (%s): %w", p.kind, w.name, err))
		if ctx.Err() != nil || hopeless(err) {
			break
		}
	}
	return nil, f.expired(m, errors.Join(errs...))
}

// direct reports whether one of the ways needs no client.
func (p plan) direct() bool {
	for _, w := range p.ways {
		if w.direct {
			return true
		}
	}
	return false
}

// hopeless reports whether an error affects all ways alike.
func hopeless(err error) bool {
	for _, reason := range []error{api.ErrTokenInvalid, api.ErrOffline, api.ErrDeviceUnknown, errDisk} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// expired wraps an error with ErrExpired if the message is so old that the media must be gone.
func (f *Fetcher) expired(m Message, err error) error {
	if m.Time.IsZero() || f.config.Clock.Now().Sub(m.Time) < Remembered || errors.Is(err, ErrExpired) || hopeless(err) {
		return err
	}
	return fmt.Errorf("%w: the message is older than that: %w", ErrExpired, err)
}

// by downloads a message in one way.
func (f *Fetcher) by(ctx context.Context, d *disk, t *turn, m Message, p plan, w way) (*File, error) {
	if f.config.Client == nil && !w.direct {
		return nil, ErrNoClient
	}
	if err := f.rest(ctx, t); err != nil {
		return nil, err
	}
	link, err := w.link(ctx)
	if err != nil {
		return nil, cause(err)
	}
	u, err := f.resolve(link, w.direct)
	if err != nil {
		return nil, err
	}
	if !w.direct {
		ctx = trusting(ctx)
	}
	partial, err := d.partial(m, w)
	if err != nil {
		return nil, err
	}
	if err := f.fetch(ctx, partial, u); err != nil {
		return nil, err
	}
	return f.finish(partial, m, p, w)
}

// resolve returns the URL of a link. A link without a host is relative to the files of a
// self-hosted container.
func (f *Fetcher) resolve(link string, direct bool) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(link))
	switch {
	case err != nil || link == "":
		return nil, errors.New("media: the service returned no valid link")
	case u.Scheme == "" && u.Host == "" && !direct && f.base != nil:
		joined := f.base.JoinPath(strings.TrimPrefix(strings.TrimPrefix(u.Path, "/"), "download/"))
		if !strings.HasPrefix(joined.Path, f.base.Path) {
			return nil, fmt.Errorf("%w: it leaves the files of the service", ErrForbiddenHost)
		}
		joined.RawQuery = u.RawQuery
		u = joined
	}
	return u, checkURL(u)
}
