package media

import (
	"bytes"
	"net/http"
	"path"
	"strings"
)

// sniffed is the number of bytes that the type of a file is detected from.
const sniffed = 512

// typeOf returns the content type of a file by its first bytes.
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

// isPage reports whether a file starts like an HTML page, as gateways and login pages return
// instead of a file. It ignores byte order marks, UTF-16, comments and an XML declaration.
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
			return bytes.Equal(end, []byte("-->")) // a comment that is longer than head
		}
		head = rest
	}
}

// pageName reports whether a file name is that of an HTML page.
func pageName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht":
		return true
	}
	return false
}

// extOf returns the extension for a content type without the dot, or "" if it is unknown.
func extOf(contentType string) string {
	switch contentType {
	case "image/jpeg":
		return "jpg"
	case "image/png", "image/gif", "image/webp", "image/bmp", "audio/silk", "audio/amr", "video/mp4", "video/webm",
		"application/pdf", "application/zip":
		_, ext, _ := strings.Cut(contentType, "/")
		return ext
	case "audio/mpeg":
		return "mp3"
	case "audio/wave":
		return "wav"
	}
	return ""
}
