package bot

import (
	"cmp"
	"errors"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/logging"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/outbox"
)

// minLease is the shortest lease that leaves a heartbeat the time to renew it.
const minLease = 10 * time.Millisecond

// withDefaults fills in what is zero, and checks what cannot work.
func (c Config) withDefaults() (Config, error) {
	if !c.Simulator && c.Token == "" {
		return c, errors.New("bot: no token: set HONGYAN_TOKEN or Config.Token, or Config.Simulator to try without an account")
	}
	if c.Provider.Name == "" {
		c.Provider = api.VideosAPI()
	}
	if c.Simulator {
		c.simulated, c.reported = true, c.wantsReports()
	} else {
		c.simulated, c.reported = probeSimulator(c.BaseURL)
	}
	if c.simulated {
		c.relaxForSimulator()
	}
	c.fillParts()
	c.fillTimes()
	if _, err := logging.ParseLevel(c.LogLevel); err != nil {
		return c, phrase.Errorf("bot: LogLevel: %w", err)
	}
	if err := c.checkListener(); err != nil {
		return c, err
	}
	return c, c.checkNumbers()
}

// relaxForSimulator sets what has other defaults against a simulator: there is no account to
// protect, and no person to notify.
func (c *Config) relaxForSimulator() {
	if c.Allow.empty() {
		c.Allow.Everyone = true
	}
	if c.Pace == nil {
		pace := outbox.Unlimited()
		c.Pace = &pace
	}
	if c.Alarm.Silence == 0 {
		c.Alarm.Silence = -1
	}
	if c.Simulator && c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
}

// fillParts sets the defaults that hold against the service and a simulator.
func (c *Config) fillParts() {
	if c.Pace == nil {
		pace := outbox.DefaultPace()
		c.Pace = &pace
	}
	if c.LoopGuard == nil {
		c.LoopGuard = &middleware.LoopGuardConfig{}
	}
	if c.Data == "" && !c.simulated && c.dry.HTTPClient == nil {
		c.Data = DefaultData
	}
	c.Listen = cmp.Or(c.Listen, DefaultListen)
	c.Parallel = cmp.Or(c.Parallel, defaultParallel)
	c.MaxAttempts = cmp.Or(c.MaxAttempts, defaultMaxAttempts)
}

func (c *Config) fillTimes() {
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.Grace = cmp.Or(c.Grace, defaultGrace)
	c.Lease = cmp.Or(c.Lease, defaultLease)
	c.StuckAfter = cmp.Or(c.StuckAfter, defaultStuckAfter)
	c.MaxAge = cmp.Or(c.MaxAge, defaultMaxAge)
}

// checkListener checks how the service reaches the bot, and that others do not. A dry bot does not
// listen.
func (c *Config) checkListener() error {
	if c.dry.HTTPClient != nil {
		return nil
	}
	if err := c.Callback.check(); err != nil {
		return err
	}
	if c.Callback.Secret == "" && !c.Callback.MakesSecret() && isPublic(c.Listen) {
		return noSecret(c.Listen)
	}
	return nil
}

func (c *Config) checkNumbers() error {
	switch {
	case c.Parallel < 0:
		return phrase.Errorf("bot: Config.Parallel is %d: it must be positive", c.Parallel)
	case c.MaxAttempts < 0:
		return phrase.Errorf("bot: Config.MaxAttempts is %d: it must be positive", c.MaxAttempts)
	case c.Lease < minLease:
		return phrase.Errorf("bot: Config.Lease is %v: it must be at least %v", c.Lease, minLease)
	}
	return nil
}
