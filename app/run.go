package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/internal/hangup"
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/store/nats"
)

// RunCommand runs the bot of a configuration file.
type RunCommand struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file; docs/en/config.md describes it."`
	Data   string `placeholder:"DIR" type:"path" help:"Data directory, instead of that of the file."`
	Check  bool   `help:"Only check the file."`
	Sim    bool   `help:"Run it on a simulator: no account, no token, nothing is kept."`

	Begins time.Time `placeholder:"TIME" help:"With --sim: the clock begins at this time, and only POST /sim/clock moves it."`
}

// Validate checks that the flags fit together.
func (cmd *RunCommand) Validate() error {
	if cmd.Sim && cmd.Data != "" {
		return errors.New("--sim and --data do not go together: a bot on a simulator keeps nothing")
	}
	if !cmd.Sim && !cmd.Begins.IsZero() {
		return errors.New("--begins is for --sim: a real account has no other clock")
	}
	return nil
}

// Run runs the bot until the context ends.
func (cmd *RunCommand) Run(c Console) (err error) {
	hangups := make(chan struct{}, 1)
	defer hangup.Each(func() {
		select {
		case hangups <- struct{}{}:
		default: // one waits already
		}
	})()
	tracer, flush, err := newTracer(c.Ctx)
	if err != nil {
		return err
	}
	defer flush()
	reader := c.reader()
	reader.Sim = cmd.Sim
	file, err := c.load(cmd.Config, reader)
	if err != nil {
		return cmd.offerSim(c, err)
	}
	for _, warning := range file.warned {
		c.say("%v", warning)
	}
	if file.Idle() {
		return errIdle(cmd.Config)
	}
	if cmd.Data != "" {
		file.Bot.Data, file.NATS = cmd.Data, nil
	}
	if cmd.Check {
		return cmd.check(c, file)
	}
	if file.Record != nil {
		file.Bot.Recording = *file.Record
	}
	if cmd.Sim {
		data, tempErr := os.MkdirTemp("", "hongyan-sim-")
		if tempErr != nil {
			return fmt.Errorf("app: %w", tempErr)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
		file.Bot = file.simulated(data)
		file.Bot.Network = atHand{c.say}
		if !cmd.Begins.IsZero() {
			file.Bot.Clock = clock.NewVirtual(cmd.Begins)
			file.Bot.Store = memory.New(memory.Config{Clock: file.Bot.Clock})
		}
	}
	file.Bot.Tracer = tracer
	if c.Verbose {
		file.Bot.LogLevel = "debug"
	}
	l := &live{path: cmd.Config, reader: reader, say: c.say, printer: c.printer()}
	if cmd.Sim {
		file.Bot.Admin = "127.0.0.1:0" // for the console
	}
	if err := start(c.Ctx, l, file); err != nil {
		return err
	}
	if err := l.installConsole(file, func(url string) { c.say("the console: %s", url) }); err != nil {
		return errors.Join(err, l.bot.Close())
	}
	if err := l.offerBinding(c.Ctx); err != nil {
		return errors.Join(err, l.bot.Close())
	}
	var ready func(context.Context)
	if cmd.Sim {
		ready = func(ctx context.Context) {
			if sim := l.bot.Simulator(); sim.AwaitCallback(ctx) == nil { // what is said before reaches no bot
				c.curl(file, sim.URL())
				if l.gateway != nil && l.gateway.Address() != "" {
					c.tell("the gateway is at http://%s, and http://%s/docs lists what it can do", l.gateway.Address(), l.gateway.Address())
				}
			}
		}
	}
	return l.run(c.Ctx, hangups, ready)
}

// run runs the bot, and follows its file meanwhile. It calls ready, if there is one, beside them.
func (l *live) run(ctx context.Context, hangups <-chan struct{}, ready func(context.Context)) error {
	following, stop := context.WithCancel(ctx)
	var owned sync.WaitGroup
	owned.Go(func() { l.follow(following, hangups) })
	if ready != nil {
		owned.Go(func() { ready(following) })
	}
	defer owned.Wait()
	defer stop()
	return l.bot.Run(ctx)
}

// check says whether the bot could start.
func (cmd *RunCommand) check(c Console, file *File) error {
	b, err := Open(c.Ctx, cmd.Config, file, true, nil)
	if err != nil {
		return err
	}
	if !file.hears() {
		c.say("%s: the bot would hear nobody: it has no allow:\n  → write allow: {groups: [a group], people: [a friend]}; "+
			"docs/en/config.md tells more", cmd.Config)
	}
	c.tell("%s: in order", cmd.Config)
	if file.Bot.Callback.MakesSecret() {
		c.tell("callback.secret is not set: the bot makes one at its first start, and keeps it in its store")
	}
	return b.Close()
}

// hears reports whether any chat gets through the allow lists.
func (f *File) hears() bool {
	empty := func(a *bot.Allow) bool {
		l := a.Listen
		return !a.Everyone && len(a.Groups)+len(a.People)+len(a.Admins)+len(l.Groups)+len(l.People) == 0 && !l.AllGroups && !l.AllPeople
	}
	if f.Bot.Simulator || !empty(&f.Bot.Allow) || len(f.Bot.Owners) > 0 {
		return true
	}
	for _, a := range f.Bot.Accounts {
		if a.Allow != nil && !empty(a.Allow) {
			return true
		}
	}
	return bot.IsSimulator(f.Bot.BaseURL)
}

// offerSim says that a simulator can run a file that only lacks what the world outside needs.
func (cmd *RunCommand) offerSim(c Console, err error) error {
	if _, simErr := c.load(cmd.Config, c.simReader()); simErr == nil {
		err = phrase.Errorf("%w\n  → hongyan run -c %s --sim plays the file on a simulator, without an account or a token", err, cmd.Config)
	}
	return err
}

// curl prints how to talk to the bot of a simulator.
func (c Console) curl(file *File, url string) {
	w := file.World()
	group := w.Groups[0].ID
	if len(file.cast.groups) > 0 {
		group = trialID(ofChats, file.cast.groups[0])
	}
	c.tell("the simulator is at %s; try it:", url)
	for _, to := range []string{w.Accounts[0].Wxid, group} {
		c.tell(`curl %s/sim/messages -d '{"from":"wxid_alice","to":"%s","kind":"text","text":"你好"}'`, url, to)
	}
	c.tell(`curl "%s/sim/messages?after=0"`, url)
}

// load reads a configuration file until the command is stopped: a large file takes time, and a pipe
// may never end. A goroutine that still reads then ends with the process.
func (c Console) load(path string, reader Reader) (*File, error) {
	type loaded struct {
		file *File
		err  error
	}
	done := make(chan loaded, 1)
	go func() {
		file, err := reader.Load(path)
		done <- loaded{file, err}
	}()
	select {
	case l := <-done:
		return l.file, l.err
	case <-c.Ctx.Done():
		return nil, phrase.Errorf("%s: %w while the file was read", path, c.Ctx.Err())
	}
}

// Open makes the bot of a configuration file. With look, the bot is only inspected, and the
// data directory is not opened.
func Open(ctx context.Context, path string, file *File, look bool, tracer trace.TracerProvider) (*bot.Bot, error) {
	if look {
		file.Bot.Store, file.Bot.Network = memory.New(memory.Config{}), &stage{}
		file.named = nil // nobody is asked for their ids
	}
	file.Bot.Tracer = tracer
	l := &live{path: path, look: look, say: func(string, ...any) {}, printer: texts.In(lang.English)}
	if err := start(ctx, l, file); err != nil {
		return nil, err
	}
	return l.bot, nil
}

// openStore opens the store of the bot of a file.
func openStore(ctx context.Context, file *File) (store.Store, error) {
	if file.NATS == nil {
		return bot.OpenStore(file.Bot) //nolint:contextcheck // a store outlives the context of its making
	}
	back, err := nats.Open(ctx, *file.NATS)
	if err != nil {
		return nil, err
	}
	return back, nil
}

// RoutesCommand prints the routes of a configuration file.
type RoutesCommand struct {
	Config string `required:"" short:"c" placeholder:"FILE" type:"path" help:"The configuration file."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run prints a line for each route, in the order in which routes are tried.
func (cmd *RoutesCommand) Run(c Console) error {
	file, err := c.load(cmd.Config, c.simReader())
	if err != nil {
		return err
	}
	b, err := Open(c.Ctx, cmd.Config, file, true, nil)
	if err != nil {
		return err
	}
	routes := []routeLine{}
	err = b.Walk(func(r router.RouteInfo) error {
		if cmd.JSON {
			routes = append(routes, routeLine{r.Name, string(r.Kind), r.Matchers, r.Observer, r.Depth})
			return nil
		}
		_, err := fmt.Fprintln(c.Out, r)
		return err
	})
	if err == nil && cmd.JSON {
		err = printJSON(c, routes)
	}
	return errors.Join(err, b.Close())
}

// routeLine is a route in JSON.
type routeLine struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"` // empty: any
	Matchers []string `json:"matchers"`
	Observer bool     `json:"observer"`
	Depth    int      `json:"depth"`
}
