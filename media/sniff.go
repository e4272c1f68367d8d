package media

import (
	"bytes"
	"net/http"
	"path"
	"strings"
)

// sniffed is how many bytes the type of a file is read from.
const sniffed = 512

// typeOf is the content type of a file by its first bytes.
func typeOf(head []byte) string {
	switch {
	case IsSILK(head):
		return "audio/silk"
	case bytes.HasPrefix(head, []byte("#!AMR")):
		return "audio/amr"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "video/mp4"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	return kind
}

// isPage tells whether a file begins like an HTML page: what a gateway or a login answers in place of a file. Byte order marks,
// UTF-16, comments and an XML declaration before it change nothing.
func isPage(head []byte) bool {
	head = bytes.TrimPrefix(bytes.ReplaceAll(head, []byte{0}, nil), []byte("\xef\xbb\xbf"))
	head = bytes.TrimPrefix(bytes.TrimPrefix(head, []byte("\xff\xfe")), []byte("\xfe\xff"))
	for {
		head = bytes.ToLower(bytes.TrimSpace(head))
		var end []byte
		switch {
		case bytes.HasPrefix(head, []byte("<!--")):
			end = []byte("-->")
		case bytes.HasPrefix(head, []byte("<?xml")):
			end = []byte("?>")
		default:
			for _, begin := range []string{"<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script"} {
				if bytes.HasPrefix(head, []byte(begin)) {
					return true
				}
			}
			return false
		}
		_, rest, found := bytes.Cut(head, end)
		if !found {
			return bytes.Equal(end, []byte("-->")) // a comment that is longer than what is looked at
		}
		head = rest
	}
}

// pageName tells whether a file of that name is a page.
func pageName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht":
		return true
	}
	return false
}

// extOf is the extension that a content type has, without the dot; empty if it does not tell one.
func extOf(contentType string) string {
	switch contentType {
	case "image/jpeg":
		return "jpg"
	case "image/png", "image/gif", "image/webp", "image/bmp", "audio/silk", "audio/amr", "video/mp4", "video/webm", "application/pdf", "application/zip":
		_, ext, _ := strings.Cut(contentType, "/")
		return ext
	case "audio/mpeg":
		return "mp3"
	case "audio/wave":
		return "wav"
	}
	return ""
}
