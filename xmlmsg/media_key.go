package xmlmsg

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrNoMedia means that a message has no media on the cdn that could be downloaded.
var ErrNoMedia = errors.New("xmlmsg: the message has no media on the cdn")

// The values of the argument type of the service's call downloadCdn.
const (
	CDNOriginal  = "1" // picture, original size
	CDNNormal    = "2" // picture, normal size
	CDNThumbnail = "3"
	CDNVideo     = "4"
	CDNFile      = "5"
)

// CDNRef holds the arguments of the call downloadCdn. All of it is secret: whoever has it can
// download the media.
type CDNRef struct {
	AESKey string // 32 hex digits
	FileID string // cdn id
	Type   string // CDNOriginal …
	Size   int64  // bytes; 0 if the message does not say
	Suffix string // extension without the dot
}

// String hides the reference.
func (CDNRef) String() string { return "[cdn reference]" }

// GoString hides the reference from %#v.
func (CDNRef) GoString() string { return "[cdn reference]" }

// Media returns the arguments of downloadCdn for a picture (its best available size), a video, a
// file, or a picture of an app. For all other payloads it returns ErrNoMedia.
func Media(p Payload) (CDNRef, error) {
	var ref CDNRef
	switch p := p.(type) {
	case *Image:
		ref = CDNRef{AESKey: p.AESKey, FileID: p.BestURL(), Type: CDNNormal, Size: p.Length, Suffix: "jpg"}
		switch {
		case p.CDNBigURL != "":
			ref.Type, ref.Size = CDNOriginal, p.HDLength
		case p.CDNMidURL == "":
			ref.Type, ref.Size = CDNThumbnail, p.ThumbLength
		}
	case *Video:
		ref = CDNRef{AESKey: p.AESKey, FileID: p.CDNVideoURL, Type: CDNVideo, Size: p.Length, Suffix: "mp4"}
		if p.CDNRawURL != "" && p.RawAESKey != "" {
			ref.AESKey, ref.FileID, ref.Size = p.RawAESKey, p.CDNRawURL, p.RawLength
		}
	case *File:
		ref = CDNRef{AESKey: p.AESKey, FileID: p.CDNAttachURL, Type: CDNFile, Size: p.Size, Suffix: p.Ext}
	case *AppImage:
		ref = CDNRef{AESKey: p.AESKey, FileID: p.CDNAttachURL, Type: CDNOriginal, Size: p.Size, Suffix: p.Ext}
	}
	if ref.FileID == "" || ref.AESKey == "" {
		return CDNRef{}, ErrNoMedia
	}
	return ref, nil
}

// ErrBadKey means that a text is not in any of the forms of a media key.
var ErrBadKey = errors.New("xmlmsg: not a media key: want 32 hex digits, or base64 of 16 bytes or of 32 hex digits")

// ParseMediaKey reads the key of encrypted media: 32 hex digits, base64 of the 16 bytes, or base64
// of the 32 hex digits.
func ParseMediaKey(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if key, err := hex.DecodeString(text); err == nil && len(key) == mediaKeySize {
		return key, nil
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		if raw, err = base64.RawStdEncoding.DecodeString(text); err != nil {
			return nil, ErrBadKey
		}
	}
	if len(raw) == mediaKeySize {
		return raw, nil
	}
	if key, err := hex.DecodeString(string(raw)); err == nil && len(key) == mediaKeySize {
		return key, nil
	}
	return nil, fmt.Errorf("%w; this one has %d bytes", ErrBadKey, len(raw))
}
