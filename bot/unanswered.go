package bot

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/time/rate"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/internal/unanswered"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

// unansweredLog tells why messages got no answer: in the log, with few lines, and in the store for
// "hongyan explain KEY". Both are bounded in time, so that a busy group which the bot only reads
// costs nothing.
type unansweredLog struct {
	mu           sync.Mutex
	told         map[string]bool // chats and reasons
	lines, notes *rate.Limiter
	more         int // since the last line
}

const (
	maxTold    = 100 // chats and reasons whose first message always has a line
	lineEvery  = 10 * time.Second
	lineBurst  = 5
	notesASec  = 5
	notesBurst = 100
	maxReason  = 300 // bytes
)

func newUnansweredLog() *unansweredLog {
	return &unansweredLog{
		told: map[string]bool{}, lines: rate.NewLimiter(rate.Every(lineEvery), lineBurst), notes: rate.NewLimiter(notesASec, notesBurst),
	}
}

// line reports whether a message has a line in the log, and how many have had none since the last.
func (s *unansweredLog) line(now time.Time, chat, kind string) (yes bool, more int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := chat + "\n" + kind; !s.told[id] && len(s.told) < maxTold {
		s.told[id] = true
		if kind == droppedNotAllowed { // middleware.Allow has warned of the first in a chat
			return false, 0
		}
	} else if !s.lines.AllowN(now, 1) {
		s.more++
		return false, 0
	}
	more, s.more = s.more, 0
	return true, more
}

// unanswered tells why a message got no answer, if it got none.
func (b *Bot) unanswered(ctx context.Context, e *callback.Event, o router.Outcome) {
	if !e.IsMessage() || o.Sends > 0 {
		return
	}
	now, level := b.config.Clock.Now(), unansweredLevel(o)
	all := b.logger.Core().Enabled(zapcore.DebugLevel)
	tell, more := false, 0
	if all {
		tell = true
	} else if b.logger.Core().Enabled(level) {
		tell, more = b.silent.line(now, e.Conversation.ID, o.Dropped)
	}
	note := o.Dropped != middleware.DroppedSelf && b.silent.notes.AllowN(now, 1) // each answer comes back as a message of its own
	if !tell && !note {
		return
	}
	n := unanswered.Note{
		Time: now, Account: e.AppID, Kind: string(e.Kind()), Chat: e.Conversation.ID, Sender: e.Sender, Dropped: o.Dropped, Route: o.Route,
	}
	switch {
	case o.Dropped != "":
		n.Reason = b.whyDropped(e, o)
	case o.Route != "":
		n.Reason = "the route " + o.Route + " has handled it, and has sent nothing by its end"
	default:
		x := b.router.ExplainWith(ctx, e, b.servicesNow(ctx))
		n.Reason = whyNone(x)
		for _, v := range x.Routes {
			if !v.Observer && len(n.Routes) < unanswered.MaxRoutes {
				n.Routes = append(n.Routes, unanswered.Route{Name: v.Name, Reason: cut(v.Reason)})
			} else if !v.Observer {
				n.More++
			}
		}
	}
	if tell {
		fields := []zap.Field{
			zap.String("reason", n.Reason), zap.String("event", e.Key()), zap.String("kind", n.Kind), zap.String("account", n.Account),
			zap.String("conversation", n.Chat), zap.String("sender", n.Sender),
		}
		if more > 0 {
			fields = append(fields, zap.Int("others_since_last_line", more))
		}
		b.logger.Log(level, "no answer", fields...)
	}
	if note {
		if err := unanswered.Write(ctx, b.store.Log(), e.Key(), n); err != nil {
			b.logger.Debug("why a message got no answer could not be kept", zap.Error(err))
		}
	}
}

// unansweredLevel is the level of the line. What is silent as a rule, and what has a line of its
// own already, is for debugging.
func unansweredLevel(o router.Outcome) zapcore.Level {
	switch {
	case o.Dropped == "" && o.Route != "",
		o.Dropped == middleware.DroppedSelf, o.Dropped == middleware.DroppedOfficial, o.Dropped == middleware.DroppedSystem,
		o.Dropped == droppedOtherAnswers, o.Dropped == droppedLateNotice, o.Dropped == router.DroppedLate:
		return zapcore.DebugLevel
	}
	return zapcore.InfoLevel
}

// The reasons of middleware.Allow, and of middleware.JoinFiles for the notice of a file that was
// handled.
const (
	droppedNotAllowed = "not allowed"
	droppedLateNotice = "late notice"
)

// whyDropped says why a middleware or a route dropped a message, and what to do about it.
func (b *Bot) whyDropped(e *callback.Event, o router.Outcome) string {
	switch o.Dropped {
	case droppedNotAllowed:
		if b.lists.Load().of(e.AppID).empty() {
			return "allow: the list is empty, so the bot listens to nobody; " + allowHint
		}
		if e.Conversation.IsGroup() {
			return "allow: the group " + e.Conversation.ID + " is not listed; add it to allow.groups, or to HONGYAN_ALLOW"
		}
		return "allow: " + e.Conversation.ID + " is not listed; add it to allow.people, or to HONGYAN_ALLOW"
	case droppedBlocked:
		return "blocked: by block: of the configuration, by the plugin blocked, or by another that keeps " + e.Sender + " out"
	case droppedAccount:
		return "accounts: " + e.AppID + " is not listed; add it to accounts:, or to HONGYAN_APP_ID"
	case middleware.DroppedSelf:
		return "the account itself wrote it, or another account of the bot; keep_self: true lets what the account writes pass"
	case middleware.DroppedOfficial:
		return "an official account wrote it"
	case middleware.DroppedSystem:
		return "a service account of WeChat wrote it"
	case "loop":
		return "loop_guard: this chat is muted for a while, because the bot and another one kept answering each other"
	case "rate limit":
		return "rate_limit: the chat has had as many messages as it allows"
	case droppedOtherAnswers:
		return "another account of the bot answers in this group; all_accounts_answer: true lets each of them answer"
	case router.DroppedLate:
		return fmt.Sprintf("max_age: the message was %v old when its turn came; route %s",
			e.Age(b.config.Clock.Now()).Round(time.Second), o.Route)
	case router.DroppedCooldown:
		return "cooldown: the route " + o.Route + " has answered a moment ago"
	}
	if o.Route != "" {
		return "route " + o.Route + ": " + o.Dropped
	}
	return "dropped: " + o.Dropped
}

// whyNone says why no route handled a message: the reason of the first route for its kind.
func whyNone(x router.Explanation) string {
	var kinds []string
	routes, known := 0, map[string]bool{}
	first := ""
	for _, v := range x.Routes {
		if v.Observer {
			continue
		}
		routes++
		kind := string(v.Kind)
		if first == "" && v.Reason != "" && (v.Kind == "" || v.Kind == x.Kind) {
			first = "route " + v.Name + ": " + v.Reason
		}
		if !known[kind] {
			known[kind] = true
			kinds = append(kinds, kind)
		}
	}
	switch {
	case routes == 0:
		return "the bot has no routes: no rule and no plugin that answers"
	case first == "":
		return fmt.Sprintf("no route takes the kind %s; the routes take %s", x.Kind, cut(strings.Join(kinds, ", ")))
	case routes > 1:
		return fmt.Sprintf("%s (and %d more)", cut(first), routes-1)
	}
	return cut(first)
}

// cut bounds a reason, which may have all words of a matcher.
func cut(text string) string {
	if len(text) <= maxReason {
		return text
	}
	end := maxReason
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
