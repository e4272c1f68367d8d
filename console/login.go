package console

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hongyan-go/hongyan/internal/login"
)

const (
	// numberTime is how long a login waits for a person to type the number of the phone.
	numberTime = 2 * time.Minute
	// loginKept is how long the end of a login is shown.
	loginKept = 10 * time.Minute
)

// loginView is how a login stands.
type loginView struct {
	// Stage is begins, code (scan it), dialog (confirm on the phone), scanned, number (type what
	// the phone shows), verify or slider (open the page of the code), confirmed, online, expired,
	// cancelled or failed.
	Stage    string    `json:"stage"`
	Wrong    bool      `json:"wrong_number,omitempty"`
	Again    bool      `json:"second_code,omitempty"`
	Nickname string    `json:"nickname,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
	Err      string    `json:"error,omitempty"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended,omitzero"`
	HasCode  bool      `json:"has_code"`
}

// Running reports whether the login goes on.
func (v loginView) Running() bool { return v.Ended.IsZero() }

// loginRun is a login that was begun in the console.
type loginRun struct {
	cancel  context.CancelFunc
	number  chan string
	request login.Request // to begin anew
	slide   chan struct{}

	mu   sync.Mutex
	view loginView
	png  []byte // the code to scan: it lets anyone log in
}

// logins are those of this process, by account; the empty one is a login of a new account.
type logins struct {
	mu   sync.Mutex
	runs map[string]*loginRun
}

// errLogin means that a login of the account is under way.
var errLogin = errors.New("console: a login of this account is under way: cancel it, or finish it")

func (l *logins) running(appID string) bool {
	r := l.of(appID)
	return r != nil && r.now().Running()
}

func (l *logins) of(appID string) *loginRun {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.runs[appID]
}

// now is how the login stands.
func (r *loginRun) now() loginView {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.view
}

// code is the picture of the code; nil if there is none to scan now.
func (r *loginRun) code() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.png
}

// loginOf is how the login of an account stands; false if there was none lately.
func (c *Console) loginOf(appID string) (loginView, bool) {
	r := c.logins.of(appID)
	if r == nil {
		return loginView{}, false
	}
	v := r.now()
	return v, v.Running() || time.Since(v.Ended) < loginKept
}

// logIn begins a login: it is tried once, and never again by itself.
func (c *Console) logIn(ctx context.Context, request login.Request) error { //nolint:contextcheck // it outlives the request
	flow, err := login.New(login.Config{Client: c.bot.Client(), State: c.back.State(), Every: c.loginEvery})
	if err != nil {
		return err
	}
	c.logins.mu.Lock()
	defer c.logins.mu.Unlock()
	if r := c.logins.runs[request.AppID]; r != nil && r.now().Running() {
		return errLogin
	}
	attempt, err := flow.Start(ctx, request)
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(c.running)
	r := &loginRun{
		cancel: cancel, number: make(chan string, 1), slide: make(chan struct{}, 1), request: request,
		view: loginView{Stage: "begins", Began: time.Now()},
	}
	if c.logins.runs == nil {
		c.logins.runs = map[string]*loginRun{}
	}
	c.logins.runs[request.AppID] = r
	defer c.publishLogin(request.AppID)
	c.owned.Go(func() {
		defer cancel()
		r.follow(running, attempt, func() {
			c.publishLogin(request.AppID)
			c.news.tell()
		})
	})
	return nil
}

// follow waits for the events of a login until it ends.
func (r *loginRun) follow(ctx context.Context, attempt *login.Attempt, told func()) {
	defer told()
	for {
		event, err := attempt.Next(ctx)
		if err != nil {
			r.set(func(v *loginView) { v.Stage, v.Ended = "cancelled", time.Now() }, nil)
			return
		}
		if r.take(ctx, attempt, event) {
			return
		}
		told()
	}
}

// set changes how the login stands, and which code there is to scan.
func (r *loginRun) set(change func(*loginView), png []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.view)
	r.png, r.view.HasCode = png, png != nil
}

// take shows an event, and reports whether it was the last.
func (r *loginRun) take(ctx context.Context, attempt *login.Attempt, event login.Event) bool {
	draw := func(code login.QRCode, stage string) {
		png, err := code.PNG()
		r.set(func(v *loginView) {
			v.Stage, v.Again, v.Expires = stage, code.Again, time.Now().Add(code.ExpiresIn)
			if err != nil {
				v.Err = err.Error()
			}
		}, png)
	}
	end := func(stage string, err error) bool {
		r.set(func(v *loginView) {
			v.Stage, v.Ended = stage, time.Now()
			if err != nil {
				v.Err = firstLine(err.Error())
			}
		}, nil)
		return true
	}
	switch e := event.(type) {
	case login.QRCode:
		draw(e, "code")
	case login.DialogAsked:
		r.set(func(v *loginView) { v.Stage = "dialog" }, nil)
	case login.DialogFailed:
		r.set(func(v *loginView) { v.Err = firstLine(e.Err.Error()) }, nil)
	case login.Scanned:
		r.set(func(v *loginView) { v.Stage, v.Nickname = "scanned", e.Nickname }, nil)
	case login.NeedCaptcha:
		r.set(func(v *loginView) { v.Stage, v.Wrong = "number", e.Wrong }, nil)
		r.await(ctx, attempt)
	case login.NeedVerification:
		draw(e.Code, "verify")
	case login.NeedSlider:
		draw(e.Code, "slider")
		r.await(ctx, attempt)
	case login.Confirmed:
		return end("confirmed", e.Unsaved)
	case login.Online:
		return end("online", nil)
	case login.Expired:
		return end("expired", nil)
	case login.Cancelled:
		return end("cancelled", nil)
	case login.Failed:
		return end("failed", e.Err)
	}
	return false
}

// await waits until a person has done what the login asks for.
func (r *loginRun) await(ctx context.Context, attempt *login.Attempt) {
	timer := time.NewTimer(numberTime)
	defer timer.Stop()
	select {
	case number := <-r.number:
		attempt.Captcha(number)
	case <-r.slide:
		attempt.AutoSlide()
	case <-timer.C:
	case <-ctx.Done():
	}
}

// tell passes on what a person has typed: a number, or nothing to go on without one.
func (r *loginRun) tell(number string) {
	select {
	case r.number <- number:
	default: // one waits already
	}
}

// reconnect tries to mend the session of an account, once.
func (c *Console) reconnect(ctx context.Context, appID string) error {
	ok, err := c.bot.Client().Login.Reconnect(ctx, appID)
	switch {
	case err != nil:
		return fmt.Errorf("console: %w", err)
	case !ok:
		return errors.New("console: the service could not mend the session: log in again")
	}
	return nil
}
