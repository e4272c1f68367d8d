package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// droppedOtherAnswers is the reason for group messages that another account of the bot in the same
// group handles.
const droppedOtherAnswers = "another account answers"

// choice decides which of several accounts in a group handles the messages that all of them get.
// Each group has one such account, its speaker: the first one that got a message there, until it
// leaves. The state holds it, so that all processes agree.
type choice struct {
	accounts *accounts
	state    store.State
	clock    clock.Clock
	monitor  *monitor.Monitor

	mu     sync.Mutex
	out    map[string]bool    // accounts whose last event said that they are logged out
	known  map[string]speaker // by group: as last read
	silent map[string]silence // by group: since when its speaker seems to get no messages
}

func newChoice(a *accounts, state store.State, m *monitor.Monitor, c clock.Clock) *choice {
	return &choice{
		accounts: a, state: state, clock: c, monitor: m, out: map[string]bool{}, known: map[string]speaker{}, silent: map[string]silence{},
	}
}

// gone reports whether an account is known to be unable to answer.
func (ch *choice) gone(appID string) bool {
	ch.mu.Lock()
	out := ch.out[appID]
	ch.mu.Unlock()
	s := ch.monitor.StateOf(appID)
	return out || s == monitor.Offline || s == monitor.Zombie
}

// speaker is the account that handles a group.
type speaker struct {
	AppID string    `json:"app_id"`
	Seen  time.Time `json:"seen"` // when it last got a message there, at most speakerFresh late
}

type silence struct {
	speaker speaker
	since   time.Time
}

const (
	// speakerFresh is how long a speaker is valid without reading the state. No account takes over
	// before speakerIdle.
	speakerFresh = time.Minute
	speakerIdle  = 2 * time.Minute
	// speakerPatience is how long other accounts must get messages that the speaker does not get
	// before one of them takes over.
	speakerPatience = 30 * time.Second
	// speakerKept is how long a group without messages keeps its speaker.
	speakerKept = 30 * 24 * time.Hour
	// maxGroups bounds the number of groups in memory.
	maxGroups = 10_000
)

func speakerKey(group string) string { return stateKey("bot/speaker/", group) }

// middleware drops group messages that another account handles. Observers see them.
func (ch *choice) middleware(count func(string)) router.Middleware {
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			e := c.Event
			if !e.IsMessage() || !e.Conversation.IsGroup() || e.Conversation.ID == "" || e.Self || !ch.accounts.mayBeSeveral() {
				return next(c)
			}
			appID, err := ch.choose(c)
			if err != nil {
				return err
			}
			if appID != e.AppID {
				count(droppedOtherAnswers)
				handling.Of(c).DropAfterObservers(droppedOtherAnswers)
			}
			return next(c)
		}
	}
}

// choose returns the account that handles an event: the one that is mentioned, else the one whose
// form waits for the sender, else the speaker of the group.
func (ch *choice) choose(c *router.Context) (string, error) {
	e := c.Event
	mentioned := slices.DeleteFunc(ch.accounts.among(atList(e)), ch.gone)
	if len(mentioned) == 0 && e.AtMe() { // by the words of the notification
		mentioned = []string{e.AppID}
	}
	if len(mentioned) == 1 {
		return mentioned[0], nil
	}
	if len(mentioned) == 0 {
		forms, err := ch.forms(c)
		if err != nil || forms != "" {
			return forms, err
		}
	}
	speaker, err := ch.speaker(c, e.AppID, e.Conversation.ID)
	if len(mentioned) > 1 && !slices.Contains(mentioned, speaker) {
		speaker = mentioned[0]
	}
	return speaker, err
}

// atList returns the wxids that a message mentions by name.
func atList(e *callback.Event) []string {
	if t, ok := e.Payload().(*xmlmsg.Text); ok {
		return t.At
	}
	return xmlmsg.ParseSource(e.Source).At
}

// maxForms is the number of accounts up to which open forms are looked up: each account costs a
// read of the state per message.
const maxForms = 8

// forms returns the account whose form takes the event; empty if there is none.
func (ch *choice) forms(c *router.Context) (string, error) {
	apps := ch.accounts.all()
	if len(apps) < 2 || len(apps) > maxForms {
		return "", nil
	}
	for _, appID := range apps {
		if taken, err := handling.Of(c).TakenByForm(appID); taken || err != nil {
			return appID, err
		}
	}
	return "", nil
}

// speaker returns the account that handles a group, which may become that of the event.
func (ch *choice) speaker(ctx context.Context, me, group string) (string, error) {
	for {
		now := ch.clock.Now()
		ch.mu.Lock()
		known, ok := ch.known[group]
		ch.mu.Unlock()
		if ok && fresh(known, now, speakerFresh) && (known.AppID == me || !ch.gone(known.AppID)) {
			return known.AppID, nil
		}
		s, revision, err := ch.read(ctx, group)
		if err != nil {
			return "", err
		}
		if s.AppID != "" && s.AppID != me && !ch.takesOver(s, group, now) {
			ch.remember(group, s)
			return s.AppID, nil
		}
		s = speaker{AppID: me, Seen: now}
		value, err := json.Marshal(s)
		if err == nil {
			_, err = ch.state.Swap(ctx, speakerKey(group), value, revision, speakerKept)
		}
		switch {
		case err == nil:
			ch.remember(group, s)
			return me, nil
		case !errors.Is(err, store.ErrConflict): // else another account was faster
			return "", phrase.Errorf("bot: which account answers in a group: %w", err)
		}
	}
}

// fresh reports whether an account got a message in its group at most d ago. A time ahead of the
// clock proves nothing.
func fresh(s speaker, now time.Time, d time.Duration) bool {
	age := now.Sub(s.Seen)
	return age < d && age > -d
}

func (ch *choice) read(ctx context.Context, group string) (s speaker, revision uint64, err error) {
	e, err := ch.state.Get(ctx, speakerKey(group))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s, 0, nil
	case err != nil:
		return s, 0, phrase.Errorf("bot: which account answers in a group: %w", err)
	}
	if json.Unmarshal(e.Value, &s) != nil { // of a later version of this program
		s = speaker{}
	}
	return s, e.Revision, nil
}

// takesOver reports whether another account is to handle the group from now on: the speaker is
// gone, or gets no messages while others do.
func (ch *choice) takesOver(s speaker, group string, now time.Time) bool {
	if !ch.accounts.has(s.AppID) || ch.gone(s.AppID) {
		return true
	}
	if fresh(s, now, speakerIdle) {
		return false
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	known, ok := ch.silent[group]
	if !ok || known.speaker.AppID != s.AppID || !known.speaker.Seen.Equal(s.Seen) {
		if len(ch.silent) >= maxGroups {
			clear(ch.silent)
		}
		ch.silent[group] = silence{s, now}
		return false
	}
	return now.Sub(known.since) >= speakerPatience
}

func (ch *choice) remember(group string, s speaker) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if len(ch.known) >= maxGroups {
		clear(ch.known)
	}
	ch.known[group] = s
}

// observe records which accounts are logged out, and releases a group whose speaker has left it, so
// that another account handles it at once.
func (ch *choice) observe(ctx context.Context, e *callback.Event) error {
	ch.mu.Lock()
	if e.Kind() == callback.KindOffline && len(ch.out) < maxAccounts {
		ch.out[e.AppID] = true
	} else if e.IsMessage() {
		delete(ch.out, e.AppID)
	}
	ch.mu.Unlock()
	group := ""
	switch p := e.Payload().(type) {
	case *callback.GroupLeft:
		group = p.Username
	case *xmlmsg.System:
		if p.Notice == xmlmsg.NoticeSelfRemoved {
			group = e.Conversation.ID
		}
	}
	if group == "" {
		return nil
	}
	s, _, err := ch.read(ctx, group)
	if err != nil || s.AppID != e.AppID {
		return err
	}
	ch.mu.Lock()
	delete(ch.known, group)
	ch.mu.Unlock()
	if err := ch.state.Delete(ctx, speakerKey(group)); err != nil {
		return phrase.Errorf("bot: which account answers in a group: %w", err)
	}
	return nil
}
