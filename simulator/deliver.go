package simulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/hongyan-go/hongyan/internal/catalogue"
	"github.com/hongyan-go/hongyan/internal/localhttp"
)

// laneKey is a conversation of an account. Callbacks of one lane go out one after the other, those of different lanes at once.
type laneKey struct{ appID, conversation string }

// lane is the queue of a conversation. It exists while there is something in it.
type lane struct {
	key   laneKey
	queue []*delivery
}

// delivery is a callback on its way.
type delivery struct {
	entry *entry // nil for what is no message
	body  []byte
	fault *Fault
}

// enqueue puts a callback behind those of its conversation. What goes wrong with it is decided here, in the order in which things
// happen, and not when it is its turn: so the same seed makes the same faults. The caller holds the lock.
func (s *Simulator) enqueue(a *account, conversation string, d *delivery) {
	if s.faults.zombie(a.AppID) {
		d.fault = &Fault{Kind: FaultDrop}
	} else {
		d.fault = s.faults.take(faultCallback, about{appID: a.AppID})
	}
	if d.fault.is(FaultOffline) {
		s.settled(d, nil, true)
		a.lostLine = true
		s.goOffline(a)
		return
	}
	s.queue(laneKey{a.AppID, conversation}, d)
}

// queue puts a callback into a lane.
func (s *Simulator) queue(key laneKey, d *delivery) {
	if l, running := s.lanes[key]; running {
		l.queue = append(l.queue, d)
		return
	}
	l := &lane{key: key, queue: []*delivery{d}}
	s.lanes[key] = l
	s.started = append(s.started, l)
	select {
	case s.waiting <- struct{}{}:
	default: // dispatch knows already
	}
}

// dispatch gives each new lane a goroutine, until the simulator closes.
func (s *Simulator) dispatch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.waiting:
		}
		s.mu.Lock()
		lanes := s.started
		s.started = nil
		s.mu.Unlock()
		for _, l := range lanes {
			s.owned.Go(func() { s.run(ctx, l) })
		}
	}
}

// run empties a lane.
func (s *Simulator) run(ctx context.Context, l *lane) {
	for {
		s.mu.Lock()
		if len(l.queue) == 0 || ctx.Err() != nil {
			delete(s.lanes, l.key)
			s.broadcast()
			s.mu.Unlock()
			return
		}
		d := l.queue[0]
		l.queue = l.queue[1:]
		s.mu.Unlock()
		if d.fault.is(FaultReorder) {
			d = s.overtaken(ctx, l, d)
		}
		s.deliver(ctx, l.key, d)
	}
}

// overtaken waits for the next callback of a lane, and returns that one. The callback itself is put behind it.
func (s *Simulator) overtaken(ctx context.Context, l *lane, d *delivery) *delivery {
	limit := d.fault.Delay
	if limit == 0 {
		limit = time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	d.fault = nil
	if s.wait(ctx, func() bool { return len(l.queue) > 0 }) != nil {
		return d // nothing came
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next := l.queue[0]
	l.queue[0] = d
	return next
}

// deliver posts a callback until it is acknowledged or given up, and notes what became of it.
func (s *Simulator) deliver(ctx context.Context, key laneKey, d *delivery) {
	f := d.fault
	if f.is(FaultDrop) {
		s.settle(d, nil, true)
		return
	}
	if f.is(FaultDelay) && !sleep(ctx, f.Delay) {
		return
	}
	err := s.deliverOnce(ctx, key, d)
	if ctx.Err() != nil {
		return
	}
	if f.is(FaultDuplicate) && err == nil {
		s.duplicate(ctx, key, d)
	}
	s.settle(d, err, false)
}

// duplicate posts a callback that was acknowledged once more: at once, or later without anybody waiting for it.
func (s *Simulator) duplicate(ctx context.Context, key laneKey, d *delivery) {
	again := func() {
		if err := s.deliverOnce(ctx, key, d); err != nil {
			s.log("the duplicate of a callback failed", "app_id", key.appID, "error", err)
		}
	}
	if d.fault.Delay == 0 {
		again()
		return
	}
	s.owned.Go(func() {
		if sleep(ctx, d.fault.Delay) {
			again()
		}
	})
}

// deliverOnce posts a callback, and again if it must.
func (s *Simulator) deliverOnce(ctx context.Context, key laneKey, d *delivery) error {
	var err error
	for attempt := range s.config.Retries + 1 {
		if attempt > 0 && !sleep(ctx, s.config.RetryDelay) {
			return context.Cause(ctx)
		}
		if err = s.post200(ctx, s.callbackURL(), d.body); err == nil || ctx.Err() != nil {
			return err
		}
		s.log("a callback failed", "app_id", key.appID, "new_msg_id", d.newMsgID(), "attempt", attempt+1, "error", err)
	}
	return err
}

// newMsgID is that of the message; 0 if it is none.
func (d *delivery) newMsgID() uint64 {
	if d.entry == nil {
		return 0
	}
	return d.entry.NewMsgID
}

// settle notes the outcome of a callback.
func (s *Simulator) settle(d *delivery, err error, dropped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled(d, err, dropped)
}

// settled is settle for who holds the lock. A message that several accounts were told of has failed if one of them has.
func (s *Simulator) settled(d *delivery, err error, dropped bool) {
	defer s.broadcast()
	e := d.entry
	if e == nil {
		return
	}
	e.pending--
	switch {
	case err != nil:
		e.failed, e.CallbackError = true, err.Error()
		e.Callback = CallbackFailed
	case !dropped && !e.failed && e.pending == 0:
		e.Callback = CallbackAcknowledged
	}
}

func (s *Simulator) callbackURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callback
}

// post200 posts JSON. Everything but HTTP 200 within the time is an error.
func (s *Simulator) post200(ctx context.Context, target string, body []byte) error {
	limit := s.config.CallbackTimeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return errors.New("the callback URL cannot be used")
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := s.client.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		var outer *url.Error
		if errors.As(err, &outer) {
			return outer.Err // without the URL, in which there may be a secret
		}
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // for the connection to be used again
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot answered HTTP %d", response.StatusCode)
	}
	return nil
}

// sleep waits, and tells whether it was left to.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// callbackTransport posts to bots only: no proxy, and connections enough for many conversations at once.
func callbackTransport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 512, IdleConnTimeout: 30 * time.Second}
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// SetCallback registers the URL that callbacks are posted to, as the service's console would: after a probe that the bot
// must answer with HTTP 200. An empty URL ends the callbacks.
func (s *Simulator) SetCallback(ctx context.Context, target string) error {
	if err := s.register(ctx, flavours()[0], target, false); err != nil {
		return fmt.Errorf("simulator: callback URL: %w", err)
	}
	return nil
}

func (s *Simulator) register(ctx context.Context, by flavour, target string, fromAfar bool) error {
	ctx, cancel := s.alive(ctx)
	defer cancel()
	if target != "" {
		if err := checkURL(target); err != nil {
			return err
		}
		if err := s.checkReach(target, fromAfar); err != nil {
			return err
		}
		if err := s.post200(ctx, target, s.probe(by)); err != nil {
			s.log("the probe of the callback URL failed", "error", err)
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback = target
	s.broadcast()
	return nil
}

// probe is what a flavour posts to try a callback URL. GeWe posts a message that nobody has sent, which has no id.
func (s *Simulator) probe(by flavour) []byte {
	if by.name == catalogue.GeWe {
		s.mu.Lock()
		defer s.mu.Unlock()
		a := s.people.accounts[0] // a world has one
		return encode(map[string]any{
			"TypeName": "AddMsg", "Appid": a.AppID, "Wxid": a.Wxid,
			"Data": map[string]any{"MsgType": typeText, "Content": map[string]string{"string": probeMessage}},
		})
	}
	return encode(struct {
		TestMsg string `json:"testMsg"`
		Token   string `json:"token"`
	}{probeText, s.config.Token})
}

// probeMessage is the text of the probe of GeWe.
const probeMessage = "验证回调地址是否可用"

// probeText is what the probe of a callback URL says. Several public bots know the probe by these words only, and fail on another one.
const probeText = "回调地址链接成功！"

func checkURL(target string) error {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("it is no http or https URL")
	}
	return nil
}

// checkReach refuses other machines unless they are allowed and, as the hosted service must if it is from afar, the addresses that only
// this machine, or its network, can reach.
func (s *Simulator) checkReach(target string, fromAfar bool) error {
	u, err := url.Parse(target)
	if err != nil {
		return errors.New("it is no URL")
	}
	here := localhttp.Loopback(u.Hostname())
	ip, err := netip.ParseAddr(u.Hostname())
	ip = ip.Unmap()
	if fromAfar && (here || err == nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())) {
		return fmt.Errorf("the service cannot reach %s: it is an address of this machine or its network", u.Hostname())
	}
	if !here && !s.config.AllowRemoteCallback {
		return fmt.Errorf("%s is not a loopback address, and this is a simulator: it posts to other machines only with --allow-remote-callback "+
			"(Config.AllowRemoteCallback)", u.Hostname())
	}
	return nil
}

// Settle waits until no callback is on its way: each is acknowledged or given up.
func (s *Simulator) Settle(ctx context.Context) error {
	if err := s.wait(ctx, func() bool { return len(s.lanes) == 0 }); err != nil {
		return fmt.Errorf("simulator: callbacks are still under way: %w", err)
	}
	return nil
}

// AwaitCallback waits until a bot has registered its callback URL. What is said before that is not posted.
func (s *Simulator) AwaitCallback(ctx context.Context) error {
	if err := s.wait(ctx, func() bool { return s.callback != "" }); err != nil {
		return fmt.Errorf("simulator: no bot has registered a callback URL: %w", err)
	}
	return nil
}
