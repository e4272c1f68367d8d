package monitor

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/hongyan-go/hongyan/store"
)

// storeTimeout bounds how long a scrape or a readiness check waits for the store.
const storeTimeout = 2 * time.Second

// gauges collects the values that are read at the moment of a scrape: of the store and the
// accounts.
type gauges struct {
	monitor *Monitor

	inboxItems, inboxLag, inboxKeys, ledgerSends, storeUp *prometheus.Desc
	accountState, accountPaused, callbackAge, diskFree    *prometheus.Desc
}

func newGauges(m *Monitor) *gauges {
	gauge := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
	}
	return &gauges{
		monitor:       m,
		inboxItems:    gauge("inbox_items", "Messages in the inbox, by state.", "state"),
		inboxLag:      gauge("inbox_lag_seconds", "Age of the oldest message that is neither done nor given up; 0 if there is none."),
		inboxKeys:     gauge("inbox_keys", "Keys that the inbox remembers for deduplication."),
		ledgerSends:   gauge("ledger_sends", "Sends in the ledger, by state.", "state"),
		storeUp:       gauge("store_up", "1 if the store answered this scrape."),
		accountState:  gauge("account_state", "1 for the state that an account is in.", "account", "state"),
		accountPaused: gauge("account_paused", "1 if the sending of an account is paused because it does not work.", "account"),
		callbackAge: gauge("last_callback_age_seconds", "Time since the last callback of an account; since the start if there was "+
			"none.", "account"),
		diskFree: gauge("disk_free_bytes", "Room left on the disk of the data directory."),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		g.inboxItems, g.inboxLag, g.inboxKeys, g.ledgerSends, g.storeUp,
		g.accountState, g.accountPaused, g.callbackAge, g.diskFree,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	m := g.monitor
	set := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	now := m.config.Clock.Now()
	if stats, sends, err := m.stored(); err != nil {
		set(g.storeUp, 0)
	} else {
		set(g.storeUp, 1)
		set(g.inboxItems, float64(stats.Pending), "pending")
		set(g.inboxItems, float64(stats.Leased), "leased")
		set(g.inboxItems, float64(stats.Dead), "dead")
		set(g.inboxKeys, float64(stats.Keys))
		set(g.inboxLag, lag(stats, now).Seconds())
		for state, n := range sends {
			set(g.ledgerSends, float64(n), string(state))
		}
	}
	if free, ok := m.diskFree(); ok {
		set(g.diskFree, float64(free))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, a := range m.accounts {
		for _, s := range states() {
			set(g.accountState, is(a.state == s), id, string(s))
		}
		set(g.accountPaused, is(!a.paused.IsZero()), id)
		set(g.callbackAge, now.Sub(a.lastCallback()).Seconds(), id)
	}
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// lastCallback returns when the last callback arrived, or when the watch began if none has.
func (a *account) lastCallback() time.Time {
	if a.callback.IsZero() {
		return a.added
	}
	return a.callback
}

// stored returns how much the store holds.
func (m *Monitor) stored() (store.InboxStats, map[store.SendState]int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	stats, err := m.config.Store.Inbox().Stats(ctx)
	if err != nil {
		return stats, nil, err
	}
	sends, err := m.config.Store.Ledger().Count(ctx)
	return stats, sends, err
}

// lag returns the age of the oldest message that waits.
func lag(s store.InboxStats, now time.Time) time.Duration {
	if s.Oldest.IsZero() {
		return 0
	}
	return now.Sub(s.Oldest) // less than 0 if the clock was set back
}
