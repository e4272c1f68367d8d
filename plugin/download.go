package plugin

import (
	"context"
	"errors"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
)

// Download downloads the file of a message whose callback a plugin has kept, into a folder of the
// downloads; wxid is that of the account. An error that another try cannot mend is permanent.
func Download(ctx context.Context, h *bot.Handle, wxid string, body []byte, folder string) (*media.File, error) {
	decoder := callback.Decoder{Wxid: func(string) string { return wxid }}
	e, err := decoder.Decode(body)
	if err != nil {
		return nil, router.Permanent(err)
	}
	file, err := h.Media().Download(ctx, media.Message{
		AppID: e.AppID, Payload: e.Payload(), XML: e.Content, MsgID: e.MsgID, Key: e.Key(), Time: e.Time, Folder: []string{folder},
	})
	for _, lasting := range []error{media.ErrNotDownloadable, media.ErrTooLarge, media.ErrExpired} {
		if errors.Is(err, lasting) {
			return nil, router.Permanent(err)
		}
	}
	return file, err //nolint:wrapcheck // it says what failed
}
