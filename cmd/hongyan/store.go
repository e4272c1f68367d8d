package main

import (
	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
)

// dataDir has the flags of the commands that open the store of a bot.
type dataDir struct {
	app.Place
	jsonFlag
}

// place is the data directory, and the cluster if the bot uses one instead.
func (d dataDir) place(c console) (dir string, cluster *nats.Config, err error) {
	return d.Find(c.files())
}

// open opens the store; the bot may be running. The caller closes it.
func (d dataDir) open(c console) (store.Store, error) { return d.Open(c.files()) }
