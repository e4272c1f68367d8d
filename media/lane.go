package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

// lane lets one download of an account through at a time.
type lane struct {
	busy chan struct{}
	next time.Time // when the account may ask again; guarded by busy
}

func (f *Fetcher) lane(appID string) *lane {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.lanes[appID]
	if l == nil {
		l = &lane{busy: make(chan struct{}, 1)}
		f.lanes[appID] = l
	}
	return l
}

func (l *lane) enter(ctx context.Context) error {
	select {
	case l.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("media: waiting for other downloads of the account: %w", context.Cause(ctx))
	}
}

func (l *lane) leave() { <-l.busy }

// rest waits until the account may ask again, and reserves the rest after that.
func (f *Fetcher) rest(ctx context.Context, l *lane) error {
	now := f.config.Now()
	pause := l.next.Sub(now)
	if deadline, ok := ctx.Deadline(); ok && pause > 0 && deadline.Before(now.Add(pause)) {
		return fmt.Errorf("media: the account may download again in %v, after the deadline: %w", pause.Round(time.Second), context.DeadlineExceeded)
	}
	if pause > 0 {
		if err := f.config.Wait(ctx, pause); err != nil {
			return err
		}
	}
	if gap := f.config.Gap; gap.Max > 0 {
		l.next = f.config.Now().Add(gap.Min + time.Duration(f.config.Random()*float64(gap.Max-gap.Min)))
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("media: %w", context.Cause(ctx))
	}
}

// stateKey is where the state remembers a download. Keys of messages are hashed: their length is not ours.
func stateKey(m Message) string {
	return "media/file/" + identity(m.Key, fmt.Sprint(m.Name, m.Folder, m.Original))
}

func identity(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// remembered is the file of a message that was downloaded before, if it is still there.
func (f *Fetcher) remembered(ctx context.Context, m Message) *File {
	if f.config.State == nil || m.Key == "" {
		return nil
	}
	entry, err := f.config.State.Get(ctx, stateKey(m))
	if err != nil {
		return nil
	}
	var file File
	if json.Unmarshal(entry.Value, &file) != nil {
		return nil
	}
	if info, err := os.Stat(file.Path); err != nil || !info.Mode().IsRegular() || info.Size() != file.Size || sumOf(file.Path) != file.SHA256 {
		return nil // on another machine, perhaps: a file of the same name here is not the same file
	}
	return &file
}

// sumOf is the SHA256 of a file in hex; empty if it cannot be read.
func sumOf(path string) string {
	f, err := os.Open(path) //nolint:gosec // a path that was remembered
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, struct{ io.Reader }{f}, make([]byte, 32<<10)); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

// remember keeps where a message is. What fails is only a saving: the message would be downloaded again.
func (f *Fetcher) remember(ctx context.Context, m Message, file *File) {
	if f.config.State == nil || m.Key == "" {
		return
	}
	if value, err := json.Marshal(file); err == nil {
		_, _ = f.config.State.Put(ctx, stateKey(m), value, Remembered)
	}
}
