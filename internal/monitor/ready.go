package monitor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/internal/reason"
	"github.com/hongyan-go/hongyan/store"
)

// MinDisk is the free space that the disk of the data directory needs, in bytes. With less the bot
// is not ready.
const MinDisk = 64 << 20

// Report is the answer of /readyz. Times are in seconds.
type Report struct {
	Ready bool `json:"ready"`
	// Reasons states in English why the bot is not ready.
	Reasons  []string        `json:"reasons"`
	Store    StoreReport     `json:"store"`
	Disk     *DiskReport     `json:"disk,omitempty"` // nil if there is no data directory
	Token    string          `json:"token"`          // "accepted", or "refused" by the service
	Stopped  bool            `json:"stopped"`        // a person has stopped all sending
	Accounts []AccountReport `json:"accounts"`

	outside int // how many of the reasons are about accounts, or about the service not reaching the bot
}

// withoutAccounts is Ready without the accounts and Config.Reasons: a bot that gets callbacks only
// once it is ready could never be registered otherwise.
func (r *Report) withoutAccounts() bool { return len(r.Reasons) == r.outside }

// StoreReport is the part of a Report about the store.
type StoreReport struct {
	Reachable bool    `json:"reachable"`
	Pending   int     `json:"pending"`
	Leased    int     `json:"leased"`
	Dead      int     `json:"dead"`
	Lag       float64 `json:"lag_seconds"`
}

// DiskReport is the part of a Report about the disk of the data directory.
type DiskReport struct {
	Free uint64 `json:"free_bytes"`
}

// AccountReport is the part of a Report about an account.
type AccountReport struct {
	Account     string   `json:"account"`
	State       State    `json:"state"`
	For         float64  `json:"state_for_seconds"`
	Callback    *float64 `json:"last_callback_seconds"`     // age; null if none came
	Sent        *float64 `json:"last_sent_seconds"`         // age of the last send that worked; null if there was none
	Send        string   `json:"last_send,omitempty"`       // outcome of the last send
	Failures    int      `json:"failed_sends"`              // in a row
	CheckOnline *bool    `json:"check_online"`              // the last answer; null if there was none
	Checked     *float64 `json:"check_online_seconds"`      // its age
	Paused      bool     `json:"paused"`                    // its sending is, because it does not work
	Incident    string   `json:"incident,omitempty"`        // its id
	Cause       Cause    `json:"incident_cause,omitempty"`  // why it was opened
	Since       string   `json:"incident_since,omitempty"`  // RFC 3339
	Repair      string   `json:"incident_repair,omitempty"` // when reconnection was tried; RFC 3339
}

// Ready reports whether the bot can work, and why not.
func (m *Monitor) Ready(ctx context.Context) Report {
	now := m.config.Clock.Now()
	r := Report{Reasons: []string{}, Accounts: []AccountReport{}, Token: "accepted"}
	no := func(why reason.Code, args ...string) { r.Reasons = append(r.Reasons, why.With(args...)) }

	switch stats, err := m.inboxStats(ctx); {
	case errors.Is(err, context.DeadlineExceeded):
		no(reason.StoreSilent)
	case err != nil:
		no(reason.StoreFails, err.Error())
	default:
		r.Store = StoreReport{Reachable: true, Pending: stats.Pending, Leased: stats.Leased, Dead: stats.Dead,
			Lag: lag(stats, now).Seconds()}
	}
	if room, ok := m.diskFree(); ok {
		r.Disk = &DiskReport{room}
		if room < MinDisk {
			no(reason.DiskFull, strconv.FormatUint(room>>20, 10))
		}
	}
	if m.config.Reasons != nil {
		reasons := m.config.Reasons()
		r.Reasons = append(r.Reasons, reasons...)
		r.outside += len(reasons)
	}
	if m.config.AllPaused != nil {
		stopped, err := m.config.AllPaused(ctx)
		if r.Stopped = stopped; stopped {
			no(reason.AllStopped)
		}
		if err != nil {
			no(reason.StopUnknown, err.Error())
		}
	}

	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token != nil {
		r.Token = "refused"
		no(reason.TokenRefused)
	}
	for _, id := range slices.Sorted(maps.Keys(m.accounts)) {
		a := m.accounts[id].report(now)
		if a.State == Offline || a.State == Zombie {
			no(map[State]reason.Code{Offline: reason.AccountOffline, Zombie: reason.AccountZombie}[a.State], id)
			r.outside++
		}
		r.Accounts = append(r.Accounts, a)
	}
	r.Ready = len(r.Reasons) == 0
	return r
}

func (m *Monitor) inboxStats(ctx context.Context) (store.InboxStats, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	return m.config.Store.Inbox().Stats(ctx)
}

// diskFree returns the free space on the disk of the data directory; false if it is unknown.
func (m *Monitor) diskFree() (uint64, bool) {
	if m.config.Data == "" {
		return 0, false
	}
	room, err := free(m.config.Data)
	return room, err == nil
}

func (a *account) report(now time.Time) AccountReport {
	age := func(t time.Time) *float64 {
		if t.IsZero() {
			return nil
		}
		s := now.Sub(t).Seconds()
		return &s
	}
	r := AccountReport{
		Account: a.id, State: a.state, For: now.Sub(a.since).Seconds(), Callback: age(a.callback), Sent: age(a.sent), Send: a.outcome,
		Failures: a.failures(), CheckOnline: a.online, Checked: age(a.asked), Paused: !a.paused.IsZero(),
	}
	if a.record.Open {
		r.Incident, r.Cause, r.Since = a.record.ID, a.record.Cause, a.record.Since.UTC().Format(time.RFC3339)
		if !a.record.Reconnected.Before(a.record.Since) {
			r.Repair = a.record.Reconnected.UTC().Format(time.RFC3339)
		}
	}
	return r
}
