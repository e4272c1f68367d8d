// Package delivery posts callbacks to a bot, in the order of each conversation, and retries those
// that fail.
package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/wait"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
)

// Config configures a poster.
type Config struct {
	Retries     int // after the first attempt
	RetryDelay  time.Duration
	Timeout     time.Duration // of one attempt
	Clock       clock.Clock   // of the delays
	AllowRemote bool          // allow URLs of other machines
	Log         func(text string, args ...any)
	// Posted is called after each attempt to post a callback. It may be nil.
	Posted func(key Conversation, d *Callback, began time.Time, err error)
}

// Poster posts callbacks to the registered URL: those of a conversation in order, those of
// different conversations concurrently. The lock of its lifetime guards it.
type Poster struct {
	*lifetime.Lifetime
	config  Config
	client  *http.Client
	url     string // the registered one
	queues  map[Conversation]*queue
	started []*queue      // queues without a goroutine yet
	waiting chan struct{} // has an element while started has one
}

// New makes a poster that runs until its lifetime ends.
func New(life *lifetime.Lifetime, c Config) *Poster {
	p := &Poster{
		Lifetime: life, config: c, queues: map[Conversation]*queue{}, waiting: make(chan struct{}, 1),
		client: &http.Client{Transport: callbackTransport(), CheckRedirect: noRedirect},
	}
	life.Go(func() { p.dispatch(life.Context()) })
	return p
}

// Conversation is a conversation of an account.
type Conversation struct{ AppID, ID string }

// queue holds the callbacks of a conversation. It exists while it has callbacks.
type queue struct {
	key   Conversation
	items []*Callback
	work  *clock.Work
	more  clock.Lot // its work while it waits for another callback
}

// Callback is a callback to post.
type Callback struct {
	Body     []byte
	Fault    *faults.Fault
	NewMsgID uint64 // 0 if the callback is not a message
	// Settled is called with the lock held when the callback is acknowledged, given up (err) or
	// dropped. It may be nil.
	Settled func(err error, dropped bool)
}

// URL returns the registered URL; empty if there is none. The caller holds the lock.
func (p *Poster) URL() string { return p.url }

// SetURL registers a URL without a probe. The caller holds the lock.
func (p *Poster) SetURL(target string) {
	p.url = target
	p.Broadcast()
}

// Post puts a callback at the end of the queue of its conversation. The caller holds the lock.
func (p *Poster) Post(key Conversation, d *Callback) {
	if l, running := p.queues[key]; running {
		l.items = append(l.items, d)
		l.more.Release()
		p.Broadcast()
		return
	}
	l := &queue{key: key, items: []*Callback{d}, work: clock.TrackerOf(p.config.Clock).Begin("a callback")}
	p.queues[key] = l
	p.started = append(p.started, l)
	select {
	case p.waiting <- struct{}{}:
	default: // dispatch is notified already
	}
}

// dispatch starts a goroutine for each new queue, until the lifetime ends.
func (p *Poster) dispatch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.waiting:
		}
		p.Lock()
		queues := p.started
		p.started = nil
		p.Unlock()
		for _, l := range queues {
			p.Go(func() { p.run(l.work.With(ctx), l) })
		}
	}
}

// run posts the callbacks of a queue until it is empty.
func (p *Poster) run(ctx context.Context, l *queue) {
	defer l.work.End()
	for {
		p.Lock()
		if len(l.items) == 0 || ctx.Err() != nil {
			delete(p.queues, l.key)
			p.Broadcast()
			p.Unlock()
			return
		}
		d := l.items[0]
		l.items = l.items[1:]
		p.Unlock()
		if d.Fault.Is(faults.Reorder) {
			d = p.overtaken(ctx, l, d)
		}
		p.deliver(ctx, l.key, d)
	}
}

// overtaken waits for the next callback of a queue and returns it. d becomes the one after it.
func (p *Poster) overtaken(ctx context.Context, l *queue, d *Callback) *Callback {
	limit := d.Fault.Delay
	if limit == 0 {
		limit = time.Second
	}
	d.Fault = nil
	timer, stop := p.config.Clock.NewTimer(limit)
	defer stop()
	p.Lock()
	defer p.Unlock()
	if len(l.items) == 0 {
		l.more.Park(l.work)
		p.Unlock()
		came := p.WaitUntil(ctx, timer, func() bool { return len(l.items) > 0 })
		p.Lock()
		l.more.Leave(l.work)
		if !came {
			return d
		}
	}
	next := l.items[0]
	l.items[0] = d
	return next
}

// deliver posts a callback with its fault, and settles it.
func (p *Poster) deliver(ctx context.Context, key Conversation, d *Callback) {
	f := d.Fault
	if f.Is(faults.Drop) {
		p.settle(d, nil, true)
		return
	}
	if f.Is(faults.Delay) && !wait.For(ctx, p.config.Clock, f.Delay) {
		return
	}
	err := p.deliverOnce(ctx, key, d)
	if ctx.Err() != nil {
		return
	}
	if f.Is(faults.Duplicate) && err == nil {
		p.duplicate(ctx, key, d)
	}
	p.settle(d, err, false)
}

// duplicate posts an acknowledged callback again: at once, or concurrently after the delay of the
// fault.
func (p *Poster) duplicate(ctx context.Context, key Conversation, d *Callback) {
	again := func() {
		if err := p.deliverOnce(ctx, key, d); err != nil {
			p.config.Log("the duplicate of a callback failed", "app_id", key.AppID, "error", err)
		}
	}
	if d.Fault.Delay == 0 {
		again()
		return
	}
	work := clock.TrackerOf(p.config.Clock).Begin("the duplicate of a callback")
	ctx = work.With(ctx)
	p.Go(func() {
		defer work.End()
		if wait.For(ctx, p.config.Clock, d.Fault.Delay) {
			again()
		}
	})
}

// deliverOnce posts a callback, with retries.
func (p *Poster) deliverOnce(ctx context.Context, key Conversation, d *Callback) error {
	var err error
	for attempt := range p.config.Retries + 1 {
		if attempt > 0 && !wait.For(ctx, p.config.Clock, p.config.RetryDelay) {
			return context.Cause(ctx)
		}
		began := p.config.Clock.Now()
		if err = p.post200(ctx, p.callbackURL(), d.Body); ctx.Err() == nil && p.config.Posted != nil {
			p.config.Posted(key, d, began, err)
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
		p.config.Log("a callback failed", "app_id", key.AppID, "new_msg_id", d.NewMsgID, "attempt", attempt+1, "error", err)
	}
	return err
}

// settle notes the outcome of a callback.
func (p *Poster) settle(d *Callback, err error, dropped bool) {
	p.Lock()
	defer p.Unlock()
	if d.Settled != nil {
		d.Settled(err, dropped)
	}
	p.Broadcast()
}

func (p *Poster) callbackURL() string {
	p.Lock()
	defer p.Unlock()
	return p.url
}

// post200 posts JSON. Any answer but HTTP 200 within the timeout is an error.
func (p *Poster) post200(ctx context.Context, target string, body []byte) error {
	limit := p.config.Timeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return errors.New("the callback URL cannot be used")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := p.client.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		var outer *url.Error
		if errors.As(err, &outer) {
			return outer.Err // without the URL, which may contain a secret
		}
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // to reuse the connection
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot answered HTTP %d", response.StatusCode)
	}
	return nil
}

// callbackTransport uses no proxy, and keeps enough connections for many concurrent conversations.
func callbackTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 512, IdleConnTimeout: 30 * time.Second}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Idle waits until no callback is in progress.
func (p *Poster) Idle(ctx context.Context) error {
	return p.Wait(ctx, func() bool { return len(p.queues) == 0 })
}

// Registered waits until a URL is registered.
func (p *Poster) Registered(ctx context.Context) error {
	return p.Wait(ctx, func() bool { return p.url != "" })
}

// CloseIdleConnections closes the connections to the bot that are not in use.
func (p *Poster) CloseIdleConnections() { p.client.CloseIdleConnections() }
