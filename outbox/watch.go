package outbox

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/store"
)

// watchers look at what leaves.
type watchers struct {
	mu   sync.Mutex
	list []*watcher
}

type watcher struct {
	look func(ctx context.Context, s store.Send, m api.Send)
}

// Watch calls look with each message right before the ledger says that its request leaves: as the
// gates have left it, and again for each further attempt. What look has stored by its return is
// durable before the request leaves, if the store is; the message waits for it meanwhile. That a
// request leaves is not certain yet: the ledger tells the outcome, under the key of the send.
// remove ends it.
func (o *Outbox) Watch(look func(ctx context.Context, s store.Send, m api.Send)) (remove func()) {
	w := &watcher{look: look}
	o.watchers.mu.Lock()
	defer o.watchers.mu.Unlock()
	o.watchers.list = append(o.watchers.list, w)
	return func() {
		o.watchers.mu.Lock()
		defer o.watchers.mu.Unlock()
		o.watchers.list = slices.DeleteFunc(slices.Clone(o.watchers.list), func(x *watcher) bool { return x == w })
	}
}

// all returns the watchers. The slice is not changed later, except at its end.
func (ws *watchers) all() []*watcher {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.list[:len(ws.list):len(ws.list)]
}

// watched shows the watchers a message that is about to leave.
func (o *Outbox) watched(ctx context.Context, s store.Send, m api.Send) {
	for _, w := range o.watchers.all() {
		func() {
			defer func() {
				if v := recover(); v != nil {
					o.config.Logger.Error("what watches the outbox panicked", zap.String("panic", fmt.Sprint(v)),
						zap.ByteString("stack", debug.Stack()))
				}
			}()
			w.look(ctx, s, m)
		}()
	}
}
