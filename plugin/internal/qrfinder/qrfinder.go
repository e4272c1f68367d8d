// Package qrfinder tells whether a picture has a QR code.
package qrfinder

import (
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
)

// maxPixels bounds the pictures that are looked at.
const maxPixels = 40_000_000

// ErrPicture means that a picture cannot be looked at.
var ErrPicture = errors.New("qrfinder: the picture is too large, or of a format without a decoder")

// Find reports whether a picture has a QR code. The round codes of mini programs are none.
func Find(picture io.ReadSeeker) (found bool, err error) {
	size, _, err := image.DecodeConfig(picture)
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height {
		return false, ErrPicture
	}
	if _, err := picture.Seek(0, io.SeekStart); err != nil {
		return false, fmt.Errorf("qrfinder: %w", err)
	}
	defer func() {
		if p := recover(); p != nil { // pictures come from strangers
			found, err = false, ErrPicture
		}
	}()
	decoded, _, err := image.Decode(picture)
	if err != nil {
		return false, ErrPicture
	}
	return findQR(decoded), nil
}
