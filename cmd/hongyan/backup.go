package main

import (
	"errors"
	"fmt"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/store/sqlite"
)

// backupCmd copies the store of a bot.
type backupCmd struct {
	dataDir
	To string `required:"" placeholder:"FILE" type:"path" help:"The file to write; it must not exist yet."`
}

// Run writes the backup.
func (cmd *backupCmd) Run(c console) error {
	dir, cluster, err := cmd.place(c)
	if err != nil {
		return err
	}
	if cluster != nil {
		return errors.New("backup: the store is a NATS cluster: copy it with nats account backup")
	}
	back, err := app.OpenBeside(c.ctx, dir, nil)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer back.Close()
	file, ok := back.(*sqlite.Store)
	if !ok {
		return phrase.Errorf("backup: %s has no file to copy", dir)
	}
	if err := file.Backup(c.ctx, cmd.To); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return cmd.done(c, map[string]any{"file": cmd.To}, "wrote %s.", cmd.To)
}
