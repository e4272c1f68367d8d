package router

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/media"
)

// Files downloads what messages carry, and offers files for the service to fetch.
type Files interface {
	// Download downloads what a message has.
	Download(ctx context.Context, m media.Message) (*media.File, error)
	// Offer returns a link to a file that is valid for a limited time.
	Offer(ctx context.Context, path string) (link string, err error)
}

// ErrNoFiles means that the context was made without Files.
var ErrNoFiles = errors.New("router: no Files: nothing can be downloaded or sent as a file; a bot has them, a test sets Services.Files")

// Download downloads what the message has: a picture, a voice, a video, a sticker or a file, or
// that of the message which an answer quotes. It waits for its turn, which can take some seconds,
// and a handler that runs again gets the same file again. The name is safe, and nothing is
// overwritten. An error that another run cannot fix is Permanent.
//
//	file, err := c.Download(media.Into("2026", c.GroupName()))
func (c *Context) Download(options ...media.Option) (*media.File, error) {
	return c.download(c.Event, options)
}

func (c *Context) download(e *callback.Event, options []media.Option) (*media.File, error) {
	if c.services.Files == nil {
		return nil, ErrNoFiles
	}
	m := media.Message{AppID: e.AppID, Payload: e.Payload(), XML: e.Content, MsgID: e.MsgID, Key: e.Key(), Time: e.Time}
	for _, option := range options {
		option(&m)
	}
	file, err := c.services.Files.Download(c, m)
	if err != nil {
		return file, lasting(fmt.Errorf("router: download: %w", err))
	}
	return file, nil
}

// ReplyFile answers with a file of this machine; see Chat.SendFile.
func (c *Context) ReplyFile(path string, options ...SendOption) error {
	return c.Chat().SendFile(path, options...)
}

// ReplyImage answers with a picture of this machine; see Chat.SendFile.
func (c *Context) ReplyImage(path string, options ...SendOption) error {
	return c.Chat().SendImage(path, options...)
}

// ReplyVideo answers with an MP4 video of this machine and its cover; see Chat.SendVideo.
func (c *Context) ReplyVideo(path, thumb string, options ...SendOption) error {
	return c.Chat().SendVideo(path, thumb, options...)
}

// ReplyVoice answers with a SILK voice of this machine; see Chat.SendVoice.
func (c *Context) ReplyVoice(path string, options ...SendOption) error {
	return c.Chat().SendVoice(path, options...)
}

// lasting marks the errors that another run of the handler cannot fix.
func lasting(err error) error {
	for _, reason := range []error{
		media.ErrNotDownloadable, media.ErrTooLarge, media.ErrForbiddenHost, media.ErrExpired, media.ErrNoClient, media.ErrNoPublicURL,
		media.ErrNotRegular, media.ErrPrivate, media.ErrNotShared, media.ErrNotSILK, media.ErrNoDuration, fs.ErrNotExist,
	} {
		if errors.Is(err, reason) {
			return Permanent(err)
		}
	}
	return err
}
