package main

import (
	"errors"
	"fmt"
)

// backupCmd copies the store of a bot.
type backupCmd struct {
	dataDir
	To string `required:"" placeholder:"FILE" type:"path" help:"The file to write; it must not exist yet. 备份文件。"`
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
	back, err := openFile(c.ctx, dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer back.Close()
	if err := back.Backup(c.ctx, cmd.To); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(c.out, "wrote %s. 已备份。\n", cmd.To)
	return nil
}
