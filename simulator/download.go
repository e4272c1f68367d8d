package simulator

import (
	"cmp"
	"crypto/md5" //nolint:gosec // it makes bytes that look like any; nothing is protected by it
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// maxBodies bounds how many objects of the cdn are remembered with their bytes. Links of those that are forgotten lead to other bytes.
const maxBodies = 10_000

// body makes the bytes that are behind a message: their name, and their md5.
func (s *Simulator) body(size int64, extension string, of ...any) (name, sum string) {
	name = s.ids.digest("body", of)
	_, head := s.fileHead(fileExt(extension))
	h := md5.New()                                                               //nolint:gosec // the format has an md5; nothing is protected by it
	_, _ = io.Copy(h, &content{key: name, head: head, size: downloadSize(size)}) // neither side fails
	return name, hex.EncodeToString(h.Sum(nil))
}

// shelve puts bytes behind an object of the cdn. The caller holds the lock.
func (s *Simulator) shelve(cdnID, name string) {
	if len(s.bodies) >= maxBodies {
		clear(s.bodies)
	}
	s.bodies[cdnID] = name
}

// downloadSize is how many bytes come for a size that a message tells.
func downloadSize(size int64) int64 {
	if size <= 0 {
		return mediaLength
	}
	return min(size, maxDownload)
}

// fileExt is an extension as it is in links.
func fileExt(extension string) string {
	return cmp.Or(strings.ToLower(strings.Trim(path.Ext("x."+extension), ".")), "bin")
}

const (
	downloads   = "/download/" // what links begin with
	maxDownload = 64 << 20     // bytes of one download
)

// download serves a link: so many bytes as its name says, always the same ones. They are made when they are read.
func (s *Simulator) download(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	key, rest, _ := strings.Cut(name, "-")
	digits, extension, _ := strings.Cut(rest, ".")
	size, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 || size > maxDownload || len(key) != 2*md5.Size {
		notFound(w, r)
		return
	}
	kind, head := s.fileHead(extension)
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Unix(1_750_000_000, 0), &content{key: key, head: head, size: size})
}

// fileHead is how files of a kind begin, so that programs take them for what they are called.
func (s *Simulator) fileHead(extension string) (kind string, head []byte) {
	switch extension {
	case "jpg":
		return "image/jpeg", s.ids.thumbnail
	case "png":
		return "image/png", []byte("\x89PNG\r\n\x1a\n")
	case "silk":
		return "audio/silk", []byte("\x02#!SILK_V3\x02\x00\x00\x00\xff\xff") // one empty frame, and the end
	case "mp4":
		return "video/mp4", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x00mdat")
	default:
		return "application/octet-stream", nil
	}
}

// content is bytes that follow from a key and their place.
type content struct {
	key  string
	head []byte
	size int64
	at   int64
}

// contentBlock is how many bytes of content come from one sum.
const contentBlock = 4 << 10

// Read makes the bytes at the current place.
func (c *content) Read(p []byte) (int, error) {
	if c.at >= c.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), c.size-c.at))
	for done := 0; done < n; {
		if c.at < int64(len(c.head)) {
			done, c.at = done+1, c.at+1
			p[done-1] = c.head[c.at-1]
			continue
		}
		block := c.at / contentBlock
		sum := md5.Sum(binary.BigEndian.AppendUint64([]byte(c.key), uint64(block))) //nolint:gosec // see the import; the place is not negative
		for end := (block + 1) * contentBlock; done < n && c.at < end; {
			copied := copy(p[done:min(int64(n), int64(done)+end-c.at)], sum[c.at%md5.Size:])
			done, c.at = done+copied, c.at+int64(copied)
		}
	}
	return n, nil
}

// Seek moves the place.
func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errors.New("simulator: a place before the beginning")
	}
	c.at = offset
	return c.at, nil
}
