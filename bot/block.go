package bot

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/hongyan-go/hongyan/router"
)

// droppedBlocked is the reason for events that a plugin keeps from all handlers; see Handle.Block.
const droppedBlocked = "blocked"

// block is what Handle.Block got.
type block struct {
	h    *Handle
	asks func(c *router.Context) bool
}

// blocks are the blocks of all plugins. The zero value is empty.
type blocks struct {
	changing sync.Mutex
	list     atomic.Pointer[[]*block] // never changed, only replaced
}

func (bs *blocks) all() []*block {
	if list := bs.list.Load(); list != nil {
		return *list
	}
	return nil
}

func (bs *blocks) edit(change func([]*block) []*block) {
	bs.changing.Lock()
	defer bs.changing.Unlock()
	list := change(slices.Clone(bs.all()))
	bs.list.Store(&list)
}

func (bs *blocks) remove(these []*block) {
	if len(these) > 0 {
		bs.edit(func(list []*block) []*block {
			return slices.DeleteFunc(list, func(x *block) bool { return slices.Contains(these, x) })
		})
	}
}

// Block keeps events from all routes, observers and open forms of the bot, also those of other
// plugins, for as long as the plugin is installed: those for which is returns true, in the chats in
// which the plugin is on. They are counted as dropped, for the reason "blocked". is is asked about
// each event, so it must be quick, and must not send.
func (h *Handle) Block(is func(c *router.Context) bool) {
	if is == nil {
		panic("bot: the block of the plugin " + h.name + " at " + caller() + " is nil")
	}
	x := &block{h, is}
	h.blocks = append(h.blocks, x)
	h.bot.blocks.edit(func(list []*block) []*block { return append(list, x) })
}

// blocking drops what plugins block.
func (b *Bot) blocking(next router.Handler) router.Handler {
	return func(c *router.Context) error {
		for _, x := range b.blocks.all() {
			if x.h.On(c, c.Account(), c.Conversation().ID) && x.asks(c) {
				b.counters.drop(droppedBlocked)
				c.Drop(droppedBlocked)
				return nil
			}
		}
		return next(c)
	}
}
