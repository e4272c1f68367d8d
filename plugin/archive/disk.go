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
	"path"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/media"
)

const (
	indexName = "index.jsonl"
	dirMode   = 0o700
	fileMode  = 0o600
)

// shelf is where an archive keeps files.
type shelf interface {
	name() string // of the bucket; empty for the disk
	// take moves a download of a message to a place of its own, and removes the download.
	take(ctx context.Context, message string, file *media.File, folders []string, name string) (place string, err error)
	remove(ctx context.Context, place string) error
	close() error
}

// disk is the directory of an archive. It has the index. No name in it leads outside.
type disk struct {
	mu   sync.Mutex // the tasks of several accounts write into it
	root *os.Root
}

func openDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return &disk{root: root}, nil
}

// name is empty: entries of files on the disk have no bucket.
func (d *disk) name() string { return "" }

func (d *disk) close() error { return nil } // the index closes the directory

// remove removes a file; one that does not exist is no error.
func (d *disk) remove(_ context.Context, place string) error {
	if err := d.root.Remove(place); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// take copies a download to a place below the directory, and removes the download. Nothing is
// overwritten: a name that is taken gets a number.
func (d *disk) take(_ context.Context, _ string, file *media.File, folders []string, name string) (place string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, err := file.Open()
	if err != nil {
		return "", err
	}
	defer from.Close()
	folder := path.Join(folders...)
	if err := d.root.MkdirAll(path.Join(".", folder), dirMode); err != nil {
		return "", err
	}
	var to *os.File
	for n := 1; to == nil; n++ {
		place = path.Join(folder, numbered(name, n))
		to, err = d.root.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return "", errors.Join(err, d.root.Remove(place))
	}
	return place, os.Remove(file.Path)
}

// numbered is a name with a number before its extension; the first has none.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := path.Ext(name)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
}

// note adds a line to the index.
func (d *disk) note(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	f, err := d.root.OpenFile(indexName, os.O_WRONLY|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// expire deletes the files whose message is older than a time, with their lines in the index, and
// returns their bytes.
func (d *disk) expire(ctx context.Context, on shelf, before time.Time) (freed int64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, err := d.root.Open(indexName)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer from.Close()
	next := indexName + ".new"
	to, err := d.root.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return 0, err
	}
	freed, failed, err := d.copyLater(ctx, to, from, on, before)
	if err = errors.Join(err, to.Close()); err != nil {
		return freed, errors.Join(err, d.root.Remove(next))
	}
	return freed, errors.Join(failed, d.root.Rename(next, indexName))
}

// copyLater copies the lines of an index that are not older than a time, and deletes the files of
// the others. A line stays if it cannot be read, if its file is in another bucket, or if its file
// cannot be deleted; then no other is tried.
func (d *disk) copyLater(ctx context.Context, to io.Writer, from io.Reader, on shelf, before time.Time) (freed int64, failed, err error) {
	gone := func(line []byte) bool {
		var e Entry
		if failed != nil || json.Unmarshal(line, &e) != nil || !e.Time.Before(before) {
			return false
		}
		place := shelf(d)
		switch {
		case e.Path == "":
			return true
		case e.Bucket == on.name():
			place = on
		case e.Bucket != "":
			return false
		}
		if failed = place.remove(ctx, e.Path); failed != nil {
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
