package media

import (
	"bytes"
	"net/http"
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
