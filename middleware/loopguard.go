package middleware

import (
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/content"
	"github.com/hongyan-go/hongyan/internal/handling"
	"github.com/hongyan-go/hongyan/router"
)

// droppedLoop is the drop reason of LoopGuard.
const droppedLoop = "loop"

// The defaults of LoopGuardConfig.
const (
	defaultLoopRounds = 4
	defaultLoopPause  = time.Minute
	defaultLoopMute   = 10 * time.Minute
)

// LoopGuardConfig configures LoopGuard. The zero value works.
type LoopGuardConfig struct {
	// Rounds is the number of consecutive rounds with repeated content after which a sender is
	// muted. It takes twice as many if only one side repeats itself, and one more than that if only
	// the speed is suspicious. 0 means 4; a negative value means that nobody is
	// ever muted.
	Rounds int
	// Pause is the maximum time between an answer and a message that counts as a reaction to it. 0
	// means a minute.
	Pause time.Duration
	// Mute is how long the sender is muted in this conversation. 0 means 10 minutes.
	Mute time.Duration
	// Count is called for each dropped event with the reason. nil means that drops are not counted.
	Count func(reason string)
	// Muted is called when a sender is muted in a conversation, after it was logged. It may be nil.
	Muted func(account, conversation string)
	// Clock is the clock. nil means that of the machine.
	Clock clock.Clock
}

// machineSpeed is the time between two messages of a sender that is too short for a person.
const machineSpeed = 400 * time.Millisecond

// LoopGuard mutes a sender in a conversation in which the bot appears to talk to another bot. A
// round is an answer into the conversation and the next message of the sender. It is suspicious if
// the message
//   - equals or contains what the bot has just said there,
//   - repeats what the sender said before while nobody else has spoken, in particular if the bot
//     repeats its answers, too,
//   - arrives at machine speed, within 400 ms of the sender's previous message. This does not apply
//     to files and pictures.
//
// One round without suspicion resets the count, and so does a sender who continues without waiting
// for the answer. Sends to other conversations are not answers: forwarding a member's files to
// another group is not a loop. A file that the sender has not sent before passes even while the
// sender is muted. Observers see all messages. Pitfall: a test that plays a chat at machine speed
// looks like a bot at the tenth message of one sender. Pitfall: bots that write new sentences at
// the pace of people are not detected.
func LoopGuard(config LoopGuardConfig) router.Middleware {
	if config.Rounds < 0 {
		return func(next router.Handler) router.Handler { return next }
	}
	if config.Rounds == 0 {
		config.Rounds = defaultLoopRounds
	}
	if config.Pause == 0 {
		config.Pause = defaultLoopPause
	}
	if config.Mute == 0 {
		config.Mute = defaultLoopMute
	}
	config.Clock = clock.Or(config.Clock)
	g := &loopGuard{config: config, talks: map[string]*talk{}, chats: map[string]*chat{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if !c.Event.IsMessage() || c.Sender() == "" {
				return next(c)
			}
			said := content.Of(c.Payload(), c.Event.Content)
			if c.Attempt() == 1 && !handling.Of(c).InTask() && g.muted(c, said) { // a retry and a task are no reaction of the sender
				if config.Count != nil {
					config.Count(droppedLoop)
				}
				handling.Of(c).DropAfterObservers(droppedLoop)
				return next(c)
			}
			began := config.Clock.Now()
			err := next(c)
			if answers := handling.Of(c).Answers(); len(answers) > 0 {
				g.answered(c, said, contents(answers), began)
			}
			return err
		}
	}
}

// contents returns what the receiver of each send gets.
func contents(sends []api.Send) []content.Content {
	all := make([]content.Content, len(sends))
	for i, m := range sends {
		all[i] = content.OfSend(m)
	}
	return all
}

// talk is the state of a sender in a conversation. It is created when the sender gets an answer.
type talk struct {
	arrived  time.Time // the last message of the sender
	said     recent    // the last messages of the sender
	answers  recent    // the last answers to the sender
	began    time.Time // start of the handling that gave the last answer: earlier messages are not reactions to it
	answered time.Time // end of that handling
	open     bool      // no message has followed the last answer yet
	fast     int       // rounds in a row at machine speed
	alike    int       // half rounds in a row with repeated content
	muted    time.Time // until when
}

// chat is the state of a conversation.
type chat struct {
	answers []content.Content // the last ones, to any sender
	speaker string            // who wrote last
	used    time.Time
}

// recentSize is the number of messages that are remembered.
const recentSize = 4

// recent holds the hashes of the last messages, the latest at the end.
type recent struct {
	sums [recentSize]uint64
	n    int
}

func (r *recent) add(sum uint64) {
	copy(r.sums[:], r.sums[1:])
	r.sums[recentSize-1] = sum
	r.n = min(r.n+1, recentSize)
}

func (r *recent) has(sum uint64) bool { return slices.Contains(r.sums[recentSize-r.n:], sum) }

// last returns the latest hash, or 0 if there is none.
func (r *recent) last() uint64 { return r.sums[recentSize-1] }

// steady reports whether the latest two are equal, or there are fewer than two.
func (r *recent) steady() bool { return r.n < 2 || r.sums[recentSize-1] == r.sums[recentSize-2] }

type loopGuard struct {
	config LoopGuardConfig

	mu    sync.Mutex
	talks map[string]*talk // by account, conversation and sender
	chats map[string]*chat // by account and conversation
}

func chatKey(c *router.Context) string { return c.Account() + "/" + c.Conversation().ID }

func talkKey(c *router.Context) string { return chatKey(c) + "/" + c.Sender() }

// muted evaluates a message before it is handled, and reports whether to drop it. It calls Muted
// without holding the lock, because Muted may take time, for example to send a message.
func (g *loopGuard) muted(c *router.Context, said content.Content) bool {
	dropped, until := g.judge(c, said)
	if !until.IsZero() {
		c.Logger().Warn("a sender is muted in this conversation: answers repeat, or follow each other at machine speed, as between two "+
			"bots. The mute ends at the time below or at a restart; to mute later or never, set loop_guard.rounds or loop_guard: off "+
			"(in Go: Config.LoopGuard)",
			zap.String("sender", c.Sender()), zap.Time("until", until))
		if g.config.Muted != nil {
			g.config.Muted(c.Account(), c.Conversation().ID)
		}
	}
	if dropped && said.Media {
		c.Logger().Warn("a file of a muted sender is dropped: the sender has sent it before", zap.String("sender", c.Sender()))
	}
	return dropped
}

// judge reports whether to drop a message and, if the sender is muted from this message on, until
// when.
func (g *loopGuard) judge(c *router.Context, said content.Content) (dropped bool, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	chat := g.chats[chatKey(c)]
	if chat == nil {
		return false, time.Time{}
	}
	alone := chat.speaker == c.Sender()
	chat.speaker = c.Sender()
	t := g.talks[talkKey(c)]
	if t == nil {
		return false, time.Time{}
	}
	now := g.config.Clock.Now()
	arrived := c.Received()
	if arrived.IsZero() {
		arrived = now
	}
	// What arrives at the moment at which the handling begins was written before its answer. That
	// happens on a clock that a test moves: all that is said in between has the same time.
	waited, fast := arrived.After(t.began), !said.Media && arrived.Sub(t.arrived) < machineSpeed
	alike := repetition(t, chat, said, alone && waited, fast)
	known, counts := t.said.has(said.Sum), t.open && g.counts(t, arrived, c.Event.Time)
	t.said.add(said.Sum)
	t.arrived, t.open = arrived, false
	switch {
	case now.Before(t.muted):
		return known || !said.Media, time.Time{}
	case !counts:
		return false, time.Time{}
	}
	t.fast, t.alike = t.fast+1, t.alike+alike
	if !fast || !waited {
		t.fast = 0
	}
	if alike == 0 {
		t.alike = 0
	}
	if t.alike < 2*g.config.Rounds && t.fast <= 2*g.config.Rounds {
		return false, time.Time{}
	}
	t.fast, t.alike, t.muted = 0, 0, now.Add(g.config.Mute)
	return true, t.muted
}

// counts reports whether a message completes a round: it arrives soon after the last answer and was
// not written long before it.
func (g *loopGuard) counts(t *talk, arrived, written time.Time) bool {
	late := !written.IsZero() && written.Before(t.answered.Add(-g.config.Pause))
	return !late && arrived.Sub(t.answered) <= g.config.Pause
}

// repetition returns how much of a round is repetition, in half rounds: 2 for an echo of the bot; 1
// for a sender who repeats the last message, or 2 if the bot repeats itself, too, or the sender is
// fast. alone means that nobody else has spoken and that the sender has waited for the answer.
func repetition(t *talk, chat *chat, said content.Content, alone, fast bool) int {
	for _, a := range chat.answers {
		if said.Repeats(a) {
			return 2
		}
	}
	switch {
	case !alone:
	case t.said.last() == said.Sum && (fast || t.answers.steady()):
		return 2
	case t.said.last() == said.Sum, said.Telling() && t.said.has(said.Sum):
		return 1
	}
	return 0
}

// answered records the answers of the bot.
func (g *loopGuard) answered(c *router.Context, said content.Content, answers []content.Content, began time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.config.Clock.Now()
	g.makeRoom(now)
	ch := g.chats[chatKey(c)]
	if ch == nil {
		ch = &chat{speaker: c.Sender()}
		g.chats[chatKey(c)] = ch
	}
	t := g.talks[talkKey(c)]
	if t == nil {
		t = &talk{arrived: c.Received()}
		if t.arrived.IsZero() {
			t.arrived = now
		}
		t.said.add(said.Sum)
		g.talks[talkKey(c)] = t
	}
	for _, a := range answers {
		ch.answers = append(ch.answers, a)
		t.answers.add(a.Sum)
	}
	ch.answers = ch.answers[max(0, len(ch.answers)-recentSize):]
	ch.used, t.began, t.answered, t.open = now, began, now, true
}

// makeRoom drops the state of conversations that are not close to a loop.
func (g *loopGuard) makeRoom(now time.Time) {
	if len(g.talks) < maxConversations {
		return
	}
	for key, t := range g.talks {
		if now.Sub(t.answered) > g.config.Pause && !now.Before(t.muted) {
			delete(g.talks, key)
		}
	}
	for key, ch := range g.chats {
		if now.Sub(ch.used) > max(g.config.Pause, g.config.Mute) {
			delete(g.chats, key)
		}
	}
	if len(g.talks) >= maxConversations {
		clear(g.talks)
		clear(g.chats)
	}
}
