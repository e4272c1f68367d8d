package middleware

import (
	"strconv"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/router"
)

// droppedLateNotice is the drop reason of JoinFiles.
const droppedLateNotice = "late notice"

// JoinFilesConfig configures JoinFiles. The zero value works.
type JoinFilesConfig struct {
	// Window is how long complete files are remembered. 0 means an hour.
	Window time.Duration
	// Count is called for each dropped message. nil means that drops are not counted.
	Count func(reason string)
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// defaultFileWindow is the default of JoinFilesConfig.Window. The upload of a large file takes
// minutes.
const defaultFileWindow = time.Hour

// maxFiles limits what JoinFiles remembers.
const maxFiles = 10_000

// JoinFiles joins the two messages that WeChat sends for a file: the FileNotice that the upload has
// begun, and the complete File. A FileNotice that arrives after its File is obsolete and is
// dropped. A File without a FileNotice passes, and so does a FileNotice whose File never arrives. A
// message that is delivered twice has the same id, and the inbox drops it. Pitfall: it joins the
// messages of one upload, by the id of the FileNotice or the token. The same document sent twice is
// two files.
func JoinFiles(config JoinFilesConfig) router.Middleware {
	if config.Window == 0 {
		config.Window = defaultFileWindow
	}
	config.Clock = clock.Or(config.Clock)
	f := &files{config: config, complete: map[string]time.Time{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if !f.isLateNotice(c) {
				return next(c)
			}
			if config.Count != nil {
				config.Count(droppedLateNotice)
			}
			c.Drop(droppedLateNotice)
			return nil
		}
	}
}

type files struct {
	config JoinFilesConfig

	mu       sync.Mutex
	complete map[string]time.Time // by the keys of the upload: until when it is remembered
}

// isLateNotice remembers complete files, and reports whether a FileNotice arrives after its File.
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

// keys returns the keys of an upload: the id of its FileNotice, and its token.
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

// known reports whether the File of an upload has arrived.
func (f *files) known(ks []string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.config.Clock.Now()
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
	now := f.config.Clock.Now()
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
