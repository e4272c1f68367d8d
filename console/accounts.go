package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/login"
)

// accountLine is an account in the list.
type accountLine struct {
	AppID       string    `json:"app_id"`
	Name        string    `json:"name,omitempty"`
	State       string    `json:"state"` // online, offline, zombie or unknown
	Since       time.Time `json:"since,omitzero"`
	Paused      bool      `json:"paused"`
	Why         string    `json:"paused_why,omitempty"`
	Callback    time.Time `json:"last_callback,omitzero"`
	Sent        time.Time `json:"last_sent,omitzero"`
	LastSend    string    `json:"last_send,omitempty"`
	Failures    int       `json:"failed_sends"`
	Cause       string    `json:"cause,omitempty"`
	Down        time.Time `json:"down_since,omitzero"`
	Reconnected time.Time `json:"reconnected,omitzero"`
	Budget      *left     `json:"budget,omitempty"` // nil if it has sent nothing since the start
	Login       bool      `json:"login,omitempty"`  // a login is under way
}

// left is what an account may still send, as of its last send.
type left struct {
	At       time.Time `json:"at"`
	PerHour  int       `json:"per_hour,omitempty"` // 0 means no limit
	HourLeft int       `json:"hour_left,omitempty"`
	PerDay   int       `json:"per_day,omitempty"`
	DayLeft  int       `json:"day_left,omitempty"`
}

// DayUsed is how many of the day are used.
func (l left) DayUsed() int { return l.PerDay - l.DayLeft }

// HourUsed is how many of the hour are used.
func (l left) HourUsed() int { return l.PerHour - l.HourLeft }

// accountLines are the accounts of a health report, and those that have not been heard of yet.
func (c *Console) accountLines(h bot.Health) []accountLine {
	all := []accountLine{}
	for _, a := range h.Accounts {
		line := accountLine{
			AppID: a.AppID, State: a.State, Since: a.Since, Paused: a.Paused, Why: a.Why, Callback: a.Callback, Sent: a.Sent,
			LastSend: a.LastSend, Failures: a.Failures, Cause: a.Cause, Down: a.Down, Reconnected: a.Reconnected,
		}
		if b, ok := c.seen.budgetOf(a.AppID); ok {
			line.Budget = &left{b.At, b.PerHour, b.HourLeft, b.PerDay, b.DayLeft}
		}
		all = append(all, line)
	}
	for _, id := range c.h.Accounts() {
		if !slices.ContainsFunc(all, func(a accountLine) bool { return a.AppID == id }) {
			all = append(all, accountLine{AppID: id, State: "unknown"})
		}
	}
	slices.SortFunc(all, func(a, b accountLine) int { return strings.Compare(a.AppID, b.AppID) })
	return all
}

// accounts is the list of accounts, with the names under which they logged in.
func (c *Console) accounts(ctx context.Context) []accountLine {
	return c.accountsOf(ctx, c.bot.Health(ctx))
}

// accountsOf are the accounts of a health report, with their names.
func (c *Console) accountsOf(ctx context.Context, h bot.Health) []accountLine {
	all := c.accountLines(h)
	devices, _ := login.Devices(ctx, c.back.State()) // without them there are no names
	for _, d := range devices {
		i := slices.IndexFunc(all, func(a accountLine) bool { return a.AppID == d.AppID })
		if i < 0 {
			all = append(all, accountLine{AppID: d.AppID, State: "unknown"})
			i = len(all) - 1
		}
		all[i].Name = d.Nickname
	}
	for i := range all {
		all[i].Login = c.logins.running(all[i].AppID)
	}
	return all
}

// account is one account; false if there is none.
func (c *Console) account(ctx context.Context, appID string) (accountLine, bool) {
	for _, a := range c.accounts(ctx) {
		if a.AppID == appID {
			return a, true
		}
	}
	return accountLine{}, false
}
