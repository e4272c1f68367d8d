package archive

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/shelf"
	"github.com/hongyan-go/hongyan/router"
)

const (
	firstRest = time.Minute // after a download that has failed
	mostRest  = 30 * time.Minute
	listAfter = 10 * time.Minute // those that were given up within it are one message
	mostNames = 50               // of them
)

// item is a message whose file is still to be fetched.
type item struct {
	Entry

	Since   time.Time `json:"since"` // when it arrived
	Body    []byte    `json:"body"`
	Folders []string  `json:"folders"`
	As      string    `json:"as"` // the name in the archive; empty if the message has none
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
		if err := p.index.note(it.Entry); err != nil {
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
	file, err := plugin.Download(t, p.h, t.Event.Wxid, it.Body, "archive")
	if err != nil {
		return err
	}
	it.Size, it.SHA256, it.MD5 = file.Size, file.SHA256, file.MD5
	if it.As == "" {
		it.As = file.Name
	}
	var refused *shelf.RefusedError
	switch it.Path, err = p.shelf.Take(t, it.Key, file, it.Folders, it.As); {
	case errors.As(err, &refused):
		return errors.Join(err, p.daily(t, "refused", "归档存不进存储桶（"+refused.Code+"）：请检查 s3 的桶名、密钥和权限。文件先排队，改好后自动补存。"))
	case err != nil:
		return phrase.Errorf("archive: a file was not taken: %w", err)
	}
	it.Bucket = p.shelf.Name()
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
