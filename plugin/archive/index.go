package archive

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/plugin/internal/shelf"
)

const (
	indexName = "index.jsonl"
	dirMode   = 0o700
	fileMode  = 0o600
)

// index is the list of what an archive has, in its directory. No name in it leads outside.
type index struct {
	mu   sync.Mutex // the tasks of several accounts write into it
	root *os.Root
}

func openIndex(dir string) (*index, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return &index{root: root}, nil
}

// note adds lines to the index.
func (x *index) note(all ...Entry) error {
	var lines []byte
	for _, e := range all {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	f, err := x.root.OpenFile(indexName, os.O_WRONLY|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	return errors.Join(err, f.Close())
}

// expire deletes the files whose message is older than a time, with their lines in the index, and
// returns their bytes.
func (x *index) expire(ctx context.Context, disk, on shelf.Shelf, before time.Time) (freed int64, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	from, err := x.root.Open(indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer from.Close()
	next := indexName + ".new"
	to, err := x.root.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return 0, err
	}
	freed, failed, err := copyLater(ctx, to, from, disk, on, before)
	if err = errors.Join(err, to.Close()); err != nil {
		return freed, errors.Join(err, x.root.Remove(next))
	}
	return freed, errors.Join(failed, x.root.Rename(next, indexName))
}

// copyLater copies the lines of an index that are not older than a time, and deletes the files of
// the others. A line stays if it cannot be read, if its file is in another bucket, or if its file
// cannot be deleted; then no other is tried.
func copyLater(ctx context.Context, to io.Writer, from io.Reader, disk, on shelf.Shelf, before time.Time) (freed int64, failed, err error) {
	gone := func(line []byte) bool {
		var e Entry
		if failed != nil || json.Unmarshal(line, &e) != nil || !e.Time.Before(before) {
			return false
		}
		place := disk
		switch {
		case e.Path == "":
			return true
		case e.Bucket == on.Name():
			place = on
		case e.Bucket != "":
			return false
		}
		if failed = place.Remove(ctx, e.Path); failed != nil {
			return false
		}
		freed += e.Size
		return true
	}
	w := bufio.NewWriter(to)
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 && !gone(line) {
			if _, err := w.Write(line); err != nil {
				return freed, failed, err
			}
		}
		if errors.Is(err, io.EOF) {
			return freed, failed, w.Flush()
		}
		if err != nil {
			return freed, failed, err
		}
	}
}
