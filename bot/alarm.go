package bot

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

// Alarm says who is notified when an account does not work, or something fails that a person has to
// see to (see Failure), and when silence is suspicious. The zero value notifies Config.Owners; the
// log, /readyz and the metrics show it in any case.
type Alarm struct {
	// Webhook gets a POST with a JSON object when an incident begins, and one when it is over;
	// docs/en/metrics.md describes it.
	Webhook string
	// Owner is a wxid, or the id of a group, that gets the same as a message, through an account of
	// the bot that works. Empty means Config.Owners.
	Owner string
	// Nobody sends no messages: only the webhook is notified.
	Nobody bool
	// Quiet is the part of the day in which they get nothing; what is still true afterwards is
	// sent then. The zero value means none.
	Quiet outbox.Window
	// Silence is how long no callback may arrive in Daytime before an account is suspicious. 0
	// means 15 minutes, and never against a simulator; less than 0 means never.
	Silence time.Duration
	// Daytime is when silence counts. If From and To are 0, 08:00 to 23:00. The messages have times
	// of this zone.
	Daytime outbox.Window
}

// alarmed are the people and groups that get the messages of an alarm.
func (b *Bot) alarmed() []string {
	switch a := b.config.Alarm; {
	case a.Nobody:
		return nil
	case a.Owner != "":
		return []string{a.Owner}
	}
	return b.owners()
}

// LoginPager is a Plugin with a page that has the QR code by which a person logs an account in.
// Alarms have its address when only a login is left to do; it is empty if there is none.
type LoginPager interface{ LoginPage(account string) string }

// loginPage is the page for an account.
func (b *Bot) loginPage(account string) string {
	for _, x := range b.plugins.all() {
		if p, ok := x.plugin.(LoginPager); ok {
			return p.LoginPage(account)
		}
	}
	return ""
}

// tellOwner sends an alert about an incident. The key keeps it single. It is sent as an answer,
// which does not wait for the morning: Alarm.Quiet says what the owner wants.
func (b *Bot) tellOwner(ctx context.Context, account, to, text, key string) error {
	_, err := b.Send(ctx, api.PostText{AppID: account, To: to, Content: text}, router.Key("monitor/"+key), router.AsAnswer())
	return err
}

// PausedByMonitor is the reason of a pause of the outbox because an account does not work. A person
// has made a pause with another reason.
const PausedByMonitor = "the account does not work: /readyz says more"

// pauseAccount pauses an account that does not work, unless it is paused.
func (b *Bot) pauseAccount(ctx context.Context, account string) error {
	if reason, err := b.pauseReason(ctx, account); err != nil || reason != "" {
		return err
	}
	return b.outbox.Pause(ctx, account, PausedByMonitor)
}

// resumeAccount ends the pause of pauseAccount, and no other.
func (b *Bot) resumeAccount(ctx context.Context, account string) error {
	if reason, err := b.pauseReason(ctx, account); err != nil || reason != PausedByMonitor {
		return err
	}
	return outbox.Resume(ctx, b.store.State(), account)
}

// pauseReason is why sending is paused for an account, or for all if account is empty. It is empty
// if sending is not paused.
func (b *Bot) pauseReason(ctx context.Context, account string) (string, error) {
	pauses, err := outbox.Pauses(ctx, b.store.State())
	if err != nil {
		return "", err
	}
	for _, p := range pauses {
		if p.Account == account {
			return cmp.Or(p.Reason, "no reason given"), nil
		}
	}
	return "", nil
}

// allPaused reports whether a person has paused all sending.
func (b *Bot) allPaused(ctx context.Context) (bool, error) {
	if b.config.Data != "" {
		if _, err := os.Stat(filepath.Join(b.config.Data, PauseFile)); !errors.Is(err, os.ErrNotExist) {
			return true, nil
		}
	}
	reason, err := b.pauseReason(ctx, "")
	return reason != "", err
}
