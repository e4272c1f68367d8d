package middleware

import (
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/router"
)

// DroppedLoop is the reason of LoopGuard.
const DroppedLoop = "loop"

// The defaults of LoopGuardConfig.
const (
	DefaultLoopRounds = 8
	DefaultLoopPause  = 5 * time.Second
	DefaultLoopMute   = 10 * time.Minute
)

// LoopGuardConfig configures LoopGuard. The zero value works.
type LoopGuardConfig struct {
	// Rounds is how many answers in a row it takes. 0 means DefaultLoopRounds, less than 0 that nothing is ever muted.
	Rounds int
	// Pause is what tells a person from a bot: who writes again within Pause of each answer, Rounds times on end, is taken for a bot.
	// 0 means DefaultLoopPause.
	Pause time.Duration
	// Mute is how long the conversation is left alone then. 0 means DefaultLoopMute.
	Mute time.Duration
	// Count is called for each event that is dropped, with the reason. nil means nobody counts.
	Count func(reason string)
	// Muted is called when a conversation falls silent, so that somebody is told. nil means nobody is.
	Muted func(account, conversation string)
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// LoopGuard mutes a conversation in which the bot talks to another bot: one partner, who comes back at once after each of many answers,
// while nobody else says anything. Messages that waited while the bot answered others do not count: only what was written
// after an answer is a reaction to it.
//
// Pitfall: a person who answers a quiz of the bot within seconds, many times, looks like a bot. Raise Rounds for such bots.
func LoopGuard(config LoopGuardConfig) router.Middleware {
	if config.Rounds < 0 {
		return func(next router.Handler) router.Handler { return next }
	}
	if config.Rounds == 0 {
		config.Rounds = DefaultLoopRounds
	}
	if config.Pause == 0 {
		config.Pause = DefaultLoopPause
	}
	if config.Mute == 0 {
		config.Mute = DefaultLoopMute
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	g := &loopGuard{config: config, talks: map[string]*talk{}}
	return func(next router.Handler) router.Handler {
		return func(c *router.Context) error {
			if !c.Event.IsMessage() || c.Sender() == "" {
				return next(c)
			}
			if c.Attempt() == 1 && g.muted(c) { // a failure that is tried again is no reaction of the partner
				if config.Count != nil {
					config.Count(DroppedLoop)
				}
				c.Drop(DroppedLoop)
				return nil
			}
			err := next(c)
			if c.Outcome().Sends > 0 {
				g.answered(c)
			}
			return err
		}
	}
}

// talk is what the guard knows of a conversation.
type talk struct {
	partner  string    // who has spoken last
	rounds   int       // answers to the partner that came back at once
	answered time.Time // the last answer
	muted    time.Time // until when
}

type loopGuard struct {
	config LoopGuardConfig
	mu     sync.Mutex
	talks  map[string]*talk // by account and conversation; only those with answers
}

func talkKey(c *router.Context) string { return c.Account() + "/" + c.Conversation().ID }

// muted looks at a message before it is handled. Whoever wants to know of a conversation that falls silent may take time, such as for a message
// of its own: other conversations do not wait for that.
func (g *loopGuard) muted(c *router.Context) bool {
	muted, began := g.look(c)
	if began && g.config.Muted != nil {
		g.config.Muted(c.Account(), c.Conversation().ID)
	}
	return muted
}

// look tells whether a conversation is muted, and whether it is from this message on.
func (g *loopGuard) look(c *router.Context) (muted, began bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.talks[talkKey(c)]
	if t == nil {
		return false, false
	}
	now := g.config.Now()
	if now.Before(t.muted) {
		return true, false
	}
	written := c.Event.Time
	if written.IsZero() {
		written = now
	}
	// The service tells times to the second.
	reaction := !written.Before(t.answered.Truncate(time.Second)) && written.Sub(t.answered) <= g.config.Pause
	if t.partner != c.Sender() || !reaction {
		t.partner, t.rounds = c.Sender(), 0
		return false, false
	}
	if t.rounds++; t.rounds < g.config.Rounds {
		return false, false
	}
	t.rounds, t.muted = 0, now.Add(g.config.Mute)
	return true, true
}

// answered notes that the bot has said something.
func (g *loopGuard) answered(c *router.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key, now := talkKey(c), g.config.Now()
	t := g.talks[key]
	if t == nil {
		g.makeRoom(now)
		t = &talk{partner: c.Sender()}
		g.talks[key] = t
	}
	t.answered = now
}

// makeRoom forgets the conversations that are not on the way to a loop.
func (g *loopGuard) makeRoom(now time.Time) {
	if len(g.talks) < maxConversations {
		return
	}
	for key, t := range g.talks {
		if now.Sub(t.answered) > g.config.Pause && !now.Before(t.muted) {
			delete(g.talks, key)
		}
	}
	if len(g.talks) >= maxConversations {
		clear(g.talks)
	}
}
