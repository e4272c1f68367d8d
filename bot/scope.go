package bot

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/internal/wxid"
)

const (
	// scopeTimeout bounds the look-up of the names of a scope when its plugin is installed.
	scopeTimeout = 5 * time.Second
	// scopeAgain is how long a name that was not found is not looked up again.
	scopeAgain = time.Minute
)

// namedScope is the scope of a plugin, whose names of chats become ids once they are known: a chat
// that is renamed later stays in it.
type namedScope struct {
	now     atomic.Pointer[Scope]
	missing atomic.Pointer[[]string] // names that are not known yet
	tried   atomic.Int64             // when they were looked up last, in Unix nanoseconds
	looking sync.Mutex               // held during a look-up: events wait for it
}

func newNamedScope(s Scope) *namedScope {
	n := &namedScope{}
	var missing []string
	for _, list := range []*[]string{&s.In, &s.NotIn} {
		*list = slices.Clone(*list)
		for _, name := range *list {
			if !isChatID(name) {
				missing = append(missing, name)
			}
		}
	}
	n.now.Store(&s)
	n.missing.Store(&missing)
	return n
}

func (n *namedScope) get() Scope { return *n.now.Load() }

// isChatID reports whether a name in a scope is certainly an id.
func isChatID(name string) bool { return wxid.Certain(name) }

// lookUp looks up the names that are not known, if that is due. What asks meanwhile waits: it would
// find the plugin off in a chat in which it is on.
func (n *namedScope) lookUp(ctx context.Context, b *Bot, plugin string) {
	due := func() bool {
		return len(*n.missing.Load()) > 0 && b.config.Clock.Now().Sub(time.Unix(0, n.tried.Load())).Abs() >= scopeAgain
	}
	if !due() {
		return
	}
	n.looking.Lock()
	defer n.looking.Unlock()
	if !due() {
		return
	}
	missing := *n.missing.Load()
	ctx, cancel := context.WithTimeout(ctx, scopeTimeout)
	defer cancel()
	s := n.get()
	accounts := b.accountsOf(ctx, s)
	if len(accounts) == 0 {
		return
	}
	ids := map[string]string{}
	var left []string
	for _, name := range missing {
		var err error
		for _, account := range accounts {
			var id string
			if id, err = b.contacts.Find(ctx, account, name); err == nil {
				ids[name] = id
				break
			}
		}
		if ids[name] == "" {
			left = append(left, name)
			b.logger.Warn("a chat of a plugin is not known by its name: it is looked up again", zap.String("plugin", plugin),
				zap.String("chat", name), zap.Error(err))
		}
	}
	s.In, s.NotIn = replaced(s.In, ids), replaced(s.NotIn, ids)
	n.now.Store(&s)
	n.missing.Store(&left)
	n.tried.Store(b.config.Clock.Now().UnixNano())
}

// accountsOf are the accounts of a scope, as far as they are known.
func (b *Bot) accountsOf(ctx context.Context, s Scope) []string {
	if len(s.Accounts) > 0 {
		return s.Accounts
	}
	if account, err := b.account(ctx, ""); err == nil {
		return []string{account}
	}
	return b.accounts.all()
}

func replaced(list []string, ids map[string]string) []string {
	list = slices.Clone(list)
	for i, name := range list {
		if id, ok := ids[name]; ok {
			list[i] = id
		}
	}
	return list
}
