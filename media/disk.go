package media

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// errDisk marks disk errors, which affect every way to get the media.
var errDisk = errors.New("media: the disk")

func diskError(err error) error { return fmt.Errorf("%w: %w", errDisk, err) }

const (
	partials = ".partial" // incomplete files; names from messages never start with a dot
	dirMode  = 0o700
	fileMode = 0o600
)

// disk is the directory of downloads. Neither a name nor a symbolic link in it leads outside.
type disk struct {
	*os.Root
	dir string
}

func openDisk(dir string) (*disk, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, diskError(err)
	}
	if err := os.MkdirAll(absolute, dirMode); err != nil {
		return nil, diskError(err)
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, diskError(err)
	}
	if err := root.MkdirAll(partials, dirMode); err != nil {
		return nil, errors.Join(diskError(err), root.Close())
	}
	return &disk{root, absolute}, nil
}

// sweep removes partial files that were last changed before a time.
func (d *disk) sweep(before time.Time) {
	entries, err := fs.ReadDir(d.FS(), partials)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = d.Remove(path.Join(partials, e.Name()))
		}
	}
}

// partial is an incomplete file.
type partial struct {
	disk *disk
	file *os.File
	path string // below the disk
	size int64
	// total is the length of the whole file, if a server that sends the rest has stated it;
	// otherwise 0.
	total int64
	// validator lets the server decide whether its file is still the one that was begun; empty
	// means that the transfer cannot be resumed.
	validator string
	complete  bool // nothing is missing
	named     bool // its path depends on the message, so a later call finds it
}

// partial opens the partial file of a message and a way, including what an earlier attempt has
// left.
func (d *disk) partial(m Message, w way) (*partial, error) {
	p := &partial{disk: d, named: m.Key != ""}
	id := rand.Text()
	if p.named {
		id = identity(m.Key, w.name)
	}
	p.path = path.Join(partials, id)
	file, err := d.OpenFile(p.path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, diskError(err)
	}
	p.file = file
	if note, err := d.ReadFile(p.path + ".json"); err == nil {
		var n partialNote
		if json.Unmarshal(note, &n) == nil {
			p.validator = n.Validator
		}
	}
	return p, nil
}

// partialNote is stored next to a partial file.
type partialNote struct {
	Validator string `json:"validator"`
}

// offset returns the position from which the file is missing.
func (p *partial) offset() (int64, error) {
	if p.validator == "" {
		return 0, p.restart()
	}
	size, err := p.file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, diskError(err)
	}
	p.size = size
	return size, nil
}

// restart empties the file.
func (p *partial) restart() error {
	p.size, p.total, p.validator = 0, 0, ""
	if err := p.file.Truncate(0); err != nil {
		return diskError(err)
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return diskError(err)
	}
	return nil
}

func (p *partial) append(b []byte) error {
	n, err := p.file.Write(b)
	p.size += int64(n)
	if err != nil {
		return diskError(err)
	}
	return nil
}

// keep closes the file for a later attempt, or removes it if it cannot be resumed.
func (p *partial) keep() error {
	if p.validator == "" || !p.named || p.size == 0 {
		p.remove()
		return nil
	}
	note, err := json.Marshal(partialNote{p.validator})
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	if err := errors.Join(p.file.Sync(), p.file.Close(), p.disk.WriteFile(p.path+".json", note, fileMode)); err != nil {
		return diskError(err)
	}
	return nil
}

// remove closes and deletes the partial file.
func (p *partial) remove() {
	_ = p.file.Close()
	_ = p.disk.Remove(p.path)
	_ = p.disk.Remove(p.path + ".json")
}

// write creates a partial file from r.
func (d *disk) write(r io.Reader) (*partial, error) {
	p, err := d.partial(Message{}, way{})
	if err != nil {
		return nil, err
	}
	if p.size, err = io.Copy(p.file, r); err != nil {
		p.remove()
		return nil, diskError(err)
	}
	return p, nil
}

// maxDoubles limits the number of files with the same name in a folder.
const maxDoubles = 10_000

// place moves a completed file to its name in a folder. It never overwrites: the second file of a
// name becomes "name (2).ext".
func (p *partial) place(folder []string, name string) (string, error) {
	dir := ""
	for _, f := range folder {
		dir = path.Join(dir, SafeName(f, "_"))
	}
	if dir != "" {
		if err := p.disk.MkdirAll(dir, dirMode); err != nil {
			return "", diskError(err)
		}
	}
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return "", diskError(err)
	}
	ext := path.Ext(name)
	for n := 1; n <= maxDoubles; n++ {
		target := path.Join(dir, name)
		if n > 1 {
			target = path.Join(dir, strings.TrimSuffix(name, ext)+" ("+strconv.Itoa(n)+")"+ext)
		}
		taken, err := p.disk.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		switch {
		case errors.Is(err, fs.ErrExist):
			continue
		case err != nil:
			return "", diskError(err)
		}
		_ = taken.Close()
		if err := p.disk.Rename(p.path, target); err != nil {
			_ = p.disk.Remove(target)
			return "", diskError(err)
		}
		_ = p.disk.Remove(p.path + ".json")
		p.disk.syncDir(dir)
		return filepath.Join(p.disk.dir, filepath.FromSlash(target)), nil
	}
	return "", diskError(fmt.Errorf("%d files have the same name", maxDoubles))
}

// syncDir makes a new name durable. Not every system supports it; the content is safe anyway.
func (d *disk) syncDir(dir string) {
	if f, err := d.Open(path.Join(".", dir)); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}
