package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/nats"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// dataDir has the flags of the commands that open the store of a bot.
type dataDir struct {
	Data   string `xor:"store" placeholder:"DIR" type:"path" help:"Data directory; default: HONGYAN_DATA, else hongyan-data. 数据目录。"`
	Config string `xor:"store" short:"c" placeholder:"FILE" type:"path" help:"Its configuration file, also of a bot on NATS. 或配置文件。"`
}

// place is the data directory, and the cluster if the bot uses one instead.
func (d dataDir) place(c console) (dir string, cluster *nats.Config, err error) {
	if d.Config == "" {
		set, _ := c.lookup()("HONGYAN_DATA")
		return cmp.Or(d.Data, set, bot.DefaultData), nil, nil
	}
	file, err := app.Reader{}.Load(d.Config)
	if err != nil {
		return "", nil, err
	}
	return cmp.Or(file.Bot.Data, bot.DefaultData), file.NATS, nil
}

// open opens the store; the bot may be running. The caller closes it.
func (d dataDir) open(c console) (store.Store, error) {
	dir, cluster, err := d.place(c)
	if err != nil {
		return nil, err
	}
	return openBeside(c.ctx, dir, cluster)
}

// openBeside opens a cluster, or the file in a data directory, while bots may be using it.
func openBeside(ctx context.Context, dir string, cluster *nats.Config) (store.Store, error) {
	if cluster != nil {
		c := *cluster
		c.Maintenance = true
		return asStore(nats.Open(ctx, c))
	}
	return asStore(openFile(ctx, dir))
}

// openFile opens the file in a data directory while a bot may be using it. It does not create one.
func openFile(ctx context.Context, dir string) (*sqlite.Store, error) {
	path := filepath.Join(dir, sqlite.FileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no bot has kept anything in %s: name its data directory with --data, "+
			"or its configuration file with --config", dir)
	}
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path, Maintenance: true})
	if errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) { // a full disk must not hide what is on it
		if looking, lookErr := sqlite.OpenReadOnly(ctx, sqlite.Config{Path: path}); lookErr == nil {
			return looking, nil
		}
	}
	return s, err
}

// asStore keeps a nil pointer from becoming a store.
func asStore[S store.Store](s S, err error) (store.Store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
