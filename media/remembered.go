package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// stateKey returns the key of a download in the state. Message keys are hashed, because their
// length is not limited.
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

// remembered returns the file of a message that was downloaded before, if it still exists.
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
	if info, err := os.Stat(file.Path); err != nil || !info.Mode().IsRegular() || info.Size() != file.Size ||
		sumOf(file.Path) != file.SHA256 {
		return nil // it may be on another machine: a file of the same name here is not the same file
	}
	return &file
}

// sumOf returns the SHA-256 of a file in hex, or "" if it cannot be read.
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

// remember stores where the file of a message is. Errors are ignored: the message would only be
// downloaded again.
func (f *Fetcher) remember(ctx context.Context, m Message, file *File) {
	if f.config.State == nil || m.Key == "" {
		return
	}
	if value, err := json.Marshal(file); err == nil {
		_, _ = f.config.State.Put(ctx, stateKey(m), value, Remembered)
	}
}
