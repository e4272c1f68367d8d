package middleware

import (
	"strconv"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// DroppedLateNotice is the reason of JoinFiles.
const DroppedLateNotice = "late notice"

// JoinFilesConfig configures JoinFiles. The zero value works.
type JoinFilesConfig struct {
	// Window is how long the halves of a file are remembered. 0 means DefaultFileWindow.
	Window time.Duration
	// Count is called for each message that is dropped. nil means nobody counts.
	Count func(reason string)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// DefaultFileWindow is how long the halves of a file are remembered. Large files take minutes.
const DefaultFileWindow = time.Hour

// maxFiles bounds what JoinFiles remembers.
const maxFiles = 10_000

// JoinFiles makes one file of the two messages that WeChat sends for it: the notice that the upload has begun, and the complete file. Handlers get
// one File when it is complete; the notice goes to FileNotice handlers before. A notice that comes after its file says nothing any more, and is dropped. A file without a
// notice, and a notice whose file never comes, pass; a half that is delivered twice has the same id, and is dropped by the inbox.
//
// Pitfall: it knows the halves of one upload, by the id of the notice or the token. The same document sent twice is two files.
func JoinFiles(config JoinFilesConfig) router.Middleware {
	if config.Window == 0 {
		config.Window = DefaultFileWindow
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	f := &files{config: config, complete: map[string]time.Time{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if !f.isLateNotice(c) {
				return next(c)
			}
			if config.Count != nil {
				config.Count(DroppedLateNotice)
			}
			c.Drop(DroppedLateNotice)
			return nil
		}
	}
}

type files struct {
	config JoinFilesConfig

	mu       sync.Mutex
	complete map[string]time.Time // by the keys of the upload: until when it is remembered
}

// isLateNotice remembers complete files, and tells whether a notice comes after its file.
func (f *files) isLateNotice(c *router.Context) bool {
	u, ok := c.Upload()
	if !ok {
		return false
	}
	ks := keys(c.Account()+"/"+c.Conversation().ID+"/", u.Notice, u.Token)
	if u.Complete {
		f.remember(ks)
		return false
	}
	return f.known(ks)
}

// keys are the names of an upload: the id of its notice, and its token.
func keys(prefix string, notice uint64, token string) []string {
	var ks []string
	if notice != 0 {
		ks = append(ks, prefix+strconv.FormatUint(notice, 10))
	}
	if token != "" {
		ks = append(ks, prefix+token)
	}
	return ks
}

// known tells whether the file of an upload has come.
func (f *files) known(ks []string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.config.Now()
	for _, k := range ks {
		if f.complete[k].After(now) {
			return true
		}
	}
	return false
}

func (f *files) remember(ks []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.config.Now()
	if len(f.complete) >= maxFiles {
		for k, until := range f.complete {
			if !until.After(now) {
				delete(f.complete, k)
			}
		}
		if len(f.complete) >= maxFiles {
			clear(f.complete)
		}
	}
	for _, k := range ks {
		f.complete[k] = now.Add(f.config.Window)
	}
}
