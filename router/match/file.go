package match

import (
	"fmt"
	"path"
	"strings"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Ext matches files by extension, in upper or lower case, with or without the dot. A file whose
// message names no extension is matched by the end of its name.
func Ext(exts ...string) Matcher {
	clean := make([]string, len(exts))
	for i, e := range exts {
		if clean[i] = cleanExt(e); clean[i] == "" {
			panic(fmt.Sprintf("match: Ext(%q): an extension is not empty", e))
		}
	}
	return newOneOf("Ext", func(s *Subject) string {
		name, ext, _, ok := s.file()
		if ok && ext == "" {
			ext = path.Ext(name)
		}
		return cleanExt(ext)
	}, clean)
}

func cleanExt(ext string) string {
	return strings.ToLower(strings.TrimPrefix(strings.TrimSpace(ext), "."))
}

// MinSize matches files of at least this many bytes.
func MinSize(bytes int64) Matcher { return &size{name: "MinSize", bound: bytes, sign: 1} }

// MaxSize matches files of at most this many bytes.
func MaxSize(bytes int64) Matcher { return &size{name: "MaxSize", bound: bytes, sign: -1} }

type size struct {
	name  string
	bound int64
	sign  int64 // 1: at least the bound, -1: at most
}

func (m *size) Match(s *Subject) bool {
	_, _, n, ok := s.file()
	return ok && m.sign*n >= m.sign*m.bound
}

func (m *size) String() string { return fmt.Sprintf("%s(%d)", m.name, m.bound) }

func (m *size) Covers(other Matcher) bool {
	o, ok := other.(*size)
	return ok && o.sign == m.sign && m.sign*o.bound >= m.sign*m.bound
}

// Upload identifies the upload that the two messages of a file share: the notice that the upload
// has begun, and the complete file.
type Upload struct {
	// Notice is the NewMsgId of the notice; 0 if there was none.
	Notice uint64
	// Token is equal in both; empty if the client writes none.
	Token string
	// Complete is true for the file, false for its notice.
	Complete bool
}

// Upload returns the upload that a message belongs to; ok is false if it is neither a file nor the
// notice of one.
func (s *Subject) Upload() (u Upload, ok bool) {
	switch p := s.Event.Payload().(type) {
	case *xmlmsg.FileNotice:
		return Upload{Notice: s.Event.NewMsgID, Token: p.UploadToken}, true
	case *xmlmsg.File:
		return Upload{Notice: p.OverwriteNewMsgID, Token: p.UploadToken, Complete: true}, true
	}
	return Upload{}, false
}
