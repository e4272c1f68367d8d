package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
)

// need is something that needs a person, or that somebody should know.
type need struct {
	// What is stopped, paused, account, unknown, held, dead, plugin, token, disk, store or ready.
	What   string    `json:"what"`
	Count  int       `json:"count,omitempty"`
	On     string    `json:"on,omitempty"` // the account or plugin
	Since  time.Time `json:"since,omitzero"`
	Why    string    `json:"why,omitempty"`
	Source string    `json:"source,omitempty"` // the rule or plugin of most dead letters
	Cause  string    `json:"cause,omitempty"`  // of an account: offline, sends, service or silence
	Link   string    `json:"link,omitempty"`
	Item   *item     `json:"item,omitempty"` // a held send
	Sign   string    `json:"sign"`           // bad, unknown, held or warn
}

// overview is the first page.
type overview struct {
	Needs     []need        `json:"needs"`
	Counts    queueCounts   `json:"counts"`
	Store     string        `json:"store_error,omitempty"`
	Accounts  []accountLine `json:"accounts"`
	Hour      series        `json:"hour"` // by minute
	Day       series        `json:"day"`  // by ten minutes
	Load      series        `json:"load"` // by half hours: what waited
	Median    float64       `json:"answer_median_seconds,omitempty"`
	Answers   bool          `json:"answers"`
	Lag       float64       `json:"oldest_waiting_seconds"`
	Last      time.Time     `json:"last_message,omitzero"`
	Started   time.Time     `json:"started"`
	Deeds     []deed        `json:"deeds,omitempty"`
	Incidents []incident    `json:"incidents,omitempty"`
	Steps     []step        `json:"first_steps,omitempty"` // of a bot that nothing has happened to yet
	Login     *accountView  `json:"login,omitempty"`       // of the account that is logged in here
}

// step is a step of a first run.
type step struct {
	Name string `json:"name"` // token, account, callback or rule
	Done bool   `json:"done"`
}

// chartsData has the charts of the first page, and nothing else.
func (c *Console) chartsData() overview {
	return overview{
		Hour: c.seen.counts(60, time.Minute), Day: c.seen.counts(144, 10*time.Minute), Load: c.seen.counts(48, 30*time.Minute),
	}
}

// overview works out the first page but for its charts. If the store does not answer, it has what
// the process knows.
func (c *Console) overview(ctx context.Context) overview {
	o := overview{Started: c.started, Last: c.seen.lastEvent()}
	if median, ok := c.seen.median(); ok {
		o.Median, o.Answers = median.Seconds(), true
	}
	h := c.bot.Health(ctx)
	o.Lag = h.Lag.Seconds()
	o.Accounts = c.accountsOf(ctx, h)
	counts, err := c.counts(ctx)
	if err != nil {
		o.Store = firstLine(err.Error())
		o.Needs = append(o.Needs, need{What: "store", Why: o.Store, Sign: "bad"})
	}
	o.Counts = counts
	o.Needs = append(o.Needs, c.healthNeeds(ctx, h)...)
	if err == nil {
		o.Needs = append(o.Needs, c.queueNeeds(ctx, counts)...)
	}
	o.Needs = append(o.Needs, c.pluginNeeds(ctx)...)
	o.Deeds, _ = c.deeds(ctx, 5) // the page says that the store does not answer
	o.Incidents = c.seen.incidentList()
	o.Steps = c.steps(ctx, h)
	return o
}

// healthNeeds are those about accounts, the token and the disk.
func (c *Console) healthNeeds(ctx context.Context, h bot.Health) (needs []need) {
	pauses, _ := outbox.Pauses(ctx, c.back.State()) // the page says that the store does not answer
	stopped := false
	for _, p := range pauses {
		switch {
		case p.Account == "":
			stopped = true
			needs = append(needs, need{What: "stopped", Since: p.Since, Why: p.Reason, Sign: "bad"})
		case p.Reason != bot.PausedByMonitor:
			needs = append(needs, need{
				What: "paused", On: p.Account, Since: p.Since, Why: p.Reason, Sign: "warn", Link: root + "accounts/" + escape(p.Account),
			})
		}
	}
	if h.Paused && !stopped {
		needs = append(needs, need{What: "stopped", Why: bot.PauseFile, Sign: "bad"})
	}
	for _, a := range h.Accounts {
		if a.Cause != "" || a.State == "offline" || a.State == "zombie" {
			since := a.Down
			if since.IsZero() {
				since = a.Since
			}
			needs = append(needs, need{
				What: "account", On: a.AppID, Since: since, Why: a.State, Cause: a.Cause, Sign: "bad",
				Link: root + "accounts/" + escape(a.AppID),
			})
		}
	}
	if h.BadToken {
		needs = append(needs, need{What: "token", Sign: "bad", Link: root + "doctor"})
	}
	const lowDisk = 256 << 20
	if h.DiskFree > 0 && h.DiskFree < lowDisk {
		needs = append(needs, need{What: "disk", Count: int(h.DiskFree >> 20), Sign: "warn"})
	}
	return needs
}

// queueNeeds are the items that wait for a person. Dead letters that wait for an unknown send are
// decided with that.
func (c *Console) queueNeeds(ctx context.Context, n queueCounts) (needs []need) {
	oldest := func(view string) (item, queue) {
		q, err := c.readQueue(ctx, view)
		if err != nil || len(q.items) == 0 {
			return item{}, q
		}
		return slices.MinFunc(q.items, func(a, b item) int { return a.Since.Compare(b.Since) }), q
	}
	if n.Unknown > 0 {
		x, _ := oldest(viewUnknown)
		needs = append(needs, need{What: viewUnknown, Count: n.Unknown, Since: x.Since, Sign: "unknown", Link: root + "queue?view=unknown"})
	}
	if n.Unknown > 0 && n.Dead > 0 { // one decision settles both
		if waiting, err := outbox.Waiting(ctx, c.back); err == nil {
			n.Dead -= min(n.Dead, len(waiting))
		}
	}
	if n.Dead > 0 {
		x, q := oldest(viewDead)
		why, source := "", ""
		if groups := grouped(q.items, 1); len(groups) > 0 {
			why, source = groups[0].Reason, groups[0].Source
		}
		needs = append(needs, need{
			What: viewDead, Count: n.Dead, Since: x.Since, Why: why, Source: source, Sign: "bad", Link: root + "queue?view=dead",
		})
	}
	if n.Held > 0 {
		x, q := oldest(viewHeld)
		const most = 3
		if n.Held > most {
			return append(needs, need{What: viewHeld, Count: n.Held, Since: x.Since, Sign: "held", Link: root + "queue?view=held"})
		}
		found := c.names(ctx)
		for _, x := range q.items {
			x.Name = found.chat(x.Account, x.Chat)
			needs = append(needs, need{
				What: "hold", Count: 1, Since: x.Since, Why: x.Reason, Sign: "held", Link: root + "sends/" + escape(x.Key), Item: &x,
			})
		}
	}
	return needs
}

// pluginNeeds are the plugins that are off because they failed again and again.
func (c *Console) pluginNeeds(ctx context.Context) (needs []need) {
	for _, p := range c.bot.Plugins(ctx, "", "") {
		if !p.On && p.Broken {
			needs = append(needs, need{What: "plugin", On: p.Name, Why: p.Why, Sign: "bad", Link: root + "plugins/" + escape(p.Name)})
		}
	}
	return needs
}

// steps are those of a first run; nil once there was a message.
func (c *Console) steps(ctx context.Context, h bot.Health) []step {
	if !c.seen.lastEvent().IsZero() {
		return nil
	}
	registered, _ := bot.LastRegistration(ctx, c.back.State()) // unknown is not done
	if sim := c.bot.Simulator(); sim != nil {
		registered.Host = sim.URL()
	}
	rule := false
	for _, r := range c.rules() {
		rule = rule || !r.Observer
	}
	return []step{
		{"token", !h.BadToken}, {"account", len(h.Accounts) > 0 || len(c.h.Accounts()) > 0}, {"callback", registered.Host != ""},
		{"rule", rule},
	}
}

// stopped is why all sending is stopped, and since when; false if it is not.
func (c *Console) stopped(ctx context.Context) (outbox.ActivePause, bool) {
	pauses, err := outbox.Pauses(ctx, c.back.State())
	if err == nil {
		for _, p := range pauses {
			if p.Account == "" {
				return p, true
			}
		}
	}
	return outbox.ActivePause{}, false
}

// stop pauses all sending, or that of an account.
func (c *Console) stop(ctx context.Context, account, reason string) error {
	if reason == "" {
		reason = "stopped in the console"
	}
	if r := []rune(reason); len(r) > 200 {
		reason = string(r[:200])
	}
	if err := c.bot.Pause(ctx, account, reason); err != nil {
		return fmt.Errorf("console: %w", err)
	}
	return nil
}
