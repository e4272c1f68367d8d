package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/hongyan-go/hongyan/store"
)

const (
	// settle is how long a file must be left alone before it is read: an editor writes it in steps.
	settle = 300 * time.Millisecond
	// findEvery is how often the names are looked up that have no id yet.
	findEvery = time.Minute
)

// follow reloads when the file is saved, when a signal or a request asks for it, and when the id of
// a name has been found, until ctx ends.
func (l *live) follow(ctx context.Context, hangups <-chan struct{}) {
	w, err := newWatcher(l.path)
	if err != nil {
		l.say("%s: it is not seen when the file is saved: %v; SIGHUP and the command reload have the bot read it", l.path, err)
		w = &watcher{}
	}
	defer w.close()
	requests, finds := time.NewTicker(askEvery), time.NewTicker(findEvery)
	defer requests.Stop()
	defer finds.Stop()
	saved := time.NewTimer(settle)
	defer saved.Stop()
	seen, _, err := asked(ctx, l.state)
	if err != nil && !errors.Is(err, store.ErrClosed) { // a bot that cannot start has closed it
		l.say("%v", err)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.events():
			if w.means(e) {
				saved.Reset(settle)
			}
		case err := <-w.errors():
			if err != nil { // a queue was full: the file may have been saved
				saved.Reset(settle)
			}
		case <-saved.C:
			if l.differs() {
				l.again(ctx)
			}
		case <-hangups:
			l.again(ctx)
		case <-requests.C:
			r, _, err := asked(ctx, l.state)
			if err != nil || r.Number == seen.Number {
				continue
			}
			seen = r
			if err := reply(ctx, l.state, r.Number, l.again(ctx)); err != nil && ctx.Err() == nil {
				l.say("%v", err)
			}
		case <-finds.C:
			if l.found(ctx) {
				l.again(ctx)
			}
		}
	}
}

// differs reports whether the file is another one than was read last.
func (l *live) differs() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, err := read(l.path)
	return err == nil && sha256.Sum256(text) != l.read // a file that is missing is being replaced
}

// found reports whether the id of a name is known now that was not.
func (l *live) found(ctx context.Context) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.missing)
	if before == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	_, missing, err := l.names.resolve(ctx, l.now)
	return err == nil && len(missing) < before
}

// watcher sees when a file is saved. It watches directories, as editors and Kubernetes put another
// file in the place of the old one.
type watcher struct {
	w     *fsnotify.Watcher // nil if nothing can be watched
	names []string          // of the entries that mean the file
}

func newWatcher(path string) (*watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	all := &watcher{w: w, names: []string{"..data"}} // Kubernetes exchanges this link
	places := []string{path}
	if target, err := filepath.EvalSymlinks(path); err == nil && target != path {
		places = append(places, target)
	}
	for _, place := range places {
		all.names = append(all.names, filepath.Base(place))
		if err := w.Add(filepath.Dir(place)); err != nil {
			_ = w.Close() // it has failed already
			return nil, err
		}
	}
	return all, nil
}

// events are those of the directories; none if nothing can be watched.
func (w *watcher) events() <-chan fsnotify.Event {
	if w.w == nil {
		return nil
	}
	return w.w.Events
}

func (w *watcher) errors() <-chan error {
	if w.w == nil {
		return nil
	}
	return w.w.Errors
}

// means reports whether an event may be about the file.
func (w *watcher) means(e fsnotify.Event) bool {
	return slices.Contains(w.names, filepath.Base(e.Name))
}

func (w *watcher) close() {
	if w.w != nil {
		_ = w.w.Close() // it only watches
	}
}
