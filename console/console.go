// Package console has pages for the person who runs a bot: what needs a decision, what the bot
// does, and why it does not answer. It is a plugin, which serves them on the listener for the
// operator, below /console/:
//
//	c, err := console.New(console.Config{Print: func(url string) { fmt.Println(url) }})
//	…
//	err = b.Install(c)
//
// The program hongyan installs it by itself. Each page is a document in JSON for a program that
// asks for application/json, and each form a call; docs/en/console.md lists them.
package console

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store"
)

// pluginName is the name of the plugin, and the prefix of all that it stores.
const pluginName = "console"

// root is the path below which the pages are.
const root = "/console/"

// minSecret is how many bytes a password or a token has at least.
const minSecret = 12

// Config configures a console. One of Password, Token and Print is required, or nobody gets in; the
// zero values of the others work.
type Config struct {
	// Password lets a person in, Token a program that sends it as "Authorization: Bearer …"; both
	// are secrets of 12 bytes at least. Without a password, people come in with the one-time code
	// of Print, and only through loopback.
	Password, Token string
	// Print writes a line where the bot runs: the URL of the console with a one-time code. nil
	// means that there are no codes.
	Print func(url string)
	// File is the configuration file of the bot. nil means that the console does not show it.
	File File
	// Version is the version of the program. Empty means that of its module.
	Version string
	// Backups is the directory for backups. Empty means that the console makes none.
	Backups string
	// HideTexts keeps what was said out of all pages, also for those who ask for it.
	HideTexts bool
	// Zone is the time zone of the pages. nil means time.Local.
	Zone *time.Location
}

// Console is the plugin. Make it with New.
type Console struct {
	config Config
	h      *bot.Handle
	bot    *bot.Bot
	back   store.Store
	log    *zap.Logger

	access  *access
	seen    *seen
	lines   *lines
	works   works
	logins  logins
	checks  checkup
	counted counted
	news    news
	pages   pages
	started time.Time
	charted time.Time // when the charts of open pages were drawn; of publish

	loginEvery time.Duration // between two polls of a login; 0 is that of the service

	running context.Context //nolint:containedctx // of what the console does in the background
	end     context.CancelFunc
	owned   sync.WaitGroup
}

// New makes a console. It serves once it is installed in a bot.
func New(c Config) (*Console, error) {
	if c.Password == "" && c.Token == "" && c.Print == nil {
		return nil, errors.New("console: nobody could come in: set Password, Token or Print")
	}
	for name, secret := range map[string]string{"Password": c.Password, "Token": c.Token} {
		if secret != "" && len(secret) < minSecret {
			return nil, fmt.Errorf("console: %s has %d bytes, and needs %d: openssl rand -hex 12 makes one", name, len(secret), minSecret)
		}
	}
	if c.Zone == nil {
		c.Zone = time.Local
	}
	made := &Console{config: c, news: newNews()}
	var err error
	if made.pages, err = newPages(made); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return made, nil
}

// Name implements bot.Plugin.
func (*Console) Name() string { return pluginName }

// Setup implements bot.Plugin.
func (c *Console) Setup(h *bot.Handle) error {
	c.h, c.bot, c.back, c.log = h, h.Bot(), h.Back(), h.Logger()
	c.running, c.end = context.WithCancel(context.Background())
	c.access = newAccess(c.config, time.Now)
	c.seen, c.lines = newSeen(h.Now), newLines()
	c.started = h.Now()
	h.Tell(bot.Watcher{
		Handled: func(x bot.Handled) { c.seen.handled(x); c.news.tell() },
		Sent:    func(s store.Send) { c.seen.ended(s); c.news.tell() },
		Turn:    c.seen.turn,
		Log:     c.lines.core(c.news.tell),
	})
	h.Admin(root, c.pages.handler())
	c.owned.Go(c.invite)
	c.owned.Go(c.publish)
	c.owned.Go(c.sampling)
	return nil
}

// LoginPage implements bot.LoginPager.
func (c *Console) LoginPage(account string) string { return c.access.account(account) }

// Close implements bot.Plugin.
func (c *Console) Close() error {
	c.end()
	c.owned.Wait()
	return nil
}

// invite prints the URL of the console once the bot listens.
func (c *Console) invite() {
	address, err := c.bot.AdminAddress(c.running)
	if err != nil || address == "" {
		return
	}
	c.access.listens(address)
	if _, err := c.bot.Address(c.running); err != nil { // it did not start
		return
	}
	if c.config.Print != nil {
		c.config.Print(c.access.invitation())
	}
}
