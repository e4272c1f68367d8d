package main

import (
	"cmp"
	"context"
	"path/filepath"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/cmd/hongyan/internal/botfile"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// dataDir is the flag of the commands that look into the store of a bot.
type dataDir struct {
	Data   string `required:"" xor:"store" type:"existingdir" help:"The data directory of the bot, which may be running. 机器人的数据目录。"`
	Config string `required:"" xor:"store" short:"c" type:"path" help:"Its configuration file, instead: for a bot on a NATS cluster, too. 或配置文件。"`
}

// open opens the store, beside the bot if that runs. The caller closes it.
func (d dataDir) open(ctx context.Context) (store.Store, error) {
	if d.Config == "" {
		return openBeside(ctx, d.Data, nil)
	}
	file, err := botfile.Load(d.Config)
	if err != nil {
		return nil, err
	}
	return openBeside(ctx, cmp.Or(file.Bot.Data, bot.DefaultData), file.NATS)
}

// dir is the data directory, as far as it is known.
func (d dataDir) dir() string {
	if d.Config == "" {
		return d.Data
	}
	file, err := botfile.Load(d.Config)
	if err != nil {
		return bot.DefaultData
	}
	return cmp.Or(file.Bot.Data, bot.DefaultData)
}

// openBeside opens a cluster, or the file in a data directory, beside the bots that work on it.
func openBeside(ctx context.Context, dir string, cluster *nats.Config) (store.Store, error) {
	if cluster != nil {
		c := *cluster
		c.Maintenance = true
		return asStore(nats.Open(ctx, c))
	}
	return asStore(sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, sqlite.FileName), Maintenance: true}))
}

// asStore keeps a nil pointer from becoming a store.
func asStore[S store.Store](s S, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
