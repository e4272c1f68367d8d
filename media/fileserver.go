package media

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/store"
)

// The defaults of FileServerConfig.
const (
	defaultTTL        = 15 * time.Minute
	defaultMaxObjects = 1000
	defaultMaxBytes   = 2 << 30
)

// The errors of a FileServer.
var (
	// ErrFileServerFull means that MaxObjects or MaxBytes is reached. Links that expire free space.
	ErrFileServerFull = errors.New("media: too many files are offered: wait until links expire, or raise MaxObjects or MaxBytes")
	// ErrNoPublicURL means that the URL at which the service reaches the file server is not known.
	ErrNoPublicURL = errors.New("media: the service cannot fetch files from this bot: set the public URL (HONGYAN_PUBLIC_URL, " +
		"callback.public_url or Config.Callback.PublicURL)")
	// ErrPrivate means that the file belongs to the bot itself, such as its store.
	ErrPrivate = errors.New("media: files of the data directory are not sent, except those in media/: copy it elsewhere first to send it")
	// ErrNotRegular means that the path is a directory or otherwise not a regular file.
	ErrNotRegular = errors.New("media: not a regular file")
)

// FilesPath is the prefix of the path of every link.
const FilesPath = "/files/"

// FileServerConfig configures a FileServer. All zero values work, but without a BaseURL there are
// no links.
type FileServerConfig struct {
	// BaseURL returns the URL at which the service reaches the file server, without FilesPath. It
	// is called for each link, because a listener may not know its address at first. nil, and an
	// empty result, mean unknown.
	BaseURL func() string
	// State stores the signing key and the list of offered files, so that links survive a restart.
	// nil means that they do not.
	State store.State
	// CopyToState copies offered files into the State, for other machines that serve the links and
	// do not have the files. It has no effect without a State.
	CopyToState bool
	// MaxShared limits a file that is copied into the State, in bytes; Put of a larger one returns
	// ErrNotShared. 0 means DefaultMaxShared.
	MaxShared int64
	// Dir is the directory of copies; see Object.Copy. Empty means that files cannot be copied.
	Dir string
	// Private is a directory whose files are never offered, by whatever link or name, except those
	// in its subdirectory Open. Empty means that any file may be offered.
	Private, Open string
	// TTL is how long a link is valid. 0 means 15 minutes.
	TTL time.Duration
	// MaxObjects and MaxBytes limit what is offered at a time. 0 means 1,000 files and 2 GiB.
	MaxObjects int
	MaxBytes   int64
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// Object is a file to offer.
type Object struct {
	// Path is the file. It is opened at each request, so it must not change until the link expires.
	Path string
	// Reader is the content, in place of a file. It is copied.
	Reader io.Reader
	// Name is the file name that clients see. Empty means the name of the file. It is sanitised.
	Name string
	// TTL is how long the link is valid. 0 means FileServerConfig.TTL.
	TTL time.Duration
	// MaxDownloads limits the number of downloads. 0 means no limit.
	MaxDownloads int
	// Copy copies the file, so that the original may change or disappear.
	Copy bool
}

// FileServer serves single files by signed links that expire. A link gives access to its file and
// nothing else: there are no listings, and links can be neither guessed nor changed. Several
// FileServers with the same State, in one process or many, serve each other's links. It is an
// http.Handler for the paths below FilesPath, and safe for concurrent use.
type FileServer struct {
	config FileServerConfig

	mu     sync.Mutex
	key    []byte // nil until load
	bytes  int64
	objs   map[string]*offered
	loaded bool
}

// offered is an Object as the state keeps it.
type offered struct {
	Path    string        `json:"path"`
	Size    int64         `json:"size"`
	Changed time.Time     `json:"changed"`
	Expires time.Time     `json:"expires"`
	TTL     time.Duration `json:"ttl"` // the duration that Expires was set with
	Copied  bool          `json:"copied"`
	Left    int           `json:"left"`             // remaining downloads; negative means no limit
	Spread  bool          `json:"spread,omitempty"` // its bytes are in the state
}

// NewFileServer returns a FileServer.
func NewFileServer(c FileServerConfig) *FileServer {
	setDefault(&c.TTL, defaultTTL)
	setDefault(&c.MaxObjects, defaultMaxObjects)
	setDefault(&c.MaxBytes, defaultMaxBytes)
	setDefault(&c.MaxShared, DefaultMaxShared)
	c.Clock = clock.Or(c.Clock)
	if c.BaseURL == nil {
		c.BaseURL = func() string { return "" }
	}
	return &FileServer{config: c, objs: map[string]*offered{}}
}

// Put offers a file and returns its link.
func (s *FileServer) Put(ctx context.Context, o Object) (string, error) {
	base := strings.TrimSuffix(s.config.BaseURL(), "/")
	if base == "" {
		return "", ErrNoPublicURL
	}
	name := o.Name
	if name == "" && o.Path != "" {
		name = filepath.Base(o.Path)
	}
	name = SafeName(name, "file")
	setDefault(&o.TTL, s.config.TTL)

	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(ctx); err != nil {
		return "", err
	}
	s.sweep(ctx)
	if len(s.objs) >= s.config.MaxObjects {
		return "", ErrFileServerFull
	}
	id := rand.Text()
	expires := s.config.Clock.Now().Add(o.TTL).Truncate(time.Second)
	obj, err := s.take(ctx, id, o)
	if err != nil {
		return "", err
	}
	obj.TTL, obj.Expires = o.TTL, expires
	if err := s.keep(ctx, id, obj); err != nil {
		obj.discard()
		return "", err
	}
	s.objs[id] = obj
	s.bytes += obj.Size
	return base + s.link(id, obj.Expires.Unix(), name), nil
}

// take checks the file of an object, and copies it if necessary. The caller holds the lock.
func (s *FileServer) take(ctx context.Context, id string, o Object) (*offered, error) {
	obj := &offered{Left: -1}
	if o.MaxDownloads > 0 {
		obj.Left = o.MaxDownloads
	}
	source := o.Reader
	if source == nil {
		path, err := filepath.Abs(o.Path)
		if err == nil {
			path, err = filepath.EvalSymlinks(path)
		}
		if err != nil {
			return nil, fmt.Errorf("media: %w", err)
		}
		if inPrivate(s.config.Private, s.config.Open, path) { // checked before opening: closing a database file would release its locks
			return nil, ErrPrivate
		}
		file, info, err := openRegular(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if s.bytes+info.Size() > s.config.MaxBytes {
			return nil, ErrFileServerFull
		}
		if s.copiesToState() && info.Size() > s.config.MaxShared {
			return nil, fmt.Errorf("%w: %d bytes", ErrNotShared, info.Size())
		}
		if !o.Copy && !s.copiesToState() {
			obj.Path, obj.Size, obj.Changed = path, info.Size(), info.ModTime()
			return obj, nil
		}
		source, obj.Changed = file, info.ModTime()
	}
	if s.copiesToState() {
		return obj, s.copyToState(ctx, id, obj, source, o.TTL+time.Minute)
	}
	return obj, s.copy(obj, source)
}

// copiesToState reports whether files are copied into the state.
func (s *FileServer) copiesToState() bool { return s.config.CopyToState && s.config.State != nil }

// copy writes the content of an object to Dir.
func (s *FileServer) copy(obj *offered, source io.Reader) error {
	if s.config.Dir == "" {
		return errors.New("media: no directory for copies: set FileServerConfig.Dir, or offer a file without Copy")
	}
	dir, err := filepath.Abs(s.config.Dir)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return diskError(err)
	}
	path := filepath.Join(dir, rand.Text())
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // a generated name
	if err != nil {
		return diskError(err)
	}
	obj.Path, obj.Copied = file.Name(), true
	limit := s.config.MaxBytes - s.bytes
	obj.Size, err = io.Copy(file, io.LimitReader(source, limit+1))
	if err == nil && obj.Size > limit {
		err = ErrFileServerFull
	}
	err = errors.Join(err, file.Close())
	if info, serr := os.Stat(obj.Path); serr == nil {
		obj.Changed = info.ModTime()
	}
	if err != nil {
		obj.discard()
		return fmt.Errorf("media: %w", err)
	}
	return nil
}

// openRegular opens a regular file and refuses everything else.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path) //nolint:gosec // the program chooses what it offers
	if err != nil {
		return nil, nil, fmt.Errorf("media: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%w: %s", ErrNotRegular, path)
	}
	file, err := os.Open(path) //nolint:gosec // the program chooses what it offers
	if err != nil {
		return nil, nil, fmt.Errorf("media: %w", err)
	}
	info, err = file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil, errors.Join(fmt.Errorf("%w: %s", ErrNotRegular, path), file.Close())
	}
	return file, info, nil
}

// discard removes the copy of an object.
func (o *offered) discard() {
	if o.Copied {
		_ = os.Remove(o.Path)
	}
}

// sweep drops expired objects. The caller holds the lock.
func (s *FileServer) sweep(ctx context.Context) {
	now := s.config.Clock.Now()
	for id, o := range s.objs {
		if o.TTL > 0 { // the clock may have been set back since
			o.Expires = store.Bound(o.Expires, now, o.TTL)
		}
		if !o.Expires.After(now) {
			s.drop(ctx, id)
		}
	}
}

// drop removes an object. The caller holds the lock.
func (s *FileServer) drop(ctx context.Context, id string) {
	if o := s.objs[id]; o != nil {
		o.discard()
		s.bytes -= o.Size
		delete(s.objs, id)
	}
	if s.config.State != nil {
		_ = s.config.State.Delete(ctx, objectPrefix+id) // on an error it expires
	}
}

const (
	objectPrefix = "media/shelf/"
	signingKey   = "media/shelf-key"
	keySize      = 32
)

// keep stores an object in the state.
func (s *FileServer) keep(ctx context.Context, id string, o *offered) error {
	if s.config.State == nil {
		return nil
	}
	value, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	if _, err := s.config.State.Put(ctx, objectPrefix+id, value, s.life(o)); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	return nil
}

// load reads, once, the signing key and the objects that the state holds. The caller holds the
// lock.
func (s *FileServer) load(ctx context.Context) error {
	if s.loaded {
		return nil
	}
	fresh := make([]byte, keySize)
	_, _ = rand.Read(fresh) // never fails
	if s.config.State == nil {
		s.key, s.loaded = fresh, true
		return nil
	}
	if _, err := s.config.State.Swap(ctx, signingKey, fresh, 0, 0); err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("media: %w", err)
	}
	entry, err := s.config.State.Get(ctx, signingKey)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	for after := ""; ; {
		entries, err := s.config.State.List(ctx, objectPrefix, after, 100)
		if err != nil {
			return fmt.Errorf("media: %w", err)
		}
		for _, e := range entries {
			var o offered
			if json.Unmarshal(e.Value, &o) == nil {
				s.objs[strings.TrimPrefix(e.Key, objectPrefix)] = &o
				s.bytes += o.Size
			}
			after = e.Key
		}
		if len(entries) == 0 {
			break
		}
	}
	s.key, s.loaded = entry.Value, true
	return nil
}
