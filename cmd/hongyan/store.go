package main

import (
	"context"
	"path/filepath"

	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// dataDir is the flag of the commands that look into the store of a bot.
type dataDir struct {
	Data string `required:"" type:"existingdir" help:"The data directory of the bot, which may be running. 机器人的数据目录。"`
}

// open opens the store, beside the bot if that runs. The caller closes it.
func (d dataDir) open(ctx context.Context) (store.Store, error) {
	return sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(d.Data, sqlite.FileName), Maintenance: true})
}
