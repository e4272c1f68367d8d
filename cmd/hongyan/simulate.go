package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media/voice"
	"github.com/hongyan-go/hongyan/simulator"
)

// simulateCmd runs the simulator alone.
type simulateCmd struct {
	jsonFlag
	Listen  string `default:"127.0.0.1:8900" help:"Where to listen; port 0 takes any free one."`
	Token   string `default:"sim-token" help:"The API token that calls must carry."`
	Seed    string `type:"existingfile" placeholder:"FILE" help:"YAML file with accounts, people and groups, see docs/en/simulator.md."`
	Retries int    `default:"3" help:"How often a callback is posted again that got no 200."`

	Host []string `placeholder:"NAME" help:"A further name by which it is reached, such as that of a reverse proxy."`

	AutoLogin   bool `help:"Scan and confirm each login by itself, so that one person can try it."`
	RefuseLocal bool `help:"Refuse loopback and private callback addresses, as the hosted service must."`
	AllowRemote bool `name:"allow-remote-callback" help:"Post callbacks to other machines, too; default: loopback URLs only."`
	Open        bool `help:"Open the chat page in the browser."`
	History     int  `default:"1000000" help:"How many messages, and how many calls, are remembered."`

	Begins time.Time `placeholder:"TIME" help:"The clock begins at this time, and only POST /sim/clock moves it."`
}

// Run runs the simulator until the context ends.
func (cmd *simulateCmd) Run(c console) error {
	config := simulator.Config{
		Voices: simulator.Voices{ToSILK: voice.ToSILK, ToWAV: voice.ToWAV},
		Listen: cmd.Listen, Hosts: cmd.Host, Token: cmd.Token, Retries: cmd.Retries, AutoLogin: cmd.AutoLogin, RefuseLocal: cmd.RefuseLocal,
		AllowRemoteCallback: cmd.AllowRemote, History: cmd.History, Reports: true,
		VirtualClock: !cmd.Begins.IsZero(), Begins: cmd.Begins,
		IDs: rand.Uint64(), //nolint:gosec // a bot that remembers the messages of the last run must not take these for them
	}
	if cmd.Retries <= 0 {
		config.Retries = -1
	}
	if cmd.Seed != "" {
		file, err := os.Open(cmd.Seed)
		if err != nil {
			return fmt.Errorf("simulate: %w", err)
		}
		defer file.Close()
		if config.World, err = simulator.LoadWorld(file); err != nil {
			return fmt.Errorf("simulate: %s: %w", cmd.Seed, err)
		}
	}
	sim, err := simulator.New(config)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return phrase.Errorf("simulate: %w\n  → another simulator, or a bot with --sim, may have it: stop that, "+
			"or add --listen 127.0.0.1:0, which takes any free port", err)
	case err != nil:
		return fmt.Errorf("simulate: %w", err)
	}
	defer c.ignoreHangups()()
	variables := []string{"HONGYAN_BASE_URL=" + sim.BaseURL(), "HONGYAN_TOKEN=" + sim.Token(), "HONGYAN_PROVIDER=videosapi"}
	ids := make([]string, 0, 1)
	for _, a := range sim.State().Accounts {
		ids = append(ids, a.AppID)
	}
	if len(ids) > 0 { // the commands about an account need one, and a bot works for all of them
		variables = append(variables, "HONGYAN_APP_ID="+strings.Join(ids, ","))
	}
	err = cmd.line(c, map[string]any{
		"url": sim.URL(), "base_url": sim.BaseURL(), "token": sim.Token(), "provider": "videosapi", "app_ids": ids,
	}, "%s", sim.URL())
	if err != nil {
		return errors.Join(err, sim.Close())
	}
	cmd.invite(c, sim, variables)
	<-c.ctx.Done()
	return sim.Close()
}

// invite says what can be done with a simulator.
func (cmd *simulateCmd) invite(c console, sim *simulator.Simulator, variables []string) {
	if cmd.JSON {
		return
	}
	c.tell("A simulated WeChat service is running. Open the address in a browser: chat as any person, and see what the bot does.\n"+
		"For bots, and the commands of hongyan, in another terminal:\n  export %s\nStop it with Ctrl-C.", strings.Join(variables, " "))
	if cmd.Open {
		c.show(sim.URL() + "/chat/")
	}
}
