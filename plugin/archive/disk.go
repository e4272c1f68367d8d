package archive

import (
	"bufio"
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

// disk is the directory of an archive. No name in it leads outside.
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

// take copies a download to a place below the directory, and removes the download. Nothing is
// overwritten: a name that is taken gets a number.
func (d *disk) take(file *media.File, folders []string, name string) (place string, err error) {
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
func (d *disk) expire(before time.Time) (freed int64, err error) {
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
	freed, err = d.copyLater(to, from, before)
	if err = errors.Join(err, to.Close()); err != nil {
		return freed, errors.Join(err, d.root.Remove(next))
	}
	return freed, d.root.Rename(next, indexName)
}

// copyLater copies the lines of an index that are not older than a time, and deletes the files of
// the others. A line that cannot be read stays.
func (d *disk) copyLater(to io.Writer, from io.Reader, before time.Time) (freed int64, err error) {
	w := bufio.NewWriter(to)
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadBytes('\n')
		var e Entry
		if len(line) > 0 && json.Unmarshal(line, &e) == nil && e.Time.Before(before) {
			if e.Path != "" {
				if err := d.root.Remove(e.Path); err == nil {
					freed += e.Size
				} else if !errors.Is(err, fs.ErrNotExist) {
					return freed, err
				}
			}
		} else if _, err := w.Write(line); err != nil {
			return freed, err
		}
		if errors.Is(err, io.EOF) {
			return freed, w.Flush()
		}
		if err != nil {
			return freed, err
		}
	}
}
