package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// accountFlags are common to the commands that call the service. There is no flag for the token:
// other processes can read the arguments of a command.
type accountFlags struct {
	app.Place
	jsonFlag
	AppID string `name:"app-id" placeholder:"APPID" help:"The account, by its device; default: the only one there is."`
}

// errNoAccount means that no flag, configuration or earlier login names an account.
var errNoAccount = errors.New("no account is known: log in with hongyan login, or name one with --app-id or HONGYAN_APP_ID")

// settings are the configuration of the bot, from its file or the environment.
func (f *accountFlags) settings(c console) (*app.File, error) {
	file := &app.File{}
	if f.Config != "" {
		text, err := os.ReadFile(f.Config)
		if err != nil {
			return nil, fmt.Errorf("configuration: %w", err)
		}
		if file, err = (app.Reader{Lookup: c.lookup(), Gaps: c.lookup()}).Parse(f.Config, text); err != nil {
			return nil, err
		}
	} else {
		var err error
		if file.Bot, err = bot.ConfigFromEnv(c.lookup()); err != nil {
			return nil, err
		}
		if file.Bot.Token == "" {
			return nil, errors.New("no token: set HONGYAN_TOKEN, or name the file of the bot with --config; without an account, " +
				"hongyan simulate prints what to set")
		}
	}
	if f.Data != "" {
		file.Bot.Data, file.NATS = f.Data, nil
	}
	if file.Bot.Data == "" {
		file.Bot.Data = bot.DefaultData
	}
	return file, nil
}

// account is the account of a command, with client and store.
type account struct {
	settings bot.Config
	client   *api.Client
	store    store.Store
	appID    string
	device   login.Device // as the store remembers it
	clock    *serverClock

	ownSecret bool // settings has the secret that the bot made for itself
}

// open makes client and store. It does not choose an account.
func (f *accountFlags) open(c console, create bool) (*account, error) {
	file, err := f.settings(c)
	if err != nil {
		return nil, err
	}
	settings := file.Bot
	a := &account{settings: settings, clock: &serverClock{next: http.DefaultTransport.(*http.Transport).Clone(), now: c.time}}
	a.client, err = api.New(api.Config{
		Provider: settings.Provider, BaseURL: settings.BaseURL, Token: settings.Token, HTTPClient: &http.Client{Transport: a.clock.told(c)},
	})
	if err != nil {
		return nil, err
	}
	if a.store, err = openStore(c.ctx, file, create); err != nil {
		a.client.Close()
		return nil, err
	}
	if settings.Callback.MakesSecret() {
		if a.settings.Callback.Secret, err = bot.KeptSecret(c.ctx, a.store.State()); err != nil {
			return nil, errors.Join(err, a.Close())
		}
		a.ownSecret = a.settings.Callback.Secret != ""
	}
	return a, nil
}

// Close closes client and store.
func (a *account) Close() error {
	a.client.Close()
	return a.store.Close()
}

// choose finds the account: the one with the appId, or the only one in the configuration, or the
// only one that the store remembers.
func (a *account) choose(ctx context.Context, appID string) error {
	if known := a.settings.Accounts; appID == "" && len(known) == 1 {
		appID = known[0].AppID
	} else if appID == "" && len(known) > 1 {
		ids := make([]string, len(known))
		for i, k := range known {
			ids[i] = k.AppID
		}
		return phrase.Errorf("the bot has several accounts: name one with --app-id: %s", strings.Join(ids, ", "))
	}
	device, err := login.Choose(ctx, a.store.State(), appID)
	switch {
	case errors.Is(err, login.ErrChoose):
		return phrase.Errorf("name one with --app-id: %w", err)
	case err != nil:
		return err
	case device.AppID == "":
		if device, err = a.learned(ctx); err != nil {
			return err
		}
	}
	a.device, a.appID = device, device.AppID
	return nil
}

// learned is the only account that a bot with this store has heard of.
func (a *account) learned(ctx context.Context) (login.Device, error) {
	known, err := bot.LearnedAccounts(ctx, a.store.State())
	switch {
	case err != nil:
		return login.Device{}, err
	case len(known) == 0:
		return login.Device{}, errNoAccount
	case len(known) > 1:
		ids := make([]string, len(known))
		for i, k := range known {
			ids[i] = k.AppID
		}
		return login.Device{}, phrase.Errorf("the bot has heard of several accounts: name one with --app-id: %s", strings.Join(ids, ", "))
	}
	return login.Device{AppID: known[0].AppID, Wxid: known[0].Wxid}, nil
}

// with opens client and store of the account, calls do, and closes them.
func (f *accountFlags) with(c console, do func(a *account) error) error { return f.use(c, false, do) }

// keeping is like with, but creates the store if there is none, for commands that write to it.
func (f *accountFlags) keeping(c console, do func(a *account) error) error { return f.use(c, true, do) }

func (f *accountFlags) use(c console, create bool, do func(a *account) error) (err error) {
	a, err := f.open(c, create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.choose(c.ctx, f.AppID); err != nil {
		return err
	}
	return do(a)
}

// openStore opens the store of a bot, which may be running. Without create, a missing file is not
// created: the store is empty and in memory.
func openStore(ctx context.Context, file *app.File, create bool) (store.Store, error) {
	if file.NATS != nil {
		return app.OpenBeside(ctx, "", file.NATS)
	}
	path := filepath.Join(file.Bot.Data, sqlite.FileName)
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !create:
		return memory.New(memory.Config{}), nil
	case errors.Is(err, fs.ErrNotExist):
		s, err := sqlite.Open(ctx, sqlite.Config{Path: path})
		if err != nil {
			return nil, err // not a store that is a nil pointer
		}
		return s, nil
	}
	return app.OpenBeside(ctx, file.Bot.Data, nil)
}

// serverClock is a transport that measures the difference between the clock of the service and
// ours.
type serverClock struct {
	next *http.Transport
	now  func() time.Time
	skew atomic.Pointer[time.Duration]
}

// told is the transport itself, or with --verbose one that tells of each call.
func (s *serverClock) told(c console) http.RoundTripper {
	if c.verbose {
		return &toldClock{s, c}
	}
	return s
}

// toldClock prints a line for each call. The token is in a header and the question in the body, so
// the path of the URL has no secrets.
type toldClock struct {
	*serverClock
	c console
}

// RoundTrip implements http.RoundTripper.
func (t *toldClock) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	response, err := t.serverClock.RoundTrip(r)
	result := phrase.New("no answer")
	if err == nil {
		result = phrase.New("%s", response.Status)
	}
	t.c.say("%s %s: %v in %v", r.Method, r.URL.Path, result, time.Since(began).Round(time.Millisecond))
	return response, err
}

// RoundTrip implements http.RoundTripper.
func (s *serverClock) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := s.next.RoundTrip(r)
	if err == nil {
		if date, bad := http.ParseTime(response.Header.Get("Date")); bad == nil {
			skew := date.Sub(s.now())
			s.skew.Store(&skew)
		}
	}
	return response, err
}

// CloseIdleConnections closes the idle connections of the transport.
func (s *serverClock) CloseIdleConnections() { s.next.CloseIdleConnections() }
