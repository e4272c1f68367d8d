package bot

import "sync"

// accounts are the accounts of a bot, and their wxids as far as they are known.
type accounts struct {
	open bool // no list: every account of the token is welcome

	mu    sync.Mutex
	wxids map[string]string // by appId
}

// maxAccounts bounds what is learned from callbacks.
const maxAccounts = 1000

func newAccounts(list []Account) *accounts {
	a := &accounts{open: len(list) == 0, wxids: map[string]string{}}
	for _, x := range list {
		a.wxids[x.AppID] = x.Wxid
	}
	return a
}

// know tells whether an account is the bot's, and learns its wxid.
func (a *accounts) know(appID, wxid string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	known, listed := a.wxids[appID]
	if !listed && !a.open {
		return false
	}
	if known == "" && wxid != "" && len(a.wxids) < maxAccounts {
		a.wxids[appID] = wxid
	}
	return true
}

// has tells whether an account is the bot's.
func (a *accounts) has(appID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, listed := a.wxids[appID]
	return listed || a.open
}

func (a *accounts) wxid(appID string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.wxids[appID]
}

// only is the account of a bot that has one; empty if none is known yet, or several are.
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
