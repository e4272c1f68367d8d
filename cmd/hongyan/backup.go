package main

import (
	"fmt"
	"path/filepath"

	"github.com/hongyan-go/hongyan/store/sqlite"
)

// backupCmd copies the store of a bot.
type backupCmd struct {
	Data string `required:"" type:"existingdir" help:"The data directory of the bot, which may be running."`
	To   string `required:"" type:"path" help:"The file to write; it must not exist yet."`
}

// Run writes the backup.
func (cmd *backupCmd) Run(c console) error {
	back, err := sqlite.Open(c.ctx, sqlite.Config{Path: filepath.Join(cmd.Data, sqlite.FileName), Maintenance: true})
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer back.Close()
	if err := back.Backup(c.ctx, cmd.To); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintln(c.out, "wrote", cmd.To)
	return nil
}
