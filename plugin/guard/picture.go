package guard

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin/internal/qrfinder"
	"github.com/hongyan-go/hongyan/router"
)

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
	found, err := qrfinder.Find(picture)
	if err != nil {
		g.h.Logger().Info("a picture was not looked at", zap.String("event", t.Event.Key()), zap.Error(err))
		return nil
	}
	if !found {
		return nil
	}
	if err := g.strike(t.Context, offenceOf(t.Context, "图里有二维码")); !errors.Is(err, router.Next) {
		return err
	}
	return nil
}
