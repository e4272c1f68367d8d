package router

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/api"
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
	if c.services.Files == nil {
		return nil, ErrNoFiles
	}
	e := c.Event
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

// ReplyFile answers with a file of this machine, under its own name. The service fetches it from
// the bot, so it needs the bot's public URL, and the file must stay as it is until it was sent. A
// file of the bot's data directory is refused, but one of its downloads.
func (c *Context) ReplyFile(path string, options ...SendOption) error {
	return c.answer(func(to string) error { return c.SendFile(to, path, options...) })
}

// ReplyImage answers with a picture of this machine; see ReplyFile.
func (c *Context) ReplyImage(path string, options ...SendOption) error {
	return c.answer(func(to string) error { return c.SendImage(to, path, options...) })
}

// ReplyVideo answers with an MP4 video of this machine and its cover, a JPEG; see ReplyFile.
func (c *Context) ReplyVideo(path, thumb string, options ...SendOption) error {
	return c.answer(func(to string) error { return c.SendVideo(to, path, thumb, options...) })
}

// ReplyVoice answers with a voice of this machine, which must be SILK; see ReplyFile, and package
// media/voice, which makes SILK of WAV and MP3.
func (c *Context) ReplyVoice(path string, options ...SendOption) error {
	return c.answer(func(to string) error { return c.SendVoice(to, path, options...) })
}

func (c *Context) answer(send func(to string) error) error {
	to, err := c.answerTo()
	if err != nil {
		return err
	}
	return send(to)
}

// SendFile sends a file to a group or a friend; see ReplyFile.
func (c *Context) SendFile(to, path string, options ...SendOption) error {
	link, err := c.offer(path)
	if err != nil {
		return err
	}
	_, err = c.Send(api.PostFile{To: to, FileURL: link, FileName: filepath.Base(path)}, options...)
	return err
}

// SendImage sends a picture to a group or a friend; see ReplyFile.
func (c *Context) SendImage(to, path string, options ...SendOption) error {
	link, err := c.offer(path)
	if err != nil {
		return err
	}
	_, err = c.Send(api.PostImage{To: to, ImageURL: link}, options...)
	return err
}

// SendVideo sends an MP4 video and its cover to a group or a friend; see ReplyVideo.
func (c *Context) SendVideo(to, path, thumb string, options ...SendOption) error {
	length, err := media.VideoFileDuration(path)
	if err != nil {
		return lasting(fmt.Errorf("router: send %s: %w", filepath.Base(path), err))
	}
	link, err := c.offer(path)
	if err != nil {
		return err
	}
	cover, err := c.offer(thumb)
	if err != nil {
		return err
	}
	seconds := max(1, int(length.Round(time.Second)/time.Second))
	_, err = c.Send(api.PostVideo{To: to, VideoURL: link, ThumbURL: cover, Duration: seconds}, options...)
	return err
}

// SendVoice sends a SILK voice to a group or a friend; see ReplyVoice.
func (c *Context) SendVoice(to, path string, options ...SendOption) error {
	length, err := media.SILKFileDuration(path)
	if err != nil {
		return lasting(fmt.Errorf("router: send %s: %w", filepath.Base(path), err))
	}
	link, err := c.offer(path)
	if err != nil {
		return err
	}
	_, err = c.Send(api.PostVoice{To: to, VoiceURL: link, Duration: int(length.Milliseconds())}, options...)
	return err
}

// offer makes a link to a file.
func (c *Context) offer(path string) (string, error) {
	if c.services.Files == nil {
		return "", ErrNoFiles
	}
	link, err := c.services.Files.Offer(c, path)
	if err != nil {
		return "", lasting(fmt.Errorf("router: send %s: %w", filepath.Base(path), err))
	}
	return link, nil
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
