package main

import (
	"errors"
	"fmt"
	"path/filepath"

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
	if cmd.JSON {
		c.screen = nil
	}
	kept := filepath.Join(dir, sqlite.FileName)
	stop := c.progress("backup", megabytes, sizeOf(cmd.To, cmd.To+".partial"), sizeOf(kept, kept+"-wal"))
	err = file.Backup(c.ctx, cmd.To)
	stop() // before anything is printed
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return cmd.done(c, map[string]any{"file": cmd.To}, "wrote %s.", cmd.To)
}
