package archive

import (
	"context"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/shelf"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

type part struct {
	c     Config
	h     *bot.Handle
	kinds []xmlmsg.Kind      // with files
	texts []xmlmsg.Kind      // without
	path  []*router.Template // one for each element
	index *index
	disk  *shelf.Disk
	shelf shelf.Shelf // the disk, or a bucket

	announcing announcements
}

func (p *part) Setup(h *bot.Handle) error {
	p.h = h
	if err := p.open(h); err != nil {
		return err
	}
	if len(p.kinds) > 0 {
		h.Observe(p.arrived, match.Kind(p.kinds...)).Named("arrived")
	}
	if len(p.texts) > 0 {
		h.Observe(p.said, match.Kind(p.texts...)).Named("said")
		h.Task("text", p.text, bot.RetryFor(p.c.Retry))
	}
	if p.c.Announce != (Announce{}) {
		h.Schedule("announce", "@every "+announceEvery.String(), p.announce)
	}
	p.commands()
	h.Task("fetch", p.fetch, bot.TaskTimeout(20*time.Minute), bot.RetryFor(p.c.Retry))
	h.Task("list", p.list)
	if p.c.Keep > 0 {
		h.Schedule("expire", "30 4 * * *", p.expire, bot.CatchUp(24*time.Hour))
	}
	return nil
}

// open opens the directory and the bucket.
func (p *part) open(h *bot.Handle) (err error) {
	dir := h.Path(p.c.Dir)
	if p.index, err = openIndex(dir); err != nil {
		return &plugin.FieldError{Field: "dir", Err: err}
	}
	if p.disk, err = shelf.OpenDisk(dir); err != nil {
		return &plugin.FieldError{Field: "dir", Err: errors.Join(err, p.index.root.Close())}
	}
	p.shelf = p.disk
	if c := p.c.S3; c != nil {
		p.shelf, err = shelf.OpenBucket(h, shelf.S3{
			Bucket: c.Bucket, Endpoint: c.Endpoint, Region: c.Region, Key: c.Key, Secret: c.Secret, Prefix: c.Prefix, InHost: c.InHost,
		})
		if err != nil {
			p.shelf = nil
			return errors.Join(&plugin.FieldError{Field: "s3", Err: err}, p.index.root.Close(), p.disk.Close())
		}
	}
	return nil
}

func (p *part) Close() error {
	if p.shelf == nil {
		return nil
	}
	err := errors.Join(p.index.root.Close(), p.disk.Close())
	if p.c.S3 != nil {
		err = errors.Join(err, p.shelf.Close())
	}
	return err
}

// entryOf is the line of the index of a message.
func entryOf(c *router.Context) Entry {
	e := c.Event
	return Entry{
		Key: e.Key(), Time: e.Time, Account: e.AppID, Chat: e.Conversation.ID, Group: c.GroupName(), Sender: e.Sender, Name: c.SenderName(),
		Kind: e.Kind(),
	}
}

// said has a text noted in the index.
func (p *part) said(c *router.Context) error {
	if c.Event.Self {
		return nil
	}
	line := entryOf(c)
	line.Text = c.Text()
	return c.Later("text", c.ChatKey(), 0, []Entry{line}, bot.Merge( // in the order of the chat
		func(before, now []Entry) []Entry { return append(before, now...) }))
}

func (p *part) text(t *bot.Task[[]Entry]) error {
	return t.Once("note", func() error { return p.index.note(t.Data...) })
}

// arrived puts a message into the queue of its account.
func (p *part) arrived(c *router.Context) error {
	e := c.Event
	if e.Self {
		return nil
	}
	if mine, err := plugin.Mine(c, "heard", plugin.MessageID(c), 24*time.Hour); err != nil || !mine {
		return err
	}
	file := plugin.FileOf(e.Payload())
	it := item{Since: c.Now(), Body: e.Body, Entry: entryOf(c)}
	it.File, it.Size = file.Name, file.Size
	for i, element := range p.path {
		text, err := element.Render(c)
		switch {
		case err != nil:
			return err
		case i < len(p.path)-1:
			it.Folders = append(it.Folders, media.SafeName(text, "private"))
		case text != "":
			it.As = media.SafeName(text, "file")
		}
	}
	if err := p.queue(c.Store(router.ByAccount)).Append(c, it); err != nil {
		return err
	}
	return c.Later("fetch", c.Account(), 0, 0, bot.Keep())
}

// expire deletes what is older than keep.
func (p *part) expire(j *bot.Job) error {
	before := p.h.Now().Add(-p.c.Keep)
	_, err := p.remove(j, j.Store(), func(e Entry) bool { return e.Time.Before(before) })
	return err
}

// remove deletes what is old, and returns how many lines of the index it was.
func (p *part) remove(ctx context.Context, s *router.Store, old func(e Entry) bool) (int, error) {
	n, freed, err := p.index.remove(ctx, p.disk, p.shelf, old)
	if freed > 0 {
		_, updated := router.Update(ctx, s, "used", 0, func(n int64) (int64, error) { return max(0, n-freed), nil })
		err = errors.Join(err, updated)
	}
	return n, err
}
