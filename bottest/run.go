package bottest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/simulator"
)

// Sim is a bot in a test, and the world around it. Use it in the goroutine of the test, because its
// methods call Fatalf.
type Sim struct {
	tb      TB
	config  Config
	plugins []bot.Plugin
	sim     *simulator.Simulator
	data    string // empty unless Config.Durable
	files   string // where downloads go
	log     journal
	label   string
	seen    map[string]*seen // by chat

	bot   *bot.Bot
	end   context.CancelFunc
	ended chan error
}

// Run runs a bot with the plugins until the end of the test.
func Run(tb TB, plugins ...bot.Plugin) *Sim {
	tb.Helper()
	return RunWith(tb, Config{}, plugins...)
}

// RunWith is Run with changes. The plugins are installed after Config.Setup.
func RunWith(tb TB, c Config, plugins ...bot.Plugin) *Sim {
	tb.Helper()
	c.fill()
	s := &Sim{tb: tb, config: c, plugins: plugins, seen: map[string]*seen{}, label: rand.Text()}
	s.sim = simulator.Start(tb, func(sc *simulator.Config) {
		sc.World, sc.VirtualClock, sc.Begins, sc.AutoLogin = c.World, true, c.Begins, true
	}).Simulator
	s.files = tb.TempDir()
	if c.Durable {
		s.data = tb.TempDir()
	}
	tb.Cleanup(s.close)
	s.start()
	return s
}

// Bot returns the bot; another one after each Restart.
func (s *Sim) Bot() *bot.Bot { return s.bot }

// Simulator returns the simulator, for all that the methods of Sim leave out.
func (s *Sim) Simulator() *simulator.Simulator { return s.sim }

// Restart ends the bot, as the stop of its process does, and runs another one on what the first has
// stored. It needs Config.Durable, and plugins that Config.Setup makes.
func (s *Sim) Restart() {
	s.tb.Helper()
	s.Stop()
	s.Start()
}

// Stop ends the bot: handlers get their grace period. What people have said before is with the bot,
// which handles it after Start if it has not yet; what they say afterwards does not reach a bot.
func (s *Sim) Stop() {
	s.tb.Helper()
	switch {
	case s.end == nil:
		s.tb.Fatalf("bottest: the bot does not run")
	case len(s.plugins) > 0:
		s.tb.Fatalf("bottest: Stop and Restart are for plugins that Config.Setup makes: the next bot needs new ones")
	}
	ctx, cancel := s.within()
	defer cancel()
	s.must(s.arrived(ctx))
	s.must(s.sim.SetCallback(ctx, ""))
	s.must(s.stop())
}

// arrived waits until the bot has what was said, or what has not arrived waits for a later time.
func (s *Sim) arrived(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	first := make(chan error, 2)
	var both sync.WaitGroup
	both.Go(func() { first <- s.sim.Settle(ctx) })
	both.Go(func() { first <- s.sim.Idle(ctx) })
	err := <-first
	cancel()
	both.Wait()
	return err //nolint:wrapcheck // of this test kit
}

// Start runs a bot again after Stop, on what the one before has stored.
func (s *Sim) Start() {
	s.tb.Helper()
	if s.end != nil {
		s.tb.Fatalf("bottest: the bot runs already")
	}
	if s.data == "" {
		s.tb.Fatalf("bottest: Restart needs Config.Durable: a bot without it keeps nothing")
	}
	s.start()
}

// start makes a bot, and runs it.
func (s *Sim) start() {
	s.tb.Helper()
	var err error
	labelled(s.label, func() { err = s.make() })
	s.must(err)
	ctx, end := context.WithCancel(context.Background())
	s.end, s.ended = end, make(chan error, 1)
	labelled(s.label, func() { go func() { s.ended <- s.bot.Run(ctx) }() })
	wait, cancel := s.within()
	defer cancel()
	registered := make(chan error, 1)
	go func() { registered <- s.sim.AwaitCallback(wait) }()
	select {
	case err := <-registered:
		s.must(err)
	case err := <-s.ended:
		s.ended <- err
		cancel()
		s.tb.Fatalf("bottest: the bot did not start: %v", errors.Join(err, <-registered))
	}
	s.Idle()
}

// make makes a bot with its handlers and plugins.
func (s *Sim) make() error {
	b, err := bot.New(s.botConfig())
	if err != nil {
		return fmt.Errorf("bottest: %w", err)
	}
	if s.config.Setup != nil {
		err = s.config.Setup(b)
	}
	if err = errors.Join(err, b.Install(s.plugins...)); err != nil {
		return errors.Join(fmt.Errorf("bottest: %w", err), b.Close())
	}
	s.bot = b
	return nil
}

// stop ends the bot, if it runs, and returns what is wrong with its end.
func (s *Sim) stop() error {
	if s.end == nil {
		return nil
	}
	s.end()
	err := <-s.ended
	s.end = nil
	if err != nil {
		return fmt.Errorf("bottest: the bot did not end in order: %w", err)
	}
	return nil
}

// close is the end of the test.
func (s *Sim) close() {
	s.tb.Helper()
	if s.end != nil && !s.tb.Failed() { // what still runs may fail
		ctx, cancel := s.within()
		if err := s.sim.Idle(ctx); err != nil {
			s.tb.Errorf("bottest: the bot is not idle at the end of the test: %v", err)
		}
		cancel()
	}
	if err := s.stop(); err != nil {
		s.tb.Errorf("%v", err)
	}
	for _, line := range s.log.unexpected() {
		s.tb.Errorf("the bot has logged an error; ExpectError is for those that a test wants:\n%s", line)
	}
	if stacks := leaked(s.label); len(stacks) > 0 {
		s.tb.Errorf("goroutines of the bot or its plugins remain; Close of a plugin must wait for those that it started:\n%s",
			strings.Join(stacks, "\n\n"))
	}
	if s.tb.Failed() {
		s.tb.Logf("The log of the bot:\n%s", strings.Join(s.log.latest(), "\n"))
	}
}

// ExpectError expects that the bot has logged an error with this text, such as that of a handler
// that fails. All with this text are no failures of the test then, also later ones.
func (s *Sim) ExpectError(text string) {
	s.tb.Helper()
	s.Idle()
	if s.log.expect(text) {
		return
	}
	s.tb.Fatalf("the bot has logged no error with the text %q; its errors:\n%s", text, orNone(s.log.unexpected()))
}

func orNone(lines []string) string {
	if len(lines) == 0 {
		return "  (none)"
	}
	return strings.Join(lines, "\n")
}

func (s *Sim) must(err error) {
	s.tb.Helper()
	if err != nil {
		s.tb.Fatalf("%v", err)
	}
}

// within bounds the real time of a wait.
func (s *Sim) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}
