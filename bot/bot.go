package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/contacts"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/hangup"
	"github.com/hongyan-go/hongyan/internal/monitor"
	"github.com/hongyan-go/hongyan/internal/record"
	"github.com/hongyan-go/hongyan/internal/schedule"
	"github.com/hongyan-go/hongyan/internal/terminal"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
)

// Bot is a bot. Make it with New or FromEnv, register handlers, and Run it once:
//
//	b.Text(router.Say("9:00-18:00"), match.Keyword("opening hours"))
//	b.File(archive, match.Ext("xlsx")).Named("archive") // the first route that matches handles it
//	b.Command("报名", signUp)
//	b.Observe(count)                                    // sees every event, consumes none
//	shop := b.Where(match.In("10000000001@chatroom"))   // routes that share matchers
//	b.Use(middleware.RateLimit(…))                      // runs around every event
//	err := b.Install(welcome)                           // a plugin
//
// The embedded router.Group has a method for each kind of message and event; see "go doc
// router.Group". Register before Run; a plugin may be installed, and taken out by Uninstall, at any
// time.
type Bot struct {
	*router.Group // Text, File, Command and the others that register handlers

	router   *router.Router // the machinery of Group
	config   Config
	logger   *zap.Logger
	client   *api.Client
	outbox   *outbox.Outbox
	store    store.Store
	services router.Services
	contacts *contacts.Book
	accounts *accounts
	lists    atomic.Pointer[lists]
	choice   *choice
	reports  *reports // nil unless a simulator asks for them
	late     lateLog
	counters counters
	recorder *record.Recorder // nil without Config.Recording
	plugins  plugins
	switches *switches
	blocks   blocks
	recent   recent
	silent   *unansweredLog
	reload   atomic.Pointer[func(context.Context) error]
	files    *files
	gate     gate

	loopGuard  router.Middleware
	tasks      *tasks
	listeners  listeners
	adminPages adminPages
	watchers   watchers

	schedules     *schedule.Scheduler
	schedulesOpen atomic.Bool // they run: only plugins may add to them

	sim     *simulator.Simulator // nil unless Config.Simulator
	started sync.Once
	monitor *monitor.Monitor
	tracer  *monitor.Tracer // nil unless Config.Tracer

	failureMu sync.Mutex
	onFailure []func(Failure)

	unready atomic.Pointer[string] // why the service does not post yet; nil if it does, as far as the bot knows

	address, adminAddress chan string // get the addresses of the listeners
}

// New makes a bot, and opens its store. The only connection that it opens asks a loopback BaseURL
// whether it is a simulator; with Config.Simulator, the simulator runs from now until the end of
// Run, or Close.
func New(c Config) (*Bot, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	routes := router.New()
	b := &Bot{
		Group: routes.Group, router: routes, config: c, logger: c.Logger,
		counters: counters{monitor.NewMetrics()}, silent: newUnansweredLog(), tracer: monitor.NewTracer(c.Tracer),
		address: make(chan string, 1), adminAddress: make(chan string, 1),
	}
	if b.logger == nil {
		b.logger = c.newLogger()
	}
	b.logger = b.logger.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return zapcore.NewTee(core, &logTap{watchers: &b.watchers})
	}))
	if c.Simulator {
		if err := b.startSimulator(); err != nil {
			return nil, err
		}
	}
	b.config.Clock = clock.Or(b.config.Clock)
	if b.store, err = openStore(b.config, b.logger); err != nil {
		return nil, errors.Join(err, b.closeSimulator())
	}
	b.firstLists()
	b.accounts = newAccounts(c.Accounts, b.store.State())
	b.switches = newSwitches(b.store.State(), b.config, b.logger)
	if err := errors.Join(b.openRecording(), b.connect()); err != nil {
		if c.Store == nil {
			err = errors.Join(err, b.store.Close())
		}
		return nil, errors.Join(err, b.closeRecording(), b.closeSimulator())
	}
	return b, nil
}

// connect makes what talks to the service.
func (b *Bot) connect() (err error) {
	b.reports = newReports(b.config, b.logger.Named("reports"))
	b.client, err = api.New(api.Config{
		Provider: b.config.Provider, BaseURL: b.config.BaseURL, Token: b.config.Token, Transport: b.observeTransport,
		HTTPClient: b.config.dry.HTTPClient,
	})
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	b.contacts = contacts.New(contacts.Config{Client: b.client, State: b.store.State(), Clock: b.config.Clock})
	if b.outbox, err = b.newOutbox(); err != nil {
		return err
	}
	b.schedules, err = schedule.New(schedule.Config{
		State: b.store.State(), Clock: b.config.Clock, Logger: b.logger.Named("schedule"),
	})
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	if b.files, err = b.newFiles(); err != nil {
		return err
	}
	b.tasks = newTasks(b)
	b.services = router.Services{
		Sender: (*sender)(b), Names: b.contacts, Client: b.client, Files: b.files, Logger: b.logger, State: b.store.State(),
		Clock: b.config.Clock, Tasks: b.tasks, Log: b.store.Log(), People: b.contacts, Account: b.accounts.only,
		Owners: b.config.Owners, Zone: b.config.Zone,
	}
	if b.monitor, err = b.newMonitor(); err != nil {
		return err
	}
	b.choice = newChoice(b.accounts, b.store.State(), b.monitor, b.config.Clock)
	b.MaxAge(b.config.MaxAge)
	b.router.OnlyIf(b.Group, func(account, chat string) bool {
		on, _ := b.switches.on("", Scope{}, account, chat)
		return on
	})
	b.Use(b.middleware()...)
	return nil
}

// Must is New or FromEnv for a main function: an error ends the program with a sentence.
func Must(b *Bot, err error) *Bot {
	if err != nil {
		fmt.Fprintln(terminal.NewWriter(os.Stderr), err)
		os.Exit(1)
	}
	return b
}

// Main runs the bot until the process gets SIGINT or SIGTERM, drains, and exits: 0 after an orderly
// end, 1 after an error. A second signal ends the process at once. SIGHUP calls
// Reload, or is ignored with a line in the log if there is nothing to reload.
func Main(b *Bot) {
	stopIgnoring := hangup.Each(b.hangup)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := b.Run(ctx)
	stopIgnoring()
	if err != nil {
		fmt.Fprintln(terminal.NewWriter(os.Stderr), err)
		os.Exit(1)
	}
}

// hangup is what SIGHUP does to the program of Main.
func (b *Bot) hangup() {
	switch err := b.Reload(context.Background()); {
	case errors.Is(err, ErrNoReload):
		b.logger.Warn(hangup.Line)
	case err != nil:
		b.logger.Error("nothing was reloaded", zap.Error(err))
	}
}

// middleware is what every event passes, from the outside.
func (b *Bot) middleware() []router.Middleware {
	keep := []string{}
	if b.config.KeepSelf {
		keep = append(keep, middleware.DroppedSelf)
	}
	ms := []router.Middleware{
		middleware.Log(middleware.LogConfig{Text: b.config.LogText, Clock: b.config.Clock}),
		middleware.Recover(),
		middleware.Drop(middleware.DropConfig{Keep: keep, Own: b.accounts.own, Typed: b.typed, Count: b.counters.drop}),
		b.binding,
		b.allowing(),
		b.blocking,
	}
	if !b.config.AllAnswer {
		ms = append(ms, b.choice.middleware(b.counters.drop))
	}
	ms = append(ms, middleware.JoinFiles(middleware.JoinFilesConfig{Count: b.counters.drop, Clock: b.config.Clock}))
	if b.config.LoopGuard != nil {
		guard := *b.config.LoopGuard
		if guard.Count == nil {
			guard.Count = b.counters.drop
		}
		if guard.Clock == nil {
			guard.Clock = b.config.Clock
		}
		b.loopGuard = middleware.LoopGuard(guard)
		ms = append(ms, b.loopGuard)
	}
	if l := b.config.RateLimit; l.Events > 0 {
		ms = append(ms, middleware.RateLimit(middleware.RateLimitConfig{Events: l.Events, Per: l.Per, Count: b.counters.drop,
			Clock: b.config.Clock}))
	}
	return append(ms, middleware.Timeout(b.config.Timeout), b.observeRoute)
}

// Explain tells for each route why it would handle an event now, or would not. For a matcher that
// needs the administrators of a group it may ask the service.
func (b *Bot) Explain(e *callback.Event) router.Explanation {
	ctx, cancel := context.WithTimeout(context.Background(), explainTimeout)
	defer cancel()
	b.switches.refresh(ctx)
	return b.router.ExplainWith(ctx, e, b.servicesNow(ctx))
}

// explainTimeout bounds what Explain asks the store and the service.
const explainTimeout = 5 * time.Second

// Walk calls f for each route in the order in which they are tried, until f returns an error.
func (b *Bot) Walk(f func(router.RouteInfo) error) error { return b.router.Walk(f) }

// Client is the client of the service.
func (b *Bot) Client() *api.Client { return b.client }

// Contacts knows who is who, for all accounts.
func (b *Bot) Contacts() *contacts.Book { return b.contacts }

// Simulator is the simulator that the bot talks to; nil for a bot of the real service.
func (b *Bot) Simulator() *simulator.Simulator { return b.sim }

// Address waits until the bot listens, and is the address then. It ends with ctx.
func (b *Bot) Address(ctx context.Context) (string, error) {
	return await(ctx, b.address)
}

func (b *Bot) startSimulator() error {
	c := b.config.SimulatorConfig
	if b.config.Clock != nil {
		c.Clock = b.config.Clock
	}
	c.Listen = cmp.Or(c.Listen, simulatorListen)
	c.Reports = c.Reports || b.config.reported
	sim, err := simulator.New(c)
	if err != nil && b.config.SimulatorConfig.Listen == "" { // the usual port is taken: any other will do
		c.Listen = ""
		if sim, err = simulator.New(c); err == nil {
			b.logger.Warn("port 8900 is taken, perhaps by another simulator: this one has another port", zap.String("simulator", sim.URL()))
		}
	}
	if err != nil {
		return fmt.Errorf("bot: %w", err)
	}
	b.sim = sim
	b.config.Clock = sim.Clock()
	b.config.Token = sim.Token()
	b.config.BaseURL = sim.BaseURL()
	return nil
}

// simulatorListen is where the simulator of a bot listens if it can, so that a person finds it
// again.
const simulatorListen = "127.0.0.1:8900"

func (b *Bot) closeSimulator() error {
	if b.sim == nil {
		return nil
	}
	return b.sim.Close()
}
