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

	"github.com/hongyan-go/hongyan/store"
)

// The defaults of ShelfConfig.
const (
	DefaultTTL        = 15 * time.Minute
	DefaultMaxObjects = 1000
	DefaultMaxBytes   = 2 << 30
)

// The errors of a Shelf.
var (
	// ErrShelfFull means that as much is offered as the shelf may hold. It empties as the links expire.
	ErrShelfFull = errors.New("media: the shelf is full: wait until links expire, or raise MaxObjects or MaxBytes")
	// ErrNoPublicURL means that nobody knows how the service reaches the shelf.
	ErrNoPublicURL = errors.New("media: the service cannot fetch files from this bot: set the public URL (HONGYAN_PUBLIC_URL, callback.public_url or Config.Callback.PublicURL)")
	// ErrPrivate means that the file belongs to the bot itself, such as its store.
	ErrPrivate = errors.New("media: files of the data directory are not sent, but those in media/: copy it elsewhere first, if it is to be sent")
	// ErrNotRegular means that what is to be offered is a directory, or another thing that is no file.
	ErrNotRegular = errors.New("media: not a regular file")
)

// ShelfPath is what the path of each link begins with.
const ShelfPath = "/files/"

// ShelfConfig configures a Shelf. All zero values work, but there are no links without a BaseURL.
type ShelfConfig struct {
	// BaseURL is how the service reaches the shelf, without ShelfPath. It is asked for at each link, as a listener may not know its address at first.
	// nil, and an empty answer, mean that it is not known.
	BaseURL func() string
	// State keeps the key of the signatures and the list of what is offered, so that links survive a restart. nil means that they do not.
	State store.State
	// Spread copies what is offered into the State, as other machines serve the links, too, and do not have the file. Without a State it means
	// nothing.
	Spread bool
	// MaxShared bounds a file that is copied into the State, in bytes; a larger one is ErrNotShared. 0 means DefaultMaxShared.
	MaxShared int64
	// Dir is where copies are kept; see Object.Copy. Empty means that nothing can be copied.
	Dir string
	// Private is a directory whose files are never offered, whatever link or name leads there, but those in its subdirectory Open.
	// Empty means that any file may be.
	Private, Open string
	// TTL is how long a link lives. 0 means DefaultTTL.
	TTL time.Duration
	// MaxObjects and MaxBytes bound what is offered at a time. 0 means the default.
	MaxObjects int
	MaxBytes   int64
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Object is what is offered.
type Object struct {
	// Path is the file. It is opened when it is asked for, so it must stay as it is until the link expires.
	Path string
	// Reader is the content in place of a file. It is copied.
	Reader io.Reader
	// Name is what the file is called for who fetches it. Empty means the name of the file. It is made safe.
	Name string
	// TTL is how long the link lives. 0 means that of the shelf.
	TTL time.Duration
	// MaxDownloads is how often it may be fetched. 0 means any number.
	MaxDownloads int
	// Copy copies the file, which may change or vanish then.
	Copy bool
}

// Shelf offers single files by signed links that expire. Who knows a link can fetch its file, and nothing else: there is no list, no directory, and no link can be
// guessed or changed. Several shelves with one State, in one process or many, serve each other's links. It is an http.Handler for the paths below ShelfPath. It is safe for concurrent use.
type Shelf struct {
	config ShelfConfig

	mu     sync.Mutex
	key    []byte // nil until it is made or read
	bytes  int64
	objs   map[string]*shelved
	loaded bool
}

// shelved is an object on the shelf, as the state keeps it.
type shelved struct {
	Path    string        `json:"path"`
	Size    int64         `json:"size"`
	Changed time.Time     `json:"changed"`
	Expires time.Time     `json:"expires"`
	TTL     time.Duration `json:"ttl"` // how far ahead Expires was when it was set
	Copied  bool          `json:"copied"`
	Left    int           `json:"left"`             // fetches; less than 0 means any number
	Spread  bool          `json:"spread,omitempty"` // its bytes are in the state
}

// NewShelf makes a shelf.
func NewShelf(c ShelfConfig) *Shelf {
	setDefault(&c.TTL, DefaultTTL)
	setDefault(&c.MaxObjects, DefaultMaxObjects)
	setDefault(&c.MaxBytes, DefaultMaxBytes)
	setDefault(&c.MaxShared, DefaultMaxShared)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.BaseURL == nil {
		c.BaseURL = func() string { return "" }
	}
	return &Shelf{config: c, objs: map[string]*shelved{}}
}

// Put offers a file, and returns its link.
func (s *Shelf) Put(ctx context.Context, o Object) (string, error) {
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
		return "", ErrShelfFull
	}
	id := rand.Text()
	expires := s.config.Now().Add(o.TTL).Truncate(time.Second)
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

// take looks at the file of an object, and copies it if that is wanted. The caller holds the lock.
func (s *Shelf) take(ctx context.Context, id string, o Object) (*shelved, error) {
	obj := &shelved{Left: -1}
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
		if inPrivate(s.config.Private, s.config.Open, path) { // before it is opened: to close a database would take its locks away
			return nil, ErrPrivate
		}
		file, info, err := openRegular(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if s.bytes+info.Size() > s.config.MaxBytes {
			return nil, ErrShelfFull
		}
		if s.spreads() && info.Size() > s.config.MaxShared {
			return nil, fmt.Errorf("%w: %d bytes", ErrNotShared, info.Size())
		}
		if !o.Copy && !s.spreads() {
			obj.Path, obj.Size, obj.Changed = path, info.Size(), info.ModTime()
			return obj, nil
		}
		source, obj.Changed = file, info.ModTime()
	}
	if s.spreads() {
		return obj, s.spread(ctx, id, obj, source, o.TTL+time.Minute)
	}
	return obj, s.copy(obj, source)
}

// spreads tells whether files are copied into the state.
func (s *Shelf) spreads() bool { return s.config.Spread && s.config.State != nil }

// copy writes the content of an object to the shelf's own directory.
func (s *Shelf) copy(obj *shelved, source io.Reader) error {
	if s.config.Dir == "" {
		return errors.New("media: no directory for copies: set ShelfConfig.Dir, or offer a file that stays")
	}
	dir, err := filepath.Abs(s.config.Dir)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return diskError(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode) //nolint:gosec // a name of our own
	if err != nil {
		return diskError(err)
	}
	obj.Path, obj.Copied = file.Name(), true
	limit := s.config.MaxBytes - s.bytes
	obj.Size, err = io.Copy(file, io.LimitReader(source, limit+1))
	if err == nil && obj.Size > limit {
		err = ErrShelfFull
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

// openRegular opens a file, and nothing that only looks like one.
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
func (o *shelved) discard() {
	if o.Copied {
		_ = os.Remove(o.Path)
	}
}

// sweep takes down what has expired. The caller holds the lock.
func (s *Shelf) sweep(ctx context.Context) {
	now := s.config.Now()
	for id, o := range s.objs {
		if o.TTL > 0 { // the clock may have been set back since
			o.Expires = store.Bound(o.Expires, now, o.TTL)
		}
		if !o.Expires.After(now) {
			s.drop(ctx, id)
		}
	}
}

// drop takes an object down. The caller holds the lock.
func (s *Shelf) drop(ctx context.Context, id string) {
	if o := s.objs[id]; o != nil {
		o.discard()
		s.bytes -= o.Size
		delete(s.objs, id)
	}
	if s.config.State != nil {
		_ = s.config.State.Delete(ctx, shelfPrefix+id) // else it ends by its own time
	}
}

const (
	shelfPrefix = "media/shelf/"
	shelfKey    = "media/shelf-key"
	keySize     = 32
)

// keep writes an object to the state, for a restart.
func (s *Shelf) keep(ctx context.Context, id string, o *shelved) error {
	if s.config.State == nil {
		return nil
	}
	value, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	if _, err := s.config.State.Put(ctx, shelfPrefix+id, value, s.life(o)); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	return nil
}

// load reads the key and the objects of an earlier process, once. The caller holds the lock.
func (s *Shelf) load(ctx context.Context) error {
	if s.loaded {
		return nil
	}
	fresh := make([]byte, keySize)
	_, _ = rand.Read(fresh) // never fails
	if s.config.State == nil {
		s.key, s.loaded = fresh, true
		return nil
	}
	if _, err := s.config.State.Swap(ctx, shelfKey, fresh, 0, 0); err != nil && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("media: %w", err)
	}
	entry, err := s.config.State.Get(ctx, shelfKey)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	for after := ""; ; {
		entries, err := s.config.State.List(ctx, shelfPrefix, after, 100)
		if err != nil {
			return fmt.Errorf("media: %w", err)
		}
		for _, e := range entries {
			var o shelved
			if json.Unmarshal(e.Value, &o) == nil {
				s.objs[strings.TrimPrefix(e.Key, shelfPrefix)] = &o
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
