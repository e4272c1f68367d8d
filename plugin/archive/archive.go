package archive

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	firstRest = time.Minute // after a download that has failed
	mostRest  = 30 * time.Minute
	listAfter = 10 * time.Minute // those that were given up within it are one message
	mostNames = 50               // of them
)

type part struct {
	c     Config
	h     *bot.Handle
	kinds []xmlmsg.Kind
	path  []*router.Template // one for each element
	disk  *disk
	shelf shelf // the disk, or a bucket
}

// item is a message whose file is still to be fetched.
type item struct {
	Entry

	Since   time.Time `json:"since"` // when it arrived
	Body    []byte    `json:"body"`
	Folders []string  `json:"folders"`
	As      string    `json:"as"` // the name in the archive; empty if the message has none
}

func (p *part) Setup(h *bot.Handle) (err error) {
	p.h = h
	if p.disk, err = openDisk(h.Path(p.c.Dir)); err != nil {
		return &plugin.FieldError{Field: "dir", Err: err}
	}
	p.shelf = p.disk
	if p.c.S3 != nil {
		if p.shelf, err = openBucket(h, p.c.S3); err != nil {
			return errors.Join(&plugin.FieldError{Field: "s3", Err: err}, p.disk.root.Close())
		}
	}
	h.Observe(p.arrived, match.Kind(p.kinds...)).Named("arrived")
	h.Task("fetch", p.fetch, bot.TaskTimeout(20*time.Minute), bot.RetryFor(p.c.Retry))
	h.Task("list", p.list)
	if p.c.Keep > 0 {
		h.Schedule("expire", "30 4 * * *", p.expire, bot.CatchUp(24*time.Hour))
	}
	return nil
}

func (p *part) Close() error {
	if p.disk == nil {
		return nil
	}
	return errors.Join(p.shelf.close(), p.disk.root.Close())
}

// arrived puts a message into the queue of its account.
func (p *part) arrived(c *router.Context) error {
	e := c.Event
	if e.Self {
		return nil
	}
	file := plugin.FileOf(e.Payload())
	it := item{Since: c.Now(), Body: e.Body, Entry: Entry{
		Key: e.Key(), Time: e.Time, Account: e.AppID, Chat: e.Conversation.ID, Group: c.GroupName(), Sender: e.Sender, Name: c.SenderName(),
		Kind: e.Kind(), File: file.Name, Size: file.Size,
	}}
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

func (p *part) queue(s *router.Store) *router.Log[item] {
	return router.NewLog[item](s, "queue", 2*p.c.Retry+24*time.Hour)
}

// progress is how far the queue of an account is done.
type progress struct {
	After uint64    `json:"after"` // the place in the queue that is done, and all before it
	From  time.Time `json:"from"`  // when that was appended
}

// fetch fetches the next file of an account, and comes again as long as there are any. The data is
// how often nothing could be fetched.
//
// The queue is done in its order. If the first file cannot be fetched now, one of the others is
// tried: if that works, the first one goes to the end of the queue, since it alone is the reason;
// otherwise the service is, and the queue waits.
func (p *part) fetch(t *bot.Task[int]) error {
	store := t.Store(router.ByAccount)
	done, err := router.Remember(t.Context, "done", func() (done progress, err error) { // another run does the same
		_, err = store.Get(t, "done", &done)
		return done, err
	})
	if err != nil {
		return err
	}
	waiting, err := p.next(t, store, done, 2+t.Data)
	if err != nil || len(waiting) == 0 {
		return err
	}
	settled := 0
	givenUp, failed := p.settle(t, waiting[0].Data)
	if failed != nil && len(waiting) > 1 {
		other := 1 + t.Data%(len(waiting)-1)
		if title, err := p.settle(t, waiting[other].Data); err == nil {
			settled, givenUp, failed = other, title, nil
		}
	}
	if failed != nil {
		t.Logger().Warn("a file cannot be archived now; it is tried again", zap.Error(failed))
		return t.Later("fetch", t.Account(), min(firstRest<<min(t.Data, 10), mostRest), t.Data+1, bot.Keep())
	}
	for _, before := range waiting[:settled] {
		if err := p.queue(store).Append(t, before.Data); err != nil {
			return err
		}
	}
	last := waiting[settled]
	if err := store.Set(t, "done", progress{last.Seq, last.Time}, 0); err != nil {
		return err
	}
	if err := t.Later("fetch", t.Account(), 0, 0, bot.Keep()); err != nil || givenUp == "" {
		return err
	}
	return t.Later("list", t.Account(), listAfter, []string{givenUp}, bot.Merge(
		func(before, now []string) []string { return append(before, now...) }))
}

// next are the first n lines of a queue that are not done.
func (p *part) next(t *bot.Task[int], s *router.Store, done progress, n int) (lines []router.Line[item], err error) {
	for line, err := range p.queue(s).Range(t, done.From, time.Time{}) {
		if err != nil {
			return nil, err
		}
		if line.Seq > done.After {
			lines = append(lines, line)
		}
		if len(lines) == min(n, 20) {
			break
		}
	}
	return lines, nil
}

// settle fetches a file, or gives it up, and notes that in the index. givenUp is what the people to
// notify are told of one that has failed for too long. The error means that another try may help.
func (p *part) settle(t *bot.Task[int], it item) (givenUp string, err error) {
	return router.Remember(t.Context, "settle/"+it.Key, func() (givenUp string, err error) {
		settled := false
		if _, err := t.Store().Get(t, "settled/"+it.Key, &settled); err != nil || settled {
			return "", err
		}
		if err := p.keep(t, &it); err != nil {
			late := t.Now().Sub(it.Since) >= p.c.Retry
			switch permanent := router.IsPermanent(err); {
			case late && !permanent:
				givenUp = it.title(p.h.Zone())
			case !permanent:
				return "", err
			}
			it.Error = err.Error()
			t.Logger().Warn("a file was not archived", zap.String("event", it.Key), zap.Error(err))
		}
		if err := p.disk.note(it.Entry); err != nil {
			return "", err
		}
		return givenUp, t.Store().Set(t, "settled/"+it.Key, true, p.c.Retry+24*time.Hour)
	})
}

func (it *item) title(zone *time.Location) string {
	name := it.File
	if name == "" {
		name = string(it.Kind)
	}
	return it.Time.In(zone).Format("01-02 15:04") + " " + it.Group + " " + it.Name + " " + name
}

// keep downloads the file of an item and takes it into the archive.
func (p *part) keep(t *bot.Task[int], it *item) error {
	if it.Size > p.c.MaxSize {
		return router.Permanent(phrase.Errorf("archive: it has %d bytes, more than max_size", it.Size))
	}
	var used int64
	if _, err := t.Store().Get(t, "used", &used); err != nil {
		return err
	}
	if used+it.Size > p.c.Quota {
		return errors.Join(errors.New("archive: the quota is reached"),
			p.daily(t, "full", "归档已满（quota）：新文件暂不保存，请清理或调大上限。"))
	}
	decoder := callback.Decoder{Wxid: func(string) string { return t.Event.Wxid }}
	e, err := decoder.Decode(it.Body)
	if err != nil {
		return router.Permanent(err)
	}
	file, err := p.h.Media().Download(t, media.Message{
		AppID: e.AppID, Payload: e.Payload(), XML: e.Content, MsgID: e.MsgID, Key: e.Key(), Time: e.Time, Folder: []string{"archive"},
	})
	switch {
	case errors.Is(err, media.ErrNotDownloadable), errors.Is(err, media.ErrTooLarge), errors.Is(err, media.ErrExpired):
		return router.Permanent(err)
	case err != nil:
		return err
	}
	it.Size, it.SHA256, it.MD5 = file.Size, file.SHA256, file.MD5
	if it.As == "" {
		it.As = file.Name
	}
	var refused *refusedError
	switch it.Path, err = p.shelf.take(t, it.Key, file, it.Folders, it.As); {
	case errors.As(err, &refused):
		return errors.Join(err, p.daily(t, "refused", "归档存不进存储桶（"+refused.code+"）：请检查 s3 的桶名、密钥和权限。文件先排队，改好后自动补存。"))
	case err != nil:
		return phrase.Errorf("archive: a file was not taken: %w", err)
	}
	it.Bucket = p.shelf.name()
	_, err = router.Update(t, t.Store(), "used", 0, func(n int64) (int64, error) { return n + file.Size, nil })
	return err
}

// daily tells, once a day, that the archive takes nothing.
func (p *part) daily(t *bot.Task[int], what, text string) error {
	left, err := t.Store().Cooldown(t, what, 24*time.Hour)
	if err != nil || left > 0 {
		return err
	}
	return p.c.Tell(t, p.h, t.Account(), text)
}

// list tells which files were given up.
func (p *part) list(t *bot.Task[[]string]) error {
	names, more := t.Data, ""
	if len(names) > mostNames {
		names, more = names[:mostNames], fmt.Sprintf("\n…共 %d 个", len(t.Data))
	}
	return p.c.Tell(t, p.h, t.Account(), fmt.Sprintf("以下文件重试 %s 后仍未归档：\n%s%s", strings.TrimSuffix(p.c.Retry.String(), "0m0s"),
		strings.Join(names, "\n"), more))
}

// expire deletes what is older than keep.
func (p *part) expire(j *bot.Job) error {
	freed, err := p.disk.expire(j, p.shelf, p.h.Now().Add(-p.c.Keep))
	if freed > 0 {
		_, updated := router.Update(j, j.Store(), "used", 0, func(n int64) (int64, error) { return max(0, n-freed), nil })
		err = errors.Join(err, updated)
	}
	return err
}
