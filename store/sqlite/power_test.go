package sqlite_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// disk knows which part of the log of a store is on stable storage.
type disk struct {
	*sqlite.Store
	mu      sync.Mutex
	flushed int64 // bytes of the log
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{Store: open(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "data", sqlite.FileName)})}
	d.flushed = int64(len(keep(t, d.Path())["-wal"]))
	d.SetFlush(func(log *os.File) error {
		info, err := log.Stat()
		if err == nil {
			err = log.Sync()
		}
		if err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.flushed = info.Size()
		return nil
	})
	return d
}

// crash returns what a crash of the machine may leave: the log up to any page after the last one
// that was flushed. The log has not begun again, as it is short.
func (d *disk) crash(t *testing.T) []store.Store {
	t.Helper()
	d.mu.Lock()
	flushed := d.flushed
	d.mu.Unlock()
	files := keep(t, d.Path())
	wal := files["-wal"]
	const frame = 24 + 4096
	var left []store.Store
	for size := int64(len(wal)); size >= flushed; size -= frame {
		left = append(left, open(t, sqlite.Config{Path: files.with("-wal", wal[:size]).put(t)}))
	}
	require.NotEmpty(t, left)
	return left
}
