package guard

import (
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
)

// maxPixels bounds the pictures that are looked at.
const maxPixels = 40_000_000

// errPicture means that a picture cannot be looked at.
var errPicture = errors.New("guard: the picture is too large, or of a format without a decoder")

// qr looks for a QR code in a picture. It is a task, as a download takes its time.
func (g *guard) qr(t *bot.Task[any]) error {
	file, err := t.Download()
	if err != nil {
		return err
	}
	picture, err := file.Open()
	if err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	defer picture.Close()
	found, err := hasQR(picture)
	if err != nil {
		g.h.Logger().Info("a picture was not looked at", zap.String("event", t.Event.Key()), zap.Error(err))
		return nil
	}
	if !found {
		return nil
	}
	if err := g.strike(t.Context, "图里有二维码"); !errors.Is(err, router.Next) {
		return err
	}
	return nil
}

// hasQR reports whether a picture has a QR code. The round codes of mini programs are none.
func hasQR(picture io.ReadSeeker) (found bool, err error) {
	size, _, err := image.DecodeConfig(picture)
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > maxPixels/size.Height {
		return false, errPicture
	}
	if _, err := picture.Seek(0, io.SeekStart); err != nil {
		return false, fmt.Errorf("guard: %w", err)
	}
	defer func() {
		if p := recover(); p != nil { // pictures come from strangers
			found, err = false, errPicture
		}
	}()
	decoded, _, err := image.Decode(picture)
	if err != nil {
		return false, errPicture
	}
	return findQR(decoded), nil
}
