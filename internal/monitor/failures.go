package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/store"
)

// FailureKind is what has failed.
type FailureKind string

// The kinds of failures.
const (
	DeadLetter  FailureKind = "dead_letter"    // a message was given up
	UnknownSend FailureKind = "unknown_send"   // a send may have arrived, or not
	HeldSend    FailureKind = "held_send"      // a send waits for its release
	LostForward FailureKind = "failed_forward" // a forward was refused, or its time was over
	PluginOff   FailureKind = "plugin_off"     // a plugin failed again and again, and was switched off
)

// Failure is something that a person has to see to. It has no message text.
type Failure struct {
	Kind  FailureKind `json:"kind"`
	Count int         `json:"count"` // how many there are that were not reported before
	// Account and Chat are where the latest of them happened, Source is its route or plugin, and
	// Key its send, or its message. They are empty if unknown.
	Account string    `json:"account,omitempty"`
	Chat    string    `json:"chat,omitempty"`
	Source  string    `json:"source,omitempty"`
	Key     string    `json:"key,omitempty"`
	Since   time.Time `json:"since"` // when the first of them happened
	Do      string    `json:"do"`    // the command to type
	Text    string    `json:"text"`  // all of it for a person, in English
	TextZH  string    `json:"text_zh"`
}

// failureAlert is the JSON object that the webhook gets.
type failureAlert struct {
	ID    string `json:"id"`
	Event string `json:"event"` // "failure"
	Failure
}

const (
	failureKey = "monitor/failure/"
	// failuresRest is the time between two alerts about failures of a kind, unless there was none
	// left in between.
	failuresRest = time.Hour
	// failuresGather is how long the first of several failures waits for the others.
	failuresGather = 2 * time.Second
	failuresPage   = 500
)

// incidentOf is what the store keeps of the failures of a kind.
type incidentOf struct {
	Told   time.Time `json:"told,omitzero"` // when people were last notified; zero if there was none left since
	Seen   time.Time `json:"seen,omitzero"` // the latest failure that they were notified of
	Alert  *failureAlert
	Untold []string `json:"untold,omitempty"`
	Tries  int      `json:"tries,omitempty"`
}

// failed is one failure.
type failed struct {
	at                         time.Time
	account, chat, source, key string
}

// Wake makes Run look for failures soon.
func (m *Monitor) Wake() { m.poke() }

// reviewFailures notifies people of failures that they do not know yet: once for each kind, and
// again when there are new ones after an hour, or after all were settled.
func (m *Monitor) reviewFailures(ctx context.Context) {
	found, err := m.failures(ctx)
	if err == nil {
		for _, kind := range []FailureKind{DeadLetter, UnknownSend, HeldSend, LostForward, PluginOff} {
			err = errors.Join(err, m.reviewKind(ctx, kind, found[kind], m.config.Clock.Now()))
		}
	}
	if err != nil && ctx.Err() == nil {
		m.config.Logger.Error("failures could not be reported, trying again soon", zap.Error(err))
	}
}

// failures lists what is not settled.
func (m *Monitor) failures(ctx context.Context) (map[FailureKind][]failed, error) {
	back := m.config.Store
	found := map[FailureKind][]failed{}
	if m.config.SwitchedOff != nil {
		for plugin, at := range m.config.SwitchedOff() {
			found[PluginOff] = append(found[PluginOff], failed{at: at, source: plugin, key: plugin})
		}
	}
	stats, err := back.Inbox().Stats(ctx)
	if err != nil {
		return nil, fmt.Errorf("monitor: %w", err)
	}
	counts, err := back.Ledger().Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("monitor: %w", err)
	}
	dead := map[string]bool{}
	if stats.Dead > 0 {
		waiting, err := outbox.Waiting(ctx, back) // the send is reported
		if err != nil {
			return nil, err
		}
		settled := map[uint64]bool{}
		for _, w := range waiting {
			settled[w.Seq] = true
		}
		for after, more := uint64(0), true; more; {
			letters, err := back.Inbox().Dead(ctx, after, failuresPage)
			if err != nil {
				return nil, fmt.Errorf("monitor: %w", err)
			}
			for _, d := range letters {
				after, dead[d.Key] = d.Seq, true
				if account, chat, _ := strings.Cut(d.Lane, "/"); !settled[d.Seq] {
					f := failed{at: d.Buried, account: account, chat: chat, key: strconv.FormatUint(d.Seq, 10)}
					found[DeadLetter] = append(found[DeadLetter], f)
				}
			}
			more = len(letters) == failuresPage
		}
	}
	if counts[store.Unknown]+counts[store.Held]+counts[store.Refused]+counts[store.Expired] == 0 {
		return found, nil
	}
	query := store.SendQuery{States: []store.SendState{store.Unknown, store.Held, store.Refused, store.Expired}, Limit: failuresPage}
	for {
		page, err := back.Ledger().List(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("monitor: %w", err)
		}
		for _, s := range page {
			query.After = s.Seq
			if kind := failureOf(s, dead); kind != "" {
				found[kind] = append(found[kind], failed{s.Updated, s.Account, s.Target, s.Source, outbox.GivenKey(s)})
			}
		}
		if len(page) < query.Limit {
			return found, nil
		}
	}
}

// failureOf is the kind of failure that a send is; empty if it needs no person, or its message is a
// dead letter. The alerts themselves do not count.
func failureOf(s store.Send, dead map[string]bool) FailureKind {
	switch {
	case strings.HasPrefix(outbox.GivenKey(s), alertKey):
	case s.State == store.Unknown:
		return UnknownSend
	case s.State == store.Held:
		return HeldSend
	case outbox.Lost(s) && strings.Contains(strings.ToLower(s.Endpoint), "forward") && !dead[s.Event]:
		return LostForward
	}
	return ""
}

// alertKey begins the keys of the messages to the owner.
const alertKey = "monitor/"

// reviewKind notifies people of the failures of a kind.
func (m *Monitor) reviewKind(ctx context.Context, kind FailureKind, all []failed, now time.Time) error {
	state := m.config.Store.State()
	entry, err := state.Get(ctx, failureKey+string(kind))
	var r incidentOf
	switch {
	case err == nil:
		_ = json.Unmarshal(entry.Value, &r) // a broken record is begun anew
	case !errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("monitor: %w", err)
	}
	r.Told = store.Bound(r.Told, now, 0) // the clock may have been set back
	save := func() (bool, error) {
		value, err := json.Marshal(r)
		if err == nil {
			entry.Revision, err = state.Swap(ctx, failureKey+string(kind), value, entry.Revision, 0)
		}
		if errors.Is(err, store.ErrConflict) { // another process is at it
			return false, nil
		}
		return err == nil, err
	}
	fresh := slices.DeleteFunc(slices.Clone(all), func(f failed) bool { return !f.at.After(r.Seen) })
	slices.SortFunc(fresh, func(a, b failed) int { return a.at.Compare(b.at) })
	switch {
	case len(all) == 0 && !r.Told.IsZero():
		r.Told = time.Time{}
		_, err := save()
		return err
	case len(fresh) > 0 && now.Sub(fresh[0].at) < failuresGather:
		m.lookAgain(failuresGather)
	case len(fresh) > 0 && (r.Told.IsZero() || now.Sub(r.Told) >= failuresRest):
		f := failureAbout(kind, fresh)
		r = incidentOf{
			Told: now, Seen: fresh[len(fresh)-1].at, Untold: m.channels(),
			Alert: &failureAlert{fmt.Sprintf("%s-%d", kind, now.Unix()), "failure", f},
		}
		if saved, err := save(); err != nil || !saved {
			return err
		}
		if m.config.Failed != nil {
			m.config.Failed(f)
		}
	}
	if len(r.Untold) == 0 || r.Alert == nil {
		return nil
	}
	r.Untold, r.Tries = m.tellFailure(ctx, r, now)
	_, err = save()
	return err
}

// tellFailure notifies the channels that do not know an alert yet, and returns those that are left.
func (m *Monitor) tellFailure(ctx context.Context, r incidentOf, now time.Time) (left []string, tries int) {
	tries = r.Tries
	for _, channel := range r.Untold {
		err := m.deliver(ctx, channel, r.Alert, r.Alert.TextZH+"\n"+r.Alert.Text, "failure/"+r.Alert.ID, now)
		result := "delivered"
		switch {
		case errors.Is(err, errWait):
			left = append(left, channel)
			continue
		case err != nil:
			result = "failed"
			m.config.Logger.Error("an alert could not be delivered", zap.String("channel", channelLabel(channel)), zap.Error(err))
			if tries++; tries < maxTries {
				left = append(left, channel)
			}
		}
		m.config.Metrics.notices.WithLabelValues(channelLabel(channel), result).Inc()
	}
	return left, tries
}

// failureAbout describes failures of a kind, the oldest first.
func failureAbout(kind FailureKind, list []failed) Failure {
	last := list[len(list)-1]
	f := Failure{
		Kind: kind, Count: len(list), Account: last.account, Chat: last.chat, Source: last.source, Key: last.key, Since: list[0].at,
	}
	key := "KEY"
	if len(list) == 1 {
		key = strconv.Quote(last.key)
	}
	switch kind {
	case DeadLetter:
		f.Do = "hongyan dead list"
		f.Text = "%d messages were given up, as their handlers failed too often. What to do: %s shows why, then hongyan dead retry or drop."
		f.TextZH = "有 %d 条消息处理失败，已放入死信。请执行 %s 查看原因，再用 hongyan dead retry 或 drop 处理。"
	case UnknownSend:
		f.Do = "hongyan outbox list --state unknown"
		f.Text = "%d messages may have been sent, or not. What to do: %s, look into the chat, then hongyan outbox sent, resend or drop " +
			key + "."
		f.TextZH = "有 %d 条消息不确定是否已发出。请执行 %s，核对聊天记录后用 hongyan outbox sent、resend 或 drop " + key + " 处理。"
	case HeldSend:
		f.Do = "hongyan outbox list --state held"
		f.Text = "%d messages wait for a person. What to do: %s, then hongyan outbox release or drop " + key + "."
		f.TextZH = "有 %d 条消息等待人工放行。请执行 %s 查看，再用 hongyan outbox release 或 drop " + key + " 处理。"
	case LostForward:
		f.Do = "hongyan outbox list --state refused,expired"
		f.Text = "%d messages were not forwarded. What to do: %s shows why, then hongyan outbox resend or drop " + key + "."
		f.TextZH = "有 %d 条消息转发失败。请执行 %s 查看原因，再用 hongyan outbox resend 或 drop " + key + " 处理。"
	case PluginOff:
		f.Do = "/开 NAME"
		if len(list) == 1 {
			f.Do = "/开 " + last.key
		}
		f.Text = "%d plugins failed again and again, and were switched off. What to do: mend them, then send “%s” to the bot."
		f.TextZH = "有 %d 个插件连续出错，已自动停用。修好后给机器人发“%s”恢复。"
	}
	f.Text, f.TextZH = fmt.Sprintf(f.Text, f.Count, f.Do), fmt.Sprintf(f.TextZH, f.Count, f.Do)
	return f
}
