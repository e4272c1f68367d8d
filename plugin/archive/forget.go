package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// forget deletes all that somebody has sent, after a question. What waits to be fetched is not kept
// either, and what was exported goes, too: it names everybody.
func (p *part) forget(c *router.Context, a plugin.PersonArg) error {
	id, err := a.Find(c, p.h)
	if err != nil || id == "" {
		return err
	}
	yes := func(said string) bool { return strings.TrimSpace(said) == "确认" }
	if _, err := c.Ask("确定删除 "+id+" 的全部归档吗？回复“确认”删除，“取消”放弃。", router.Valid(yes, "请回复“确认”或“取消”。"),
		router.OnTimeout("没有确认，什么也没删。"), router.OnCancel("已取消。")); err != nil {
		return err
	}
	if err := c.Store().Set(c, forgottenKey(id), c.Now(), 2*p.c.Retry); err != nil {
		return err
	}
	n, err := router.Remember(c, "deleted", func() (int, error) {
		if err := os.RemoveAll(filepath.Join(p.h.Path(p.c.Dir), exports)); err != nil {
			return 0, fmt.Errorf("archive: %w", err)
		}
		return p.remove(c, c.Store(), func(e Entry) bool { return e.Sender == id })
	})
	if err != nil {
		return err
	}
	return c.Replyf("已删除 %s 的 %d 条归档。", id, n)
}

func forgottenKey(wxid string) string { return "forgotten/" + wxid }

// forgotten reports whether the sender of an item was forgotten after it came.
func (p *part) forgotten(c *router.Context, it *item) (bool, error) {
	var at time.Time
	found, err := c.Store().Get(c, forgottenKey(it.Sender), &at)
	return found && !it.Since.After(at), err
}
