package world

import (
	"bytes"
	"cmp"
	"crypto/md5" //nolint:gosec // the format has an md5; nothing is protected by it
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// NewMedia makes an object of the cdn with size bytes, which follow from of. Without an extension
// it has no bytes.
func (w *World) NewMedia(now int64, size int64, extension string, of ...any) message.Media {
	m := message.Media{CdnID: w.IDs.cdnID(now), Key: w.IDs.Key(), Now: now}
	if extension == "" {
		m.MD5 = w.IDs.Digest(of...)
		return m
	}
	name, sum := w.body(size, extension, of...)
	m.MD5 = sum
	w.keepBody(m.CdnID, name)
	return m
}

// maxBodies bounds the objects of the cdn whose bytes are remembered. The links of forgotten ones
// lead to other bytes.
const maxBodies = 10_000

// body returns the name and the md5 of the bytes of an object.
func (w *World) body(size int64, extension string, of ...any) (name, sum string) {
	name = w.IDs.Digest("body", of)
	h := md5.New() //nolint:gosec // see the import
	_, c := w.contentOf(name, FileExt(extension), DownloadSize(size))
	_, _ = io.Copy(h, c) // neither can fail
	return name, hex.EncodeToString(h.Sum(nil))
}

// keepBody remembers the bytes of an object of the cdn.
func (w *World) keepBody(cdnID, name string) {
	if len(w.Bodies) >= maxBodies {
		clear(w.Bodies)
	}
	w.Bodies[cdnID] = name
}

// keepContent remembers bytes that were given for an object, and returns their sum. The object of a
// body with "of" and this sum has them.
func (w *World) keepContent(of []any, content []byte) (sum string) {
	if len(w.given) >= maxBodies {
		clear(w.given)
	}
	sum = fmt.Sprintf("%x", md5.Sum(content)) //nolint:gosec // see the import
	w.given[w.IDs.Digest("body", append(of, sum))] = bytes.Clone(content)
	return sum
}

// ContentOf returns the content type and the bytes of an object: those that were given for it, or
// as many made-up ones as size says. It takes the lock.
func (w *World) ContentOf(name, extension string, size int64) (kind string, c *Content) {
	w.Lock()
	defer w.Unlock()
	return w.contentOf(name, extension, size)
}

func (w *World) contentOf(name, extension string, size int64) (kind string, c *Content) {
	kind, head := w.fileHead(extension)
	if given, ok := w.given[name]; ok {
		head, size = given, int64(len(given))
	}
	return kind, &Content{Key: name, Head: head, Size: size}
}

// DownloadSize returns how many bytes a download has for the size in a message.
func DownloadSize(size int64) int64 {
	if size <= 0 {
		return message.MediaLength
	}
	return min(size, MaxDownload)
}

// FileExt returns an extension as links have it.
func FileExt(extension string) string {
	return cmp.Or(strings.ToLower(strings.Trim(path.Ext("x."+extension), ".")), "bin")
}

// MaxDownload bounds the bytes of one download.
const MaxDownload = 64 << 20

// fileHead returns the content type and the first bytes of files with an extension, by which
// programs recognise them.
func (w *World) fileHead(extension string) (kind string, head []byte) {
	switch extension {
	case "jpg":
		return "image/jpeg", w.IDs.thumbnail
	case "png":
		return "image/png", []byte("\x89PNG\r\n\x1a\n")
	case "silk":
		return "audio/silk", []byte("\x02#!SILK_V3\x02\x00\x00\x00\xff\xff") // an empty frame
	case "mp4":
		return "video/mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x00mdat")
	default:
		return "application/octet-stream", nil
	}
}

// Content is a file whose bytes follow from a key and their offset.
type Content struct {
	Key  string
	Head []byte
	Size int64
	at   int64
}

// contentBlock is how many bytes of a Content come from one sum.
const contentBlock = 4 << 10

// Read makes the bytes at the current offset.
func (c *Content) Read(p []byte) (int, error) {
	if c.at >= c.Size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), c.Size-c.at))
	for done := 0; done < n; {
		if c.at < int64(len(c.Head)) {
			done, c.at = done+1, c.at+1
			p[done-1] = c.Head[c.at-1]
			continue
		}
		block := c.at / contentBlock
		at := binary.BigEndian.AppendUint64([]byte(c.Key), uint64(block)) //nolint:gosec // not negative
		sum := md5.Sum(at)                                                //nolint:gosec // see the import
		for end := (block + 1) * contentBlock; done < n && c.at < end; {
			copied := copy(p[done:min(int64(n), int64(done)+end-c.at)], sum[c.at%md5.Size:])
			done, c.at = done+copied, c.at+int64(copied)
		}
	}
	return n, nil
}

// Seek sets the offset.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.Size
	}
	if offset < 0 {
		return 0, errors.New("simulator: a negative offset")
	}
	c.at = offset
	return c.at, nil
}
