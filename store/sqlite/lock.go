package sqlite

import (
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/internal/phrase"
)

func lockPath(path string) string { return path + ".lock" }

func locked(owner phrase.Text, path string, err error) error {
	return phrase.Errorf("%w: %v works on %s: stop it first, or give this bot its own data directory (%w)", ErrLocked, owner, path, err)
}

// takeLock makes this process the only one that uses the file. SQLite's own locks are not enough:
// they let processes take turns, and a process does not know the leases of another.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(lockPath(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		owner := phrase.New("another process")
		if text, _ := io.ReadAll(io.LimitReader(f, 20)); len(text) > 0 {
			owner = phrase.New("process %s", strings.TrimSpace(string(text)))
		}
		_ = f.Close()
		return nil, locked(owner, path, err)
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
