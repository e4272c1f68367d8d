package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// accounts are the accounts of a bot, and their wxids as far as they are known: from the
// configuration, from callbacks, and from the state, where other processes and earlier runs keep
// what they learned from callbacks.
type accounts struct {
	open  bool // no list: every account of the token is accepted
	state store.State

	mu         sync.Mutex
	wxids      map[string]string    // by appId
	configured map[string]bool      // appIds whose wxid is that of the configuration
	kept       map[string]time.Time // by appId: when its wxid was written to the state
	loaded     time.Time            // when the state was read
}

const (
	// maxAccounts bounds the number of accounts that are learned from callbacks.
	maxAccounts = 1000
	// accountsFresh is how long the accounts in the state are not read again.
	accountsFresh = 30 * time.Second
	// accountKept is how long the state keeps the wxid of an account without callbacks: after that
	// its owner may be a user of the bot.
	accountKept = 7 * 24 * time.Hour
)

// accountPrefix is the prefix of the keys with the wxids of the accounts in the state; the appId
// follows.
const accountPrefix = "bot/account/"

func newAccounts(list []Account, state store.State) *accounts {
	a := &accounts{
		open: len(list) == 0, state: state, wxids: map[string]string{}, configured: map[string]bool{}, kept: map[string]time.Time{},
	}
	for _, x := range list {
		a.wxids[x.AppID], a.configured[x.AppID] = x.Wxid, x.Wxid != ""
	}
	return a
}

// know reports whether an account is the bot's, and stores its wxid.
func (a *accounts) know(appID, wxid string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	known, listed := a.wxids[appID]
	if !listed && !a.open {
		return false
	}
	if wxid != "" && !a.configured[appID] && known != wxid && (listed || len(a.wxids) < maxAccounts) {
		a.wxids[appID] = wxid
		delete(a.kept, appID)
	}
	return true
}

// share writes the wxid of an account to the state, and reads those that other processes have
// written.
func (a *accounts) share(ctx context.Context, appID string, now time.Time) error {
	a.mu.Lock()
	wxid, write := a.wxids[appID], now.Sub(a.kept[appID]) > accountKept/7
	read := now.Sub(a.loaded) > accountsFresh
	if wxid != "" && write {
		a.kept[appID] = now
	}
	if read {
		a.loaded = now
	}
	a.mu.Unlock()
	var err error
	if wxid != "" && write {
		if _, err = a.state.Put(ctx, accountPrefix+appID, []byte(wxid), accountKept); err != nil {
			err = fmt.Errorf("bot: accounts: %w", err)
		}
	}
	if read {
		err = errors.Join(err, a.load(ctx))
	}
	return err
}

// load reads the accounts that other processes and earlier runs have written.
func (a *accounts) load(ctx context.Context) error {
	entries, err := a.state.List(ctx, accountPrefix, "", maxAccounts)
	if err != nil {
		return fmt.Errorf("bot: accounts: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range entries {
		appID := strings.TrimPrefix(e.Key, accountPrefix)
		known, listed := a.wxids[appID]
		if known == "" && (listed || a.open && len(a.wxids) < maxAccounts) {
			a.wxids[appID] = string(e.Value)
		}
	}
	return nil
}

// has reports whether an account is the bot's.
func (a *accounts) has(appID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, listed := a.wxids[appID]
	return listed || a.open
}

// own reports whether a wxid is that of an account of the bot.
func (a *accounts) own(wxid string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.wxids {
		if w == wxid {
			return wxid != ""
		}
	}
	return false
}

// mayBeSeveral is false for a bot whose configuration lists one account.
func (a *accounts) mayBeSeveral() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.open || len(a.wxids) > 1
}

// all returns the known accounts, by appId.
func (a *accounts) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.wxids))
}

// among returns the accounts, by appId, whose wxids are in a list.
func (a *accounts) among(wxids []string) []string {
	if len(wxids) == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var apps []string
	for appID, w := range a.wxids {
		if w != "" && slices.Contains(wxids, w) {
			apps = append(apps, appID)
		}
	}
	slices.Sort(apps)
	return apps
}

func (a *accounts) wxid(appID string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.wxids[appID]
}

// only returns the account of a bot that has one; empty if none is known yet, or several are.
func (a *accounts) only() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.wxids) != 1 {
		return ""
	}
	for appID := range a.wxids {
		return appID
	}
	return ""
}
