package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func downloadCalls() calls {
	return calls{
		"/message/downloadFile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.Download.File(ctx, x.str("appId"), x.str("xml"))
			return as("fileUrl", url, err)
		},
		"/message/downloadImage": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.Download.Image(ctx, x.str("appId"), x.str("xml"), api.ImageSize(x.num("type")))
			return as("fileUrl", url, err)
		},
		"/message/downloadVoice": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.Download.Voice(ctx, x.str("appId"), x.str("xml"), x.id("msgId"))
			return as("fileUrl", url, err)
		},
		"/message/downloadVideo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.Download.Video(ctx, x.str("appId"), x.str("xml"))
			return as("fileUrl", url, err)
		},
		"/message/downloadEmojiMd5": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.Download.Emoji(ctx, x.str("appId"), x.str("emojiMd5"))
			return as("Url", url, err)
		},
		"/message/downloadCdn": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.Download.CDN(ctx, api.CDNRequest{
				AppID: x.str("appId"), AESKey: x.str("aesKey"), FileID: x.str("fileId"), Kind: api.CDNKind(x.num("type")),
				TotalSize: uint64(x.id("totalSize")), Suffix: x.str("suffix"),
			})
			return as("fileUrl", url, err)
		},
	}
}
