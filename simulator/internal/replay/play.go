package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// What becomes of the times between the messages.
const (
	// Skip plays a message when nothing runs any more because of the one before.
	Skip = "skip"
	// Jump sets the clock ahead by the time between two messages.
	Jump = "jump"
	// Wait waits as long as it was, by the clock of the simulator.
	Wait = "wait"
)

// Options say how a recording is played. The zero value works.
type Options struct {
	// Into is the chat that all messages go to; empty means that each goes to a chat of its own.
	Into string
	// AppID is the account that stands for recorded accounts which the world does not have. Empty
	// means the first.
	AppID string
	// Gaps is Skip, Jump or Wait. Empty means Skip.
	Gaps string
}

// State is how far a recording was played.
type State struct {
	ID      int  `json:"id"`
	Running bool `json:"running"`
	// Messages is how many the recording has, Played how many were said, and Repeated how many
	// callbacks were posted a second time, as in the recording.
	Messages int `json:"messages"`
	Played   int `json:"played"`
	Repeated int `json:"repeated"`
	// Chats are where they went, in the order of the first message of each.
	Chats []string `json:"chats"`
	// Left is how many lines were left out, and LeftOut the first of them.
	Left    int    `json:"left"`
	LeftOut []Line `json:"left_out"`
	// Error is why it ended early.
	Error string `json:"error,omitempty"`
}

// ErrRunning means that another recording is being played.
var ErrRunning = errors.New("another recording is being played: wait for its end, or stop it")

// ErrClock means that the clock cannot be set ahead.
var ErrClock = errors.New("this clock moves by itself and cannot be set ahead: use skip or wait")

// errStopped is the error of a recording that somebody has stopped.
var errStopped = errors.New("it was stopped")

// Player plays one recording at a time. The lock of the world guards it.
type Player struct {
	w *world.World
	// advance moves the clock; nil if it cannot be moved.
	advance func(context.Context, time.Duration) error
	state   State
	stop    context.CancelCauseFunc
	seen    int // changes, for those who watch
}

// NewPlayer makes a player. advance moves the clock; nil means that it cannot be moved.
func NewPlayer(w *world.World, advance func(context.Context, time.Duration) error) *Player {
	return &Player{w: w, advance: advance, state: State{Chats: []string{}, LeftOut: []Line{}}}
}

// State returns how far the last recording was played. It takes the lock.
func (p *Player) State() State {
	p.w.Lock()
	defer p.w.Unlock()
	return p.now()
}

func (p *Player) now() State {
	s := p.state
	s.Chats, s.LeftOut = slices.Clone(s.Chats), slices.Clone(s.LeftOut)
	return s
}

// Changes counts the changes of the state. The caller holds the lock.
func (p *Player) Changes() int { return p.seen }

// Ended waits until no recording is played, or ctx ends, and returns the state. It takes the lock.
func (p *Player) Ended(ctx context.Context) State {
	_ = p.w.Wait(ctx, func() bool { return !p.state.Running }) // the state says how far it is
	return p.State()
}

// Stop ends the recording that is played, after its present message. It takes the lock.
func (p *Player) Stop() {
	p.w.Lock()
	defer p.w.Unlock()
	if p.stop != nil {
		p.stop(errStopped)
	}
}

// Start plays a recording in a goroutine of the simulator. It takes the lock.
func (p *Player) Start(r *Recording, o Options) (State, error) {
	p.w.Lock()
	defer p.w.Unlock()
	if p.state.Running {
		return State{}, ErrRunning
	}
	one, err := p.prepare(r, o)
	if err != nil {
		return State{}, err
	}
	ctx, cancel := context.WithCancelCause(p.w.Context())
	p.stop = cancel
	p.state = State{
		ID: p.state.ID + 1, Running: true, Messages: len(r.said), Chats: []string{}, Left: r.Left,
		LeftOut: append([]Line{}, r.LeftOut...),
	}
	p.changed()
	p.w.Go(func() {
		err := one.run(ctx)
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		cancel(nil)
		p.w.Lock()
		defer p.w.Unlock()
		if p.state.Running, p.stop = false, nil; err != nil {
			p.state.Error = err.Error()
		}
		p.changed()
	})
	return p.now(), nil
}

func (p *Player) changed() {
	p.seen++
	p.w.Broadcast()
}

// playing is a recording that is played.
type playing struct {
	*Player
	r    *Recording
	ids  *ids
	gaps string
	keys map[string]string // account and id → app id of the recording
	told map[uint64]uint64 // the id here, by that in the recording
	seqs map[uint64]int64  // the number of a message, by its id here
	last int64             // the number of the last message
}

func (p *Player) prepare(r *Recording, o Options) (*playing, error) {
	switch o.Gaps {
	case "":
		o.Gaps = Skip
	case Skip, Wait:
	case Jump:
		if p.advance == nil {
			return nil, ErrClock
		}
	default:
		return nil, fmt.Errorf(`"gaps" is %s, %s or %s, not %q`, Skip, Jump, Wait, o.Gaps)
	}
	a := p.w.People.Accounts[0]
	if o.AppID != "" {
		if a = p.w.People.ByApp(o.AppID); a == nil {
			return nil, fmt.Errorf("there is no account with the app_id %q", o.AppID)
		}
	}
	into, err := p.w.ConversationID(o.Into)
	switch {
	case err != nil:
		return nil, fmt.Errorf(`"into": %w`, err)
	case into == a.Wxid, into != "" && !p.w.People.Knows(a, into):
		return nil, fmt.Errorf(`"into": the account %s has no chat %s`, a.AppID, into)
	}
	return &playing{
		Player: p, r: r, ids: newIDs(p.w, r, into, a), gaps: o.Gaps, keys: map[string]string{}, told: map[uint64]uint64{},
		seqs: map[uint64]int64{},
	}, nil
}

func (p *playing) run(ctx context.Context) error {
	if p.gaps == Wait {
		return p.inTime(ctx)
	}
	for i, s := range p.r.said {
		if gap := p.gap(i); p.gaps == Jump && gap > 0 {
			if err := p.advance(ctx, gap); err != nil {
				return err
			}
		}
		if err := p.say(ctx, s); err != nil {
			return err
		}
		if err := p.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// gap returns the time between a message and the one before.
func (p *playing) gap(i int) time.Duration {
	if i == 0 || p.r.said[i].when.IsZero() || p.r.said[i-1].when.IsZero() {
		return 0
	}
	return max(p.r.said[i].when.Sub(p.r.said[i-1].when), 0)
}

// inTime plays each message at its time after the first one. The timer of a message is made before
// that of the one before has ended, so that a virtual clock stops at each.
func (p *playing) inTime(ctx context.Context) error {
	end := func() bool { return false }
	defer func() { end() }()
	due := p.w.Clock.Now()
	for i, s := range p.r.said {
		due = due.Add(p.gap(i))
		if left := due.Sub(p.w.Clock.Now()); left > 0 {
			c, stop := p.w.Clock.NewTimer(left)
			end()
			end = stop
			select {
			case <-c:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if err := p.say(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until nothing runs because of what was said: the callbacks, and the handlers of bots
// with the same clock.
func (p *playing) settle(ctx context.Context) error {
	if tracker := clock.TrackerOf(p.w.Clock); tracker != nil {
		return tracker.Idle(ctx)
	}
	return p.w.Wait(ctx, func() bool {
		e, ok := p.w.Messages.At(p.last)
		return !ok || !e.Posting()
	})
}

// say says one message.
func (p *playing) say(ctx context.Context, s said) error {
	p.w.Lock()
	defer p.w.Unlock()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	defer p.changed()
	a := p.ids.accounts[s.app]
	if s.id != 0 {
		key := fmt.Sprintf("%q %d", a.AppID, s.id)
		switch app, known := p.keys[key]; {
		case known && app == s.app:
			p.state.Repeated++
			p.again(s)
			return nil
		case known:
			p.leave(s.line, "another account of the recording has received the same message")
			return nil
		}
		p.keys[key] = s.app
	}
	chat := p.ids.chat(s)
	from := p.speaker(s, a, chat)
	at := make([]string, 0, len(s.at))
	for _, wxid := range s.at {
		at = append(at, p.ids.person(wxid))
	}
	p.w.Cast(a, chat, from, s.nick)
	e := p.w.Tell(world.Told{
		Account: a, Chat: chat, From: from, MsgType: s.msgType, Content: p.ids.content(s), At: at, NewMsgID: p.told[s.id],
	})
	p.ids.message(s, e)
	if p.last = e.Seq; s.id != 0 {
		p.told[s.id], p.seqs[e.NewMsgID] = e.NewMsgID, e.Seq
	}
	p.recall(e)
	if p.state.Played++; !slices.Contains(p.state.Chats, chat) {
		p.state.Chats = append(p.state.Chats, chat)
	}
	return nil
}

// speaker returns who says a message here; empty for a notice.
func (p *playing) speaker(s said, a *world.Account, chat string) string {
	switch {
	case s.self:
		return a.Wxid
	case s.from == "":
		return ""
	case !world.IsGroup(chat):
		return chat
	default:
		return p.ids.person(s.from)
	}
}

// again posts the callback of a message again, as the recording has it twice. The caller holds the
// lock.
func (p *playing) again(s said) {
	seq := p.seqs[p.told[s.id]]
	p.w.Unlock()
	defer p.w.Lock()
	_ = p.w.Again(seq) // without a bot there is nothing to post
}

// leave counts a line that was left out. The caller holds the lock.
func (p *playing) leave(line int, why string) {
	if p.state.Left++; len(p.state.LeftOut) < maxLeftOut {
		p.state.LeftOut = append(p.state.LeftOut, Line{line, why})
	}
}

// recall marks the message that a notice recalls. The caller holds the lock.
func (p *playing) recall(e *world.Entry) {
	if e.MsgType != message.TypeSystem || !strings.Contains(e.Content, "revokemsg") {
		return
	}
	m, is := xmlmsg.Parse(xmlmsg.Message{Type: e.MsgType, Content: e.Content}).(*xmlmsg.Revoke)
	if !is {
		return
	}
	if old, ok := p.w.Messages.At(p.seqs[m.NewMsgID]); ok {
		old.Revoked = true
	}
}
