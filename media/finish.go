package media

import (
	"bytes"
	"crypto/md5" //nolint:gosec // messages contain MD5 sums; they do not protect against an attacker
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func newBytes(b []byte) io.Reader { return bytes.NewReader(b) }

// finish checks a complete file and moves it to its name.
func (f *Fetcher) finish(p *partial, m Message, pl plan, w way) (*File, error) {
	if w.key != nil {
		plain, err := p.decrypt(w.key)
		p.remove()
		if err != nil {
			return nil, err
		}
		p = plain
	}
	file, err := p.measure()
	if err != nil {
		p.remove()
		return nil, err
	}
	wrong := mismatch(file, m, pl, w)
	if wrong != nil && !f.config.KeepMismatched {
		p.remove()
		return nil, wrong
	}
	file.Path, err = p.place(m.Folder, nameOf(m, pl, file.Type))
	if err != nil {
		p.remove()
		return nil, err
	}
	file.Name = filepath.Base(file.Path)
	return file, wrong
}

// decrypt makes a plain file of an encrypted one.
func (p *partial) decrypt(key []byte) (*partial, error) {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, diskError(err)
	}
	r, err := xmlmsg.NewMediaReader(p.file, key)
	if err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	plain, err := p.disk.write(r)
	if errors.Is(err, xmlmsg.ErrPadding) {
		return nil, fmt.Errorf("%w: %w", ErrChecksum, xmlmsg.ErrPadding)
	}
	return plain, err
}

// measure reads the file once to compute its checksums and its type.
func (p *partial) measure() (*File, error) {
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return nil, diskError(err)
	}
	long, short := sha256.New(), md5.New() //nolint:gosec // see the import
	head := make([]byte, sniffed)
	n, err := io.ReadFull(p.file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, diskError(err)
	}
	both := io.MultiWriter(long, short)
	_, _ = both.Write(head[:n])
	rest, err := io.CopyBuffer(both, struct{ io.Reader }{p.file}, make([]byte, 32<<10))
	if err != nil {
		return nil, diskError(err)
	}
	return &File{
		Size: int64(n) + rest, SHA256: hex.EncodeToString(long.Sum(nil)), MD5: hex.EncodeToString(short.Sum(nil)), Type: typeOf(head[:n]),
		page: isPage(head[:n]),
	}, nil
}

// mismatch compares a file with what its message announced.
func mismatch(file *File, m Message, p plan, w way) error {
	same := func(sum string) bool { return strings.EqualFold(sum, file.MD5) }
	whole := slices.ContainsFunc(w.md5s, same)
	switch {
	case file.Size == 0 && !whole:
		return fmt.Errorf("%w: it is empty", ErrChecksum)
	case p.pictured() && strings.HasPrefix(file.Type, "text/"):
		return fmt.Errorf("%w: the file is text and not media", ErrChecksum)
	case p.kind == xmlmsg.KindFile && !p.exact && len(w.md5s) == 0 && m.SHA256 == "" && file.page && !pageName(nameOf(m, p, "")):
		return fmt.Errorf("%w: an HTML page came instead of the file", ErrChecksum)
	case p.exact && file.Size != p.size:
		return fmt.Errorf("%w: %d bytes instead of %d", ErrChecksum, file.Size, p.size)
	case len(w.md5s) > 0 && !whole:
		return fmt.Errorf("%w: the MD5 differs", ErrChecksum)
	case !whole && file.Size < w.size && !p.converted(file):
		return fmt.Errorf("%w: %d bytes of %d: it is truncated", ErrChecksum, file.Size, w.size)
	case m.SHA256 != "" && !strings.EqualFold(m.SHA256, file.SHA256):
		return fmt.Errorf("%w: the SHA-256 differs", ErrChecksum)
	}
	return nil
}

// converted reports whether the service has converted the media, so that its size differs from the
// announced one: voices are SILK, but may be delivered as MP3.
func (p plan) converted(file *File) bool {
	return p.kind == xmlmsg.KindVoice && file.Type != "audio/silk"
}

// pictured reports whether the media is of a kind that is never text.
func (p plan) pictured() bool {
	switch p.kind {
	case xmlmsg.KindImage, xmlmsg.KindAppImage, xmlmsg.KindVideo, xmlmsg.KindVoice, xmlmsg.KindEmoji, xmlmsg.KindAppEmoji:
		return true
	default:
		return false
	}
}

// nameOf returns a safe name for the file of a message. If it has no extension, it gets the one of
// its content type.
func nameOf(m Message, p plan, contentType string) string {
	name := m.Name
	if safeName(name) == "" {
		name = p.name
	}
	fallback := string(p.kind)
	if m.Key != "" {
		fallback += "-" + m.Key[strings.LastIndexByte(m.Key, ':')+1:]
	}
	safe := SafeName(name, fallback)
	if ext := extOf(contentType); path.Ext(safe) == "" && ext != "" {
		safe = SafeName(safe+"."+ext, "")
	}
	return safe
}
