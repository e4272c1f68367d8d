package bottest

import (
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
)

// TB is what this package needs of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(f func())
	Failed() bool
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
	TempDir() string
}

// Config changes the bot and the world of a test. The zero value is what Run has.
type Config struct {
	// Setup registers handlers on the bot, and installs plugins. It is called before the bot runs,
	// and again by Restart with the next bot: plugins that it makes are new ones then, as in a new
	// process.
	Setup func(b *bot.Bot) error
	// Durable keeps what the bot stores in a directory of the test, so that it finds it again after
	// a Restart. It is slower: without it, everything is in memory.
	Durable bool
	// Paced makes the bot wait between its sends, as in production: see outbox.DefaultPace. Advance
	// lets it go on.
	Paced bool
	// Owners are the people in charge of the bot, by any name that the world has for them.
	Owners []string
	// Bot changes the configuration of the bot, right before it is made.
	Bot func(c *bot.Config)
	// World is the world that the test begins with, such as one with several accounts. nil means
	// simulator.DefaultWorld.
	World *simulator.World
	// Begins is the time at which the test begins. Zero means Monday, 5 January 2026, 10:00 in
	// Zone.
	Begins time.Time
	// Zone is the zone of Begins and At. nil means local time, as schedules have it without a
	// bot.Zone.
	Zone *time.Location
}

// Must returns a plugin that was made without an error, and panics otherwise:
//
//	sim := bottest.Run(t, bottest.Must(welcome.New(cfg)))
func Must[P bot.Plugin](p P, err error) bot.Plugin {
	if err != nil {
		panic(fmt.Sprintf("bottest: the plugin was not made: %v", err))
	}
	return p
}

// The times of a test.
const (
	patience = time.Minute     // real time until an expectation gives up on what runs
	grace    = 2 * time.Second // real time for handlers when the bot ends
)

func (c *Config) fill() {
	if c.Zone == nil {
		c.Zone = time.Local //nolint:gosmopolitan // the zone of schedules without one
	}
	if c.Begins.IsZero() {
		c.Begins = time.Date(2026, time.January, 5, 10, 0, 0, 0, c.Zone)
	}
}

// botConfig is the configuration of a bot for a simulator.
func (s *Sim) botConfig() bot.Config {
	pace := outbox.Unlimited()
	if s.config.Paced {
		pace = outbox.DefaultPace()
	}
	c := bot.Config{
		BaseURL: s.sim.BaseURL(), Token: s.sim.Token(), Listen: "127.0.0.1:0", Admin: bot.NoAdmin, Clock: s.sim.Clock(),
		Allow: bot.Allow{Everyone: true}, Pace: &pace, Grace: grace, Data: s.data,
		Files: bot.Files{Dir: s.files}, Logger: s.log.logger(s.sim.Clock()),
	}
	if s.data == "" {
		c.Store = kept{memory.New(memory.Config{Clock: c.Clock})}
	}
	for _, name := range s.config.Owners {
		c.Owners = append(c.Owners, s.person(name))
	}
	if s.config.Bot != nil {
		s.config.Bot(&c)
	}
	return c
}

// kept is a store in memory that says that it outlives the process, so that the end of a test does
// not wait for retries that are due at a time that does not come.
type kept struct{ store.Store }

// Durable implements store.Store.
func (kept) Durable() bool { return true }
