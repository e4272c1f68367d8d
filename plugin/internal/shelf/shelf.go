// Package shelf is where files are kept: in a directory, or in a bucket of a storage. Nothing on a
// shelf is overwritten, and no name leads outside.
package shelf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/media"
)

// Shelf keeps files.
type Shelf interface {
	// Name is that of a bucket; empty for a directory.
	Name() string
	// Take moves a download of a message to a place of its own, and removes the download. The place
	// is in the folders, and is called name, or that with a number.
	Take(ctx context.Context, message string, file *media.File, folders []string, name string) (place string, err error)
	// Remove removes a file; one that does not exist is no error.
	Remove(ctx context.Context, place string) error
	// Close ends its use.
	Close() error
}

const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Disk is a shelf in a directory.
type Disk struct {
	mu   sync.Mutex // a name that is free is taken before another task looks for one
	root *os.Root
}

// OpenDisk opens a directory, which exists.
func OpenDisk(dir string) (*Disk, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	return &Disk{root: root}, nil
}

// Name is empty.
func (d *Disk) Name() string { return "" }

// Close closes the directory.
func (d *Disk) Close() error { return d.root.Close() }

// Remove implements Shelf.
func (d *Disk) Remove(_ context.Context, place string) error {
	if err := d.root.Remove(place); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("shelf: %w", err)
	}
	return nil
}

// Take implements Shelf.
func (d *Disk) Take(_ context.Context, _ string, file *media.File, folders []string, name string) (place string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	from, err := file.Open()
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	defer from.Close()
	folder := path.Join(folders...)
	if err := d.root.MkdirAll(path.Join(".", folder), dirMode); err != nil {
		return "", fmt.Errorf("shelf: %w", err)
	}
	var to *os.File
	for n := 1; to == nil; n++ {
		place = path.Join(folder, numbered(name, n))
		to, err = d.root.OpenFile(place, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("shelf: %w", err)
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
